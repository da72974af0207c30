import type { Completeness, CompletenessReason } from "../../../../src-shared/model/completeness.ts";
import type { TimeRange } from "../../../../src-shared/model/nano-time.ts";
import type { ArchiveContents } from "../archive-contents.ts";

/**
 * What of an archive's own doubts concerns a reading of one tenant over a range: chunks of others, and gaps at other times,
 * do not. An archive whose every doubt lies elsewhere is not called complete for that: nothing was compared.
 */
export function relevantCompleteness(
  { completeness, kind }: Pick<ArchiveContents, "completeness" | "kind">,
  tenant: string,
  range: TimeRange | null,
): Completeness {
  const reasons = completeness.reasons.filter(
    (reason) =>
      !(range !== null && liesElsewhere(reason, range)) && !(kind === "bucket" && isOfAnother(reason, tenant)),
  );
  if (reasons.length === completeness.reasons.length) return completeness;
  const verdict = reasons.length === 0 && completeness.verdict === "incomplete" ? "unknown" : completeness.verdict;
  return { verdict, reasons };
}

function liesElsewhere(reason: CompletenessReason, { startNs, endNs }: TimeRange): boolean {
  if (!("startNs" in reason && "endNs" in reason)) return false;
  return BigInt(reason.endNs) < startNs || BigInt(reason.startNs) >= endNs;
}

/** A chunk's key begins with its tenant. */
function isOfAnother(reason: CompletenessReason, tenant: string): boolean {
  const key =
    reason.kind === "lines-missing" ? reason.detail : reason.kind === "partial-failure" ? reason.part : undefined;
  return key !== undefined && key.includes("/") && !key.startsWith(`${tenant}/`);
}
