import type { CheckMode, ChunkChecker, ChunkVerdict, ListedChunk } from "./chunk-checker.ts";

/** Bytes of objects that are read at a time; one that alone has more is read alone. */
const IN_FLIGHT_BYTES = 256 * 2 ** 20;

/**
 * Gives chunks to a checker while they are still being listed, in batches, so many at a time: a listing that is ahead waits. The
 * first failure is thrown to whoever adds next or finishes.
 */
export class CheckLanes {
  readonly #checker: ChunkChecker;
  readonly #mode: CheckMode;
  readonly #signal: AbortSignal;
  readonly #onVerdict: (listed: ListedChunk, verdict: ChunkVerdict) => void;
  readonly #running = new Set<Promise<void>>();
  #batch: ListedChunk[] = [];
  #batchBytes = 0;
  #inFlightBytes = 0;
  #failure: { readonly error: unknown } | null = null;

  constructor(
    checker: ChunkChecker,
    mode: CheckMode,
    signal: AbortSignal,
    onVerdict: (listed: ListedChunk, verdict: ChunkVerdict) => void,
  ) {
    this.#checker = checker;
    this.#mode = mode;
    this.#signal = signal;
    this.#onVerdict = onVerdict;
  }

  async add(listed: ListedChunk): Promise<void> {
    this.#batch.push(listed);
    this.#batchBytes += listed.object.sizeBytes;
    if (this.#batch.length >= this.#checker.batchObjects || this.#batchBytes >= this.#checker.batchBytes) {
      await this.#send();
    }
  }

  /** Until every chunk that was added has its verdict. */
  async finish(): Promise<void> {
    await this.#send();
    await Promise.all(this.#running);
    this.#throwFailure();
  }

  async #send(): Promise<void> {
    const batch = this.#batch;
    const bytes = this.#batchBytes;
    this.#batch = [];
    this.#batchBytes = 0;
    if (batch.length === 0) return;
    while (
      this.#running.size > 0 &&
      (this.#running.size >= this.#checker.batchesAtOnce || this.#inFlightBytes + bytes > IN_FLIGHT_BYTES)
    ) {
      // oxlint-disable-next-line no-await-in-loop -- there is room when one of them is done
      await Promise.race(this.#running);
    }
    this.#throwFailure();
    this.#inFlightBytes += bytes;
    const run = this.#check(batch).finally(() => {
      this.#inFlightBytes -= bytes;
      this.#running.delete(run);
    });
    this.#running.add(run);
  }

  async #check(batch: readonly ListedChunk[]): Promise<void> {
    try {
      const verdicts = await this.#checker.check(batch, this.#mode, this.#signal);
      for (const [at, listed] of batch.entries()) {
        const verdict = verdicts[at];
        if (verdict === undefined) throw new Error(`${verdicts.length} verdicts on ${batch.length} chunks`);
        this.#onVerdict(listed, verdict);
      }
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
