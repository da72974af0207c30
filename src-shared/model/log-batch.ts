import type { LabelSet } from "./labels.ts";

/**
 * Rows as columns: what a `LogSource` yields and a result set appends. Row `i` is
 * `timestampsNs[i]`, `streams[streamRefs[i]]`, `lineBytes[lineOffsets[i] … lineOffsets[i + 1]]` and so on.
 *
 * A million rows as objects cost 220 MB of heap and seconds of garbage collection, as columns the bytes they hold. All
 * buffers may be transferred to and from a worker thread; whoever gets a batch owns it.
 */
export interface LogBatch {
  readonly rowCount: number;
  readonly timestampsNs: BigInt64Array;
  /** The streams named by this batch; stream labels only, never structured metadata or parsed labels. */
  readonly streams: readonly LabelSet[];
  readonly streamRefs: Uint32Array;
  /** `rowCount + 1` offsets into `lineBytes`. */
  readonly lineOffsets: Uint32Array;
  /** UTF-8, byte for byte as the source gave it; not necessarily valid. */
  readonly lineBytes: Uint8Array;
  /** `rowCount + 1` offsets into `extraBytes`; an empty piece means neither metadata nor parsed labels. */
  readonly extraOffsets: Uint32Array;
  /** UTF-8 JSON `{"m":{…structured metadata},"p":{…parsed labels}}`, either key left out when empty. */
  readonly extraBytes: Uint8Array;
  /** Index into `LOG_LEVELS`. */
  readonly levels: Uint8Array;
}

/** The decoded form of one piece of `LogBatch.extraBytes`. */
export interface RowExtra {
  readonly m?: LabelSet;
  readonly p?: LabelSet;
}

/** The buffers of a batch, for a transfer list. */
export function batchBuffers(batch: LogBatch): ArrayBufferLike[] {
  return [
    batch.timestampsNs.buffer,
    batch.streamRefs.buffer,
    batch.lineOffsets.buffer,
    batch.lineBytes.buffer,
    batch.extraOffsets.buffer,
    batch.extraBytes.buffer,
    batch.levels.buffer,
  ];
}
