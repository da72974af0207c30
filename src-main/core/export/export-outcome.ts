import type { ArchiveManifest } from "../../../src-shared/model/archive-manifest.ts";
import { COMPLETE, type Completeness, type CompletenessReason } from "../../../src-shared/model/completeness.ts";
import type { ExportSummary } from "../../../src-shared/model/export-summary.ts";
import type { FinishedPart, PinnedPlan } from "./export-checkpoint.ts";
import type { ExportPlan } from "./export-plan.ts";

/** A month of a broken store has a reason for each part; more than these say nothing new. */
const MAX_REASONS = 500;

interface Totals {
  readonly linesRead: number;
  readonly linesWritten: number;
  readonly lineBytes: number;
  readonly sizeBytes: number;
  readonly files: number;
  readonly redacted: Readonly<Record<string, number>>;
  readonly completeness: Completeness;
}

function totalsOf(finished: readonly FinishedPart[]): Totals {
  const redacted: Record<string, number> = {};
  for (const part of finished) {
    for (const [pattern, count] of Object.entries(part.redacted)) redacted[pattern] = (redacted[pattern] ?? 0) + count;
  }
  const sum = (of: (part: FinishedPart) => number) => finished.reduce((total, part) => total + of(part), 0);
  return {
    linesRead: sum(({ linesRead }) => linesRead),
    linesWritten: sum(({ linesWritten }) => linesWritten),
    lineBytes: sum(({ lineBytes }) => lineBytes),
    sizeBytes: sum(({ files }) => files.reduce((total, { sizeBytes }) => total + sizeBytes, 0)),
    files: sum(({ files }) => files.length),
    redacted,
    completeness: mergedCompleteness(finished),
  };
}

/** The worst verdict of all parts, with each different reason once. */
function mergedCompleteness(finished: readonly FinishedPart[]): Completeness {
  const reasons = new Map<string, CompletenessReason>();
  const verdicts = new Set<Completeness["verdict"]>();
  for (const { completeness } of finished) {
    verdicts.add(completeness.verdict);
    for (const reason of completeness.reasons) {
      if (reasons.size < MAX_REASONS) reasons.set(JSON.stringify(reason), reason);
    }
  }
  const verdict = (["incomplete", "unknown", "complete"] as const).find((each) => verdicts.has(each));
  return { verdict: verdict ?? COMPLETE.verdict, reasons: [...reasons.values()] };
}

export function exportManifest(
  plan: ExportPlan,
  pinned: PinnedPlan,
  finished: readonly FinishedPart[],
  exportedAt: string,
): ArchiveManifest {
  const totals = totalsOf(finished);
  const named = Object.fromEntries(pinned.redact.map((pattern) => [pattern, totals.redacted[pattern] ?? 0]));
  return {
    format: "kubemate-archive",
    version: 1,
    tenants: [pinned.tenant],
    labelColumns: pinned.labelColumns,
    files: finished.flatMap(({ files }) => files),
    linesRead: totals.linesRead,
    linesWritten: totals.linesWritten,
    duplicatesDropped: 0,
    // As they are in the files, which redaction may have made shorter than they were read.
    lineBytes: finished.reduce((sum, { files }) => sum + files.reduce((own, file) => own + file.lineBytes, 0), 0),
    completeness: totals.completeness,
    provenance: {
      site: pinned.site,
      query: pinned.query,
      startNs: pinned.startNs,
      endNs: pinned.endNs,
      exportedAt,
      exportedBy: plan.exportedBy,
      program: plan.program,
      redacted: named,
      files: [],
      assumptions: {},
    },
  };
}

export interface RunFacts {
  readonly state: ExportSummary["state"];
  readonly resumed: number;
  readonly repeated: number;
  readonly seconds: number;
}

export function exportSummary(
  plan: Pick<ExportPlan, "directory" | "place">,
  pinned: PinnedPlan,
  finished: readonly FinishedPart[],
  run: RunFacts,
): ExportSummary {
  const { completeness, ...totals } = totalsOf(finished);
  const stopped: Completeness = {
    verdict: "incomplete",
    reasons: [...completeness.reasons, { kind: "stopped" }],
  };
  return {
    state: run.state,
    place: plan.place,
    folder: plan.place === plan.directory ? plan.directory : null,
    tenant: pinned.tenant,
    query: pinned.query,
    startNs: pinned.startNs,
    endNs: pinned.endNs,
    ...totals,
    duplicatesDropped: 0,
    redacted: Object.fromEntries(pinned.redact.map((pattern) => [pattern, totals.redacted[pattern] ?? 0])),
    completeness: run.state === "finished" ? completeness : stopped,
    parts: { total: pinned.parts.length, done: finished.length, resumed: run.resumed, repeated: run.repeated },
    seconds: run.seconds,
  };
}
