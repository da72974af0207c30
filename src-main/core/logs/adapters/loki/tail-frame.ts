import { z } from "zod";
import { labelSetSchema, type LabelSet } from "../../../../../src-shared/model/labels.ts";
import type { LogBatch } from "../../../../../src-shared/model/log-batch.ts";
import { tableFromJson } from "./page-json.ts";
import { orderedBatch } from "./page-table.ts";

export interface TailFrame {
  readonly batch: LogBatch;
  /** What Loki says it could not send; `null` when nothing. */
  readonly dropped: {
    readonly entries: number;
    readonly atNs: bigint | null;
    readonly streams: readonly LabelSet[];
  } | null;
}

const frameSchema = z.object({
  streams: z.array(z.unknown()).nullish(),
  dropped_entries: z.array(z.object({ timestamp: z.string(), labels: labelSetSchema.nullish() })).nullish(),
});

/** Streams named in one marker; a storm drops from hundreds. */
const MAX_DROPPED_STREAMS = 20;

/** Reads a frame of `/loki/api/v1/tail`; `null` for what is none. */
export function tailFrame(text: string): TailFrame | null {
  try {
    const frame = frameSchema.safeParse(JSON.parse(text));
    if (!frame.success) return null;
    const { streams, dropped_entries: dropped } = frame.data;
    return {
      batch: orderedBatch(tableFromJson(streams ?? []), "forward"),
      dropped: dropped === null || dropped === undefined || dropped.length === 0 ? null : droppedOf(dropped),
    };
  } catch {
    return null;
  }
}

function droppedOf(entries: readonly { readonly timestamp: string; readonly labels?: LabelSet | null | undefined }[]) {
  const streams = new Map<string, LabelSet>();
  for (const { labels } of entries) {
    if (streams.size >= MAX_DROPPED_STREAMS) break;
    if (labels !== null && labels !== undefined) streams.set(JSON.stringify(labels), labels);
  }
  const [first] = entries;
  const at = first !== undefined && /^\d{1,19}$/.test(first.timestamp) ? BigInt(first.timestamp) : null;
  return { entries: entries.length, atNs: at, streams: [...streams.values()] };
}
