import type { LogBatch } from "../../../src-shared/model/log-batch.ts";
import type { ArchiveWriter, SliceOptions, SliceWriter, WrittenSlice } from "./archive-writer.ts";

/** Rows that go to one slice before the next one's turn: about a row group, so that its bounds stay tight. */
const TURN_ROWS = 100_000;
/** Line bytes that wait for one encoding thread; beyond them the reader waits. */
const WAITING_BYTES = 24 * 2 ** 20;

/** A slice and the batches that wait for its thread. */
class Lane {
  readonly #writer: SliceWriter;
  #appended: Promise<void> = Promise.resolve();
  #waitingBytes = 0;

  constructor(writer: SliceWriter) {
    this.#writer = writer;
  }

  /** Resolves when the thread is not too far behind. Rejects with what a batch before it failed with. */
  async push(batch: LogBatch): Promise<void> {
    const bytes = batch.lineBytes.byteLength + batch.rowCount * 32;
    this.#waitingBytes += bytes;
    const appended = this.#appended.then(() => this.#writer.append(batch));
    this.#appended = appended.then(() => {
      this.#waitingBytes -= bytes;
    });
    // The failure is told to the next push, or at the end.
    this.#appended.catch(() => {});
    if (this.#waitingBytes > WAITING_BYTES) await this.#appended;
  }

  async finish(): Promise<WrittenSlice> {
    await this.#appended;
    return this.#writer.finish();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#appended.catch(() => {});
    await this.#writer[Symbol.asyncDispose]();
  }
}

export interface SliceGroupOptions extends Omit<SliceOptions, "slice"> {
  readonly writer: ArchiveWriter;
  /** Number of the first slice. */
  readonly first: number;
  /** Slices that are encoded at the same time, each by its own thread. */
  readonly lanes: number;
}

/**
 * Slices that are written side by side from one stream of rows, turn by turn, so that all encoding threads have work. They
 * are in their places together: whoever is interrupted writes all of them again.
 */
export class SliceGroup implements AsyncDisposable {
  readonly #options: SliceGroupOptions;
  readonly #lanes: Lane[] = [];
  #turn = 0;
  #turnRows = 0;
  rows = 0;

  constructor(options: SliceGroupOptions) {
    this.#options = options;
  }

  get slices(): number {
    return this.#lanes.length;
  }

  /** Takes the batch's buffers. Rows ascending across all calls. */
  async push(batch: LogBatch): Promise<void> {
    if (this.#turnRows >= TURN_ROWS) {
      this.#turn = (this.#turn + 1) % this.#options.lanes;
      this.#turnRows = 0;
    }
    this.#turnRows += batch.rowCount;
    this.rows += batch.rowCount;
    const lane = this.#lanes[this.#turn] ?? (await this.#open());
    await lane.push(batch);
  }

  /** All slices are in their places when it resolves. */
  async finish(): Promise<readonly WrittenSlice[]> {
    const finished = await Promise.allSettled(this.#lanes.map((lane) => lane.finish()));
    return finished.map((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane[Symbol.asyncDispose]()));
  }

  async #open(): Promise<Lane> {
    const { writer, first, directory, tenant, labelColumns, redact } = this.#options;
    const slice = sliceName(first + this.#lanes.length);
    const lane = new Lane(await writer.openSlice({ directory, tenant, slice, labelColumns, redact }));
    this.#lanes.push(lane);
    return lane;
  }
}

export function sliceName(number: number): string {
  return String(number).padStart(6, "0");
}
