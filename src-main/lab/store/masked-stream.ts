import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { ChunkBuilder } from "./chunk-builder.ts";
import type { StoredEntry } from "./entry.ts";
import type { EntryChunk } from "./entry-chunk.ts";
import type { ChunkRef, LabStream } from "./stream.ts";

/** Lines that are gone: of the streams that it picks, in a range of time, those that it removes. */
export interface LineMask {
  readonly startNs: bigint;
  /** Inclusive. */
  readonly endNs: bigint;
  picks(labels: LabelSet): boolean;
  removes(labels: LabelSet, entry: StoredEntry): boolean;
}

/** Takes lines out of streams as they are read; what was taken out of a chunk is remembered as long as the chunk is. */
export class MaskedStreams {
  /** Tells one set of masks from another. */
  readonly key: string;
  readonly #masks: readonly LineMask[];
  readonly #chunks = new WeakMap<EntryChunk, EntryChunk>();

  constructor(key: string, masks: readonly LineMask[]) {
    this.key = key;
    this.#masks = masks;
  }

  /** The stream without the lines; itself when no mask picks it. */
  apply(stream: LabStream): LabStream {
    const masks = this.#masks.filter((mask) => mask.picks(stream.labels));
    if (masks.length === 0) return stream;
    const { labels, labelText, hash } = stream;
    return {
      labels,
      labelText,
      hash,
      ...(stream.horizonNs === undefined ? {} : { horizonNs: () => stream.horizonNs?.() ?? 0n }),
      chunks: (startNs, endNs) =>
        stream.chunks(startNs, endNs).flatMap((ref) => {
          const over = masks.filter((mask) => mask.startNs <= ref.throughNs && mask.endNs >= ref.startNs);
          return over.length === 0 ? [ref] : this.#without(ref, stream.labels, over);
        }),
    };
  }

  #without(ref: ChunkRef, labels: LabelSet, masks: readonly LineMask[]): ChunkRef[] {
    const whole = ref.open();
    let kept = this.#chunks.get(whole);
    if (kept === undefined) {
      kept = keptOf(whole, labels, masks);
      this.#chunks.set(whole, kept);
    }
    const chunk = kept;
    const entries = chunk.lowerBound(ref.throughNs + 1n);
    if (entries === 0) return [];
    const sizeBytes = Math.ceil((ref.sizeBytes * entries) / Math.max(1, ref.entries));
    return [{ ...ref, entries, sizeBytes, open: () => chunk }];
  }
}

function keptOf(whole: EntryChunk, labels: LabelSet, masks: readonly LineMask[]): EntryChunk {
  const builder = new ChunkBuilder(whole.bytes.length + 256);
  for (let index = 0; index < whole.count; index += 1) {
    const entry = whole.entryAt(index);
    const gone = masks.some(
      (mask) => entry.timestampNs >= mask.startNs && entry.timestampNs <= mask.endNs && mask.removes(labels, entry),
    );
    if (!gone) builder.append(entry.timestampNs, entry.line, entry.metadata);
  }
  return builder.build();
}
