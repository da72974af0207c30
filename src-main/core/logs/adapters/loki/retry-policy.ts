import { hasCode, type AppError } from "../../../../../src-shared/errors/app-error.ts";

export interface RetryOptions {
  /** The longest wait before the first repetition, in milliseconds; doubled with each further one. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** A server that wants a longer pause than this is given up on. */
  readonly maxRetryAfterMs: number;
}

export const DEFAULT_RETRY: RetryOptions = { baseMs: 500, maxMs: 20_000, maxRetryAfterMs: 60_000 };

/**
 * How long to wait before the request is made again, in milliseconds; `null` when it must not be. `attempt` counts from 1.
 * Exponential back-off with full jitter, so that many windows of one console do not come back in step. What Loki answers
 * with 4xx other than 429 is never asked again.
 */
export function retryDelayMs(
  error: AppError,
  attempt: number,
  options: RetryOptions,
  random: () => number,
): number | null {
  if (attempt >= maxAttempts(error)) return null;
  const ceiling = Math.min(options.maxMs, options.baseMs * 2 ** (attempt - 1));
  const jittered = Math.round(random() * ceiling);
  if (!hasCode(error, "loki.rate-limited")) return jittered;
  const wantedMs = error.params.retryAfterMs;
  return wantedMs > options.maxRetryAfterMs ? null : wantedMs + jittered;
}

function maxAttempts(error: AppError): number {
  if (hasCode(error, "loki.rate-limited")) return 8;
  // A proxy that has no one behind it for a moment; Loki's own 500 seldom goes away by itself.
  if (hasCode(error, "loki.failed")) return error.params.status === 500 ? 3 : 5;
  if (hasCode(error, "loki.unreachable")) return 4;
  // The server gave up after its whole time limit: one more try, it may have cached a part.
  if (hasCode(error, "loki.timed-out")) return 2;
  if (hasCode(error, "loki.bad-response")) {
    const { status } = error.params;
    return status >= 500 ? 5 : status < 300 ? 2 : 1;
  }
  if (error.code === "forward.lost" || error.code === "cluster.unreachable" || error.code === "cluster.timeout")
    return 4;
  return 1;
}

/** `Retry-After` in milliseconds: whole seconds or an HTTP date; 0 when it says nothing. */
export function retryAfterMs(header: string | undefined, nowMs: number): number {
  if (header === undefined) return 0;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? 0 : Math.max(0, at - nowMs);
}
