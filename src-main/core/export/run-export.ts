import type { ExportSummary } from "../../../src-shared/model/export-summary.ts";
import type { ExportParts, ExportPlan } from "./export-plan.ts";

/**
 * Exports the whole range of a log query into an archive, each line exactly once, through kills, pauses and errors: what
 * the checkpoint lists as finished is in its place and is never read again. Resolves when all is done, or, with `state`
 * `stopped`, when the signal is aborted.
 */
export async function runExport(plan: ExportPlan, parts: ExportParts): Promise<ExportSummary> {
  throw new Error(`in the making: ${plan.query} ${parts.signal.aborted}`);
}
