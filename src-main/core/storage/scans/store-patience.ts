import { AppError, hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { ChunkChecker, ChunkVerdict, ListedChunk } from "../integrity/chunk-checker.ts";
import type { ScannedStore } from "../integrity/scanned-store.ts";
import type { GetOptions, ListRequest, ObjectPage } from "../object-store.ts";
import type { GivenObject } from "./scan-protocol.ts";
import { endIfCancelled } from "../store-retries.ts";

export interface PatienceOptions {
  readonly store: ScannedStore;
  readonly clock: Clock;
  /** For how long a store may be away. */
  readonly patienceMs: number;
  /** Whether the store is there at all; rejects with why not. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  /** Told when the store went away, and `null` when it is back. */
  readonly onWaiting: (waiting: StoreAway | null) => void;
}

export interface StoreAway {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly error: AppError;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/** A store that is there when it is probed may have been away when it was asked: what it says then again is meant. */
const AGAIN_WHEN_THERE = 1;

/** What a store that is away answers, or one whose credentials have run out. */
const AWAY = new Set<string>([
  "storage.unreachable",
  "storage.timed-out",
  "storage.rate-limited",
  "storage.failed",
  "storage.tls",
  "storage.credentials-refused",
  "storage.credentials-missing",
  "storage.forbidden",
  "storage.bucket-unknown",
  "storage.body-wrong",
]);

/**
 * Tells an object that cannot be read from a store that is away, and waits for that one. While one waits, all do; after `patienceMs`
 * every call rejects with what the store said last. Until it has answered once, nothing is waited for.
 */
export class StorePatience {
  readonly #options: PatienceOptions;
  #answered = false;
  #waiting: Promise<void> | null = null;
  #lost: AppError | null = null;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** The store, as one that does not go away. A body is opened as often as it takes, but read by whoever opened it. */
  get store(): ScannedStore {
    const { store } = this.#options;
    return {
      title: store.title,
      list: (request, signal) => this.ask(() => this.#listed(request, signal), signal),
      head: (key, options, signal) => this.ask(() => store.head(key, options, signal), signal),
      get: (key, options, signal) => this.ask(() => store.get(key, options, signal), signal),
    };
  }

  /** Asks again once the store is back. Rejects with what it answers when it is there. */
  async ask<Answer>(request: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
    for (let there = 0; ;) {
      endIfCancelled(signal);
      try {
        const answer = await request();
        this.#answered = true;
        return answer;
      } catch (error) {
        if (!this.#mayBeAway(error, signal)) throw error;
        if (!(await this.#waited(signal))) there += 1;
        if (there > AGAIN_WHEN_THERE) throw error;
      }
    }
  }

  /** An object's bytes, from its beginning again where the store goes away in the middle. */
  read(key: string, options: GetOptions, maxBytes: number, signal: AbortSignal): Promise<GivenObject> {
    return this.ask(() => readWhole(this.#options.store, key, options, maxBytes, signal), signal);
  }

  /** A checker that looks again at what it could not read while the store was away. */
  patient(checker: ChunkChecker): ChunkChecker {
    return {
      ...checker,
      check: async (batch, mode, signal) => {
        const verdicts = [...(await checker.check(batch, mode, signal))];
        for (let there = 0; ;) {
          const again = batch.filter((_, at) => this.#isDoubtful(verdicts[at]));
          if (again.length === 0) return verdicts;
          // oxlint-disable-next-line no-await-in-loop -- as often as the store goes away
          if (!(await this.#waited(signal))) there += 1;
          if (there > AGAIN_WHEN_THERE) return verdicts;
          // oxlint-disable-next-line no-await-in-loop -- as above
          const second = await checker.check(again, mode, signal);
          replaceVerdicts(batch, verdicts, again, second);
        }
      },
    };
  }

  /** A folder that is gone has no more keys: what ends a listing is there to say so. */
  async #listed(request: ListRequest, signal: AbortSignal): Promise<ObjectPage> {
    const page = await this.#options.store.list(request, signal);
    if (page.nextToken === null) await this.#options.probe(signal);
    return page;
  }

  /** A folder that is gone says of each file that it is gone. */
  #isDoubtful(verdict: ChunkVerdict | undefined): boolean {
    if (verdict?.kind === "gone") return true;
    return verdict?.kind === "unreadable" && AWAY.has(verdict.code);
  }

  #mayBeAway(error: unknown, signal: AbortSignal): boolean {
    return !signal.aborted && this.#answered && isAppError(error) && AWAY.has(error.code);
  }

  /** `false` where the store is there: then what it answered is meant. Rejects once it has been away for too long. */
  async #waited(signal: AbortSignal): Promise<boolean> {
    if (this.#lost !== null) throw this.#lost;
    if (this.#waiting !== null) {
      await this.#waiting;
      return true;
    }
    const away = await this.#awayWith(signal);
    if (away === null) return false;
    // Another call may have begun to wait meanwhile.
    this.#waiting ??= this.#untilBack(away, signal).finally(() => {
      this.#waiting = null;
    });
    await this.#waiting;
    return true;
  }

  async #untilBack(first: AppError, signal: AbortSignal): Promise<void> {
    const { clock, patienceMs, onWaiting } = this.#options;
    const sinceMs = clock.nowMs();
    const untilMs = sinceMs + patienceMs;
    let error = first;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      onWaiting({ sinceMs, untilMs, error });
      const leftMs = untilMs - clock.nowMs();
      if (leftMs <= 0) {
        this.#lost = error;
        throw error;
      }
      // oxlint-disable-next-line no-await-in-loop -- asked again and again
      await clock.sleep(Math.min(waitMs, leftMs), signal).catch(() => endIfCancelled(signal));
      // oxlint-disable-next-line no-await-in-loop -- as above
      const away = await this.#awayWith(signal);
      if (away === null) break;
      error = away;
    }
    onWaiting(null);
  }

  async #awayWith(signal: AbortSignal): Promise<AppError | null> {
    try {
      await this.#options.probe(signal);
      return null;
    } catch (error) {
      endIfCancelled(signal);
      if (!isAppError(error) || hasCode(error, "request.cancelled")) throw error;
      return error;
    }
  }
}

async function readWhole(
  store: ScannedStore,
  key: string,
  options: GetOptions,
  maxBytes: number,
  signal: AbortSignal,
): Promise<GivenObject> {
  await using body = await store.get(key, options, signal);
  const { info, lengthBytes } = body;
  if (lengthBytes > maxBytes) return { info, lengthBytes, bytes: null };
  const bytes = new Uint8Array(lengthBytes);
  let at = 0;
  for await (const piece of body.chunks) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { info, lengthBytes, bytes };
}

function replaceVerdicts(
  batch: readonly ListedChunk[],
  verdicts: ChunkVerdict[],
  again: readonly ListedChunk[],
  second: readonly ChunkVerdict[],
): void {
  for (const [at, listed] of again.entries()) {
    const verdict = second[at];
    if (verdict !== undefined) verdicts[batch.indexOf(listed)] = verdict;
  }
}
