import { join } from "node:path";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { LogBatch } from "../../../../src-shared/model/log-batch.ts";
import type { Logger } from "../../common/logger.ts";
import type { WorkerLocator } from "../../common/worker-entry.ts";
import type { ArchiveWriter, SliceOptions, SliceWriter, WrittenSlice } from "../archive-writer.ts";
import { removeSliceFiles, tenantFolder } from "./archive-paths.ts";
import { EncodingThread } from "./encoding-thread.ts";

export interface ArchiveWriterOptions {
  readonly locate: WorkerLocator;
  /** Encoding threads at most; started when there is work for them. */
  readonly threads: number;
  readonly logger: Logger;
}

/** Encodes slices as Parquet in worker threads. One pool serves a process. */
export function createArchiveWriter(options: ArchiveWriterOptions): ArchiveWriter {
  return new PooledArchiveWriter(options);
}

/** Bytes of one slice's batches that may be on their way to its thread, or wait there. */
const IN_FLIGHT_BYTES = 8 * 1024 * 1024;

class PooledArchiveWriter implements ArchiveWriter {
  readonly #options: ArchiveWriterOptions;
  readonly #slices = new Set<PooledSlice>();
  #threads: EncodingThread[] = [];
  #nextSlice = 1;
  #disposed = false;

  constructor(options: ArchiveWriterOptions) {
    this.#options = options;
  }

  async openSlice(options: SliceOptions): Promise<SliceWriter> {
    if (this.#disposed) throw new AppError("request.cancelled", {});
    const thread = this.#leastBusy();
    const number = this.#nextSlice++;
    thread.openSlices += 1;
    const slice = new PooledSlice(thread, number, options, () => this.#slices.delete(slice));
    this.#slices.add(slice);
    try {
      await thread.ask({ kind: "open", slice: number, options });
      return slice;
    } catch (error) {
      slice.release();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await Promise.all([...this.#slices].map((slice) => slice[Symbol.asyncDispose]()));
    await Promise.all(this.#threads.splice(0).map((thread) => thread.end()));
  }

  #leastBusy(): EncodingThread {
    this.#threads = this.#threads.filter(({ lost }) => !lost);
    const least = this.#threads.toSorted((a, b) => a.openSlices - b.openSlices)[0];
    const room = this.#threads.length < Math.max(1, this.#options.threads);
    if (least !== undefined && (least.openSlices === 0 || !room)) return least;
    const thread = new EncodingThread(this.#options.locate("archive-write"), this.#options.logger);
    this.#threads.push(thread);
    return thread;
  }
}

class PooledSlice implements SliceWriter {
  readonly #thread: EncodingThread;
  readonly #number: number;
  readonly #options: SliceOptions;
  readonly #onRelease: () => void;
  readonly #inFlight = new Set<Promise<void>>();
  #inFlightBytes = 0;
  #failure: unknown = null;
  #finishing: Promise<WrittenSlice> | null = null;
  #released = false;

  constructor(thread: EncodingThread, number: number, options: SliceOptions, onRelease: () => void) {
    this.#thread = thread;
    this.#number = number;
    this.#options = options;
    this.#onRelease = onRelease;
  }

  async append(batch: LogBatch): Promise<void> {
    this.#check();
    if (batch.rowCount === 0) return;
    const { batch: owned, buffers } = transferable(batch);
    const bytes = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.#inFlightBytes += bytes;
    const sent = this.#thread
      .ask({ kind: "append", slice: this.#number, batch: owned }, buffers)
      .catch((error: unknown) => {
        // Told to whoever appends next, or finishes.
        this.#failure ??= error;
      })
      .then(() => {
        this.#inFlightBytes -= bytes;
        this.#inFlight.delete(sent);
      });
    this.#inFlight.add(sent);
    while (this.#inFlightBytes > IN_FLIGHT_BYTES && this.#failure === null) await Promise.race(this.#inFlight);
    this.#check();
  }

  finish(): Promise<WrittenSlice> {
    this.#finishing ??= this.#finish();
    return this.#finishing;
  }

  /** Waits for a `finish` that is under way: what was renamed by then is there. */
  async [Symbol.asyncDispose](): Promise<void> {
    const [finished] = await Promise.allSettled(this.#finishing === null ? [] : [this.#finishing]);
    if (this.#released || finished?.status === "fulfilled") return;
    this.release();
    await Promise.all(this.#inFlight);
    try {
      await this.#thread.ask({ kind: "discard", slice: this.#number });
    } catch (error) {
      if (!this.#thread.lost) throw error;
      const { directory, tenant, slice } = this.#options;
      removeSliceFiles(join(directory, tenantFolder(tenant)), slice, "unfinished");
    }
  }

  async #finish(): Promise<WrittenSlice> {
    await Promise.all(this.#inFlight);
    this.#check();
    const written = await this.#thread.ask({ kind: "finish", slice: this.#number });
    if (written === null) throw new Error("the archive writer's thread answered something else");
    this.release();
    return written;
  }

  /** The thread has one slice less to care for. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#thread.openSlices -= 1;
    this.#onRelease();
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#released) throw new AppError("request.cancelled", {});
  }
}

/** The batch with each array alone in a buffer that can be given away; what shares one with others is copied. */
function transferable(batch: LogBatch): { readonly batch: LogBatch; readonly buffers: ArrayBuffer[] } {
  const buffers = new Set<ArrayBuffer>();
  const own = <Values extends ArrayBufferView & { slice(): Values }>(values: Values): Values => {
    const { buffer } = values;
    const alone = buffer instanceof ArrayBuffer && values.byteLength === buffer.byteLength && !buffers.has(buffer);
    const owned = alone ? values : copyOf(values);
    // A fresh copy has a buffer of its own.
    buffers.add(owned.buffer as ArrayBuffer);
    return owned;
  };
  return {
    batch: {
      ...batch,
      timestampsNs: own(batch.timestampsNs),
      streamRefs: own(batch.streamRefs),
      lineOffsets: own(batch.lineOffsets),
      lineBytes: own(new Uint8Array(batch.lineBytes.buffer, batch.lineBytes.byteOffset, batch.lineBytes.byteLength)),
      extraOffsets: own(batch.extraOffsets),
      extraBytes: own(
        new Uint8Array(batch.extraBytes.buffer, batch.extraBytes.byteOffset, batch.extraBytes.byteLength),
      ),
      levels: own(batch.levels),
    },
    buffers: [...buffers],
  };
}

function copyOf<Values extends { slice(): Values }>(values: Values): Values {
  return values.slice();
}
