import { z } from "zod";
import type { LabelSet } from "../../src-shared/model/labels.ts";
import { labelSetSchema } from "../../src-shared/model/labels.ts";
import type { LogBatch, RowExtra } from "../../src-shared/model/log-batch.ts";

/** One row of a batch, decoded. */
export interface EntryView {
  readonly timestampNs: bigint;
  readonly stream: LabelSet;
  readonly line: string;
  /** As the source gave it; not necessarily UTF-8. */
  readonly lineBytes: Uint8Array;
  readonly level: number;
  /** JSON, or empty. */
  readonly extra: string;
}

const decoder = new TextDecoder();
const extraSchema = z.object({ m: labelSetSchema.exactOptional(), p: labelSetSchema.exactOptional() });

export function* batchEntries(batch: LogBatch): Generator<EntryView, void, void> {
  for (let row = 0; row < batch.rowCount; row++) {
    const lineBytes = batch.lineBytes.subarray(batch.lineOffsets[row], batch.lineOffsets[row + 1]);
    yield {
      timestampNs: batch.timestampsNs[row] ?? 0n,
      stream: batch.streams[batch.streamRefs[row] ?? 0] ?? {},
      line: decoder.decode(lineBytes),
      lineBytes,
      level: batch.levels[row] ?? 0,
      extra: decoder.decode(batch.extraBytes.subarray(batch.extraOffsets[row], batch.extraOffsets[row + 1])),
    };
  }
}

export function rowExtra(entry: Pick<EntryView, "extra">): RowExtra {
  return entry.extra === "" ? {} : extraSchema.parse(JSON.parse(entry.extra));
}
