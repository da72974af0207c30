import type { Clock } from "../common/clock.ts";
import { providerUnavailable } from "./refusals.ts";

export interface CacheTimes {
  /** How long a document is used without asking again. */
  readonly maxAgeMs: number;
  /** How long it is used when asking again fails: an outage of the provider is not ours at once. */
  readonly maxStaleMs: number;
  /** The shortest time between two requests, whatever comes in: nobody makes us flood the provider. */
  readonly minIntervalMs: number;
}

export const DEFAULT_CACHE_TIMES: CacheTimes = { maxAgeMs: 600_000, maxStaleMs: 3_600_000, minIntervalMs: 30_000 };

/**
 * A document of the provider: fetched when first needed, kept, fetched again when old. Many who need it at once share one
 * request, which no single one of them can cancel; `fetch` must have a time limit of its own.
 */
export class CachedDocument<Document> {
  readonly #fetch: () => Promise<Document>;
  readonly #clock: Clock;
  readonly #times: CacheTimes;
  #kept: { readonly document: Document; readonly fetchedAtMs: number } | null = null;
  #lastTryMs = Number.NEGATIVE_INFINITY;
  #lastFailure: unknown = null;
  #running: Promise<Document> | null = null;

  constructor(fetch: () => Promise<Document>, clock: Clock, times: CacheTimes = DEFAULT_CACHE_TIMES) {
    this.#fetch = fetch;
    this.#clock = clock;
    this.#times = times;
  }

  /** The document, at most `maxAgeMs` old, or `maxStaleMs` when the provider fails. */
  async current(signal: AbortSignal): Promise<Document> {
    signal.throwIfAborted();
    const kept = this.#kept;
    const ageMs = kept === null ? Number.POSITIVE_INFINITY : this.#clock.nowMs() - kept.fetchedAtMs;
    if (kept !== null && ageMs < this.#times.maxAgeMs) return kept.document;
    try {
      return await unlessAborted(this.#fetchAgain(), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (kept !== null && ageMs < this.#times.maxStaleMs) return kept.document;
      throw error;
    }
  }

  /** A newer document than `known`, or `null` where it is too early to ask again. */
  async newerThan(known: Document, signal: AbortSignal): Promise<Document | null> {
    signal.throwIfAborted();
    if (this.#kept !== null && this.#kept.document !== known) return this.#kept.document;
    if (this.#running === null && !this.#mayTry()) return null;
    return unlessAborted(this.#fetchAgain(), signal);
  }

  #mayTry(): boolean {
    return this.#clock.nowMs() - this.#lastTryMs >= this.#times.minIntervalMs;
  }

  #fetchAgain(): Promise<Document> {
    if (this.#running !== null) return this.#running;
    if (!this.#mayTry()) return Promise.reject(this.#tooEarly());
    this.#lastTryMs = this.#clock.nowMs();
    const running = this.#fetchOnce().finally(() => {
      this.#running = null;
    });
    this.#running = running;
    return running;
  }

  async #fetchOnce(): Promise<Document> {
    try {
      const document = await this.#fetch();
      this.#kept = { document, fetchedAtMs: this.#clock.nowMs() };
      this.#lastFailure = null;
      return document;
    } catch (error) {
      this.#lastFailure = error;
      throw error;
    }
  }

  /** What is wrong was told a moment ago, and is told again without asking. */
  #tooEarly(): unknown {
    return this.#lastFailure ?? providerUnavailable("asked a moment ago");
  }
}

async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
