import type { LogBatch } from "../model/log-batch.ts";
import type { RedactionPattern } from "../model/redaction-pattern.ts";

export type RedactionCounts = Readonly<Partial<Record<RedactionPattern, number>>>;

/** A batch with what the patterns find replaced, in lines, label values, structured metadata and parsed labels. */
export function redactBatch(
  batch: LogBatch,
  patterns: readonly RedactionPattern[],
): { readonly batch: LogBatch; readonly counts: RedactionCounts } {
  throw new Error(`in the making: ${batch.rowCount} ${patterns.join(",")}`);
}
