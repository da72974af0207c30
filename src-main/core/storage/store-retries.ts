import { AppError, isAppError } from "../../../src-shared/errors/app-error.ts";
import type { Clock } from "../common/clock.ts";

export interface RetryOptions {
  readonly clock: Clock;
  /** 0…1, for the jitter. */
  readonly random: () => number;
  /** The first try included. */
  readonly attempts: number;
}

const FIRST_DELAY_MS = 250;
const SLOW_DOWN_DELAY_MS = 1_000;
const MAX_DELAY_MS = 20_000;

/** A failure that may pass, with how long the store asks to wait. */
export interface StoreFailure {
  readonly error: AppError;
  readonly retryAfterMs: number;
}

/** Ends with `request.cancelled` where nobody waits any more. */
export function endIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError("request.cancelled", {});
}

/**
 * Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"): between nothing and a bound that doubles, so that many
 * clients do not come back at once. Who is asked to slow down waits no less than a quarter of a second.
 */
export function retryDelayMs(failure: StoreFailure, attempt: number, random: number): number {
  const slowDown = failure.error.code === "storage.rate-limited";
  const first = slowDown ? SLOW_DOWN_DELAY_MS : FIRST_DELAY_MS;
  const bound = Math.min(MAX_DELAY_MS, first * 2 ** attempt);
  const least = Math.max(failure.retryAfterMs, slowDown ? SLOW_DOWN_DELAY_MS / 4 : 0);
  return Math.max(random * bound, Math.min(least, MAX_DELAY_MS));
}

/**
 * Runs a request again where its failure may pass. `translate` makes a failure of the library one of ours, or throws what is
 * a bug. Rejects with the last failure, or `request.cancelled`.
 */
export async function withRetries<Answer>(
  request: () => Promise<Answer>,
  translate: (error: unknown) => StoreFailure,
  options: RetryOptions,
  signal: AbortSignal,
): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    endIfCancelled(signal);
    try {
      return await request();
    } catch (error) {
      endIfCancelled(signal);
      const failure = isAppError(error) ? { error, retryAfterMs: 0 } : translate(error);
      if (!failure.error.retryable || attempt + 1 >= options.attempts) throw failure.error;
      const delayMs = retryDelayMs(failure, attempt, options.random());
      await options.clock.sleep(delayMs, signal).catch(() => endIfCancelled(signal));
    }
  }
}
