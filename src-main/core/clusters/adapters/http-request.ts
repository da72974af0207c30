import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import type { Clock } from "../../common/clock.ts";
import type { TransportResponse } from "../loki-transport.ts";
import { decodedBody, readBody } from "./http-body.ts";
import { HttpTimeoutError } from "./http-failure.ts";

export interface HttpRequest {
  readonly dispatcher: Dispatcher;
  /** `https://host:port`. */
  readonly origin: string;
  /** Path and query as they go over the wire. */
  readonly path: string;
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
  /** Until the first byte of the answer, and between two pieces of its body. Milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Turns whatever goes wrong into the caller's own error. */
  readonly mapFailure: (error: unknown) => Error;
}

/**
 * Sends one request and answers with the head of the answer; redirects are not followed. Both this call and the reading of
 * the body reject with what `mapFailure` makes of a failure. The connection goes back to its pool when the body was read
 * to its end, and is closed when it was cancelled.
 */
export async function sendHttp(request: HttpRequest): Promise<TransportResponse> {
  const { clock, timeoutMs, signal, mapFailure } = request;
  const timer = new AbortController();
  let stopTimer = (): void => {};
  const rearm = (): void => {
    stopTimer();
    stopTimer = clock.after(timeoutMs, () => timer.abort(new HttpTimeoutError(timeoutMs)));
  };
  // Undici rejects with the signal's reason, which need not say who aborted.
  const failure = (error: unknown): Error => {
    stopTimer();
    if (signal.aborted) return mapFailure(cancelledBy(signal));
    return mapFailure(timer.signal.aborted ? timer.signal.reason : error);
  };
  rearm();
  let answer: Dispatcher.ResponseData;
  try {
    signal.throwIfAborted();
    answer = await request.dispatcher.request({
      origin: request.origin,
      path: request.path,
      method: request.method,
      headers: request.headers,
      body: request.body ?? null,
      signal: AbortSignal.any([signal, timer.signal]),
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  } catch (error) {
    throw failure(error);
  }
  rearm();
  const raw: Readable = answer.body;
  // A body nobody reads must not bring the process down when it breaks.
  raw.on("error", () => stopTimer());
  const headers = flatHeaders(answer.headers);
  return {
    status: answer.statusCode,
    headers,
    async bytes(maxBytes) {
      try {
        const whole = await readBody(decodedBody(raw, headers["content-encoding"] ?? ""), maxBytes, rearm);
        stopTimer();
        return whole;
      } catch (error) {
        raw.destroy();
        throw failure(error);
      }
    },
    async cancel() {
      stopTimer();
      raw.destroy();
    },
  };
}

function cancelledBy(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error && reason.name === "AbortError" ? reason : new DOMException("aborted", "AbortError");
}

function flatHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}
