import { GATE_RULES, type GateRule } from "./gate-rules.ts";
import type { GatePlace, LabelUse, UnreadableInput } from "./label-use.ts";
import { readCollectors } from "./read-collectors.ts";
import { commentSuppressions, covers, type Suppression } from "./suppressions.ts";

/** A label that must not be one. */
export interface GateFinding {
  readonly rule: string;
  readonly severity: GateRule["severity"];
  readonly title: string;
  readonly fix: string;
  readonly label: string;
  readonly way: LabelUse["way"];
  readonly owner: string;
  /** What gave it away. */
  readonly evidence: string;
  readonly place: GatePlace;
  /** One that no longer holds and would have covered it. */
  readonly expired: Suppression | null;
}

export interface SuppressedFinding {
  readonly finding: GateFinding;
  readonly suppression: Suppression;
}

export interface GateReport {
  readonly files: number;
  /** Labels that were looked at. */
  readonly labels: number;
  /** In the order of files and lines. */
  readonly findings: readonly GateFinding[];
  readonly suppressed: readonly SuppressedFinding[];
  readonly unreadable: readonly UnreadableInput[];
  /** Those that cover nothing. */
  readonly unused: readonly Suppression[];
}

/** A suppression that says nothing a reviewer could hold on to. */
const BROKEN_SUPPRESSION: Pick<GateRule, "id" | "title" | "fix"> = {
  id: "suppression-invalid",
  title: "A suppression without rule, day or reason",
  fix: "Write `kubemate-gate: allow RULE until YYYY-MM-DD because REASON`.",
};

/**
 * Judges the labels that files would make. `today` is the day in UTC, `2026-11-22`; a suppression holds up to the end of its
 * day.
 */
export function runGate(
  files: readonly { readonly path: string; readonly text: string }[],
  listed: readonly Suppression[],
  today: string,
): GateReport {
  const findings: GateFinding[] = [];
  const suppressed: SuppressedFinding[] = [];
  const unreadable: UnreadableInput[] = [];
  const all: Suppression[] = [...listed];
  const used = new Set<Suppression>();
  let labels = 0;
  for (const { path, text } of files) {
    const reading = readCollectors(path, text);
    const { suppressions, broken } = commentSuppressions(path, text);
    all.push(...suppressions);
    unreadable.push(...reading.unreadable);
    for (const { place, problem } of broken) findings.push(brokenSuppression(place, problem));
    labels += reading.uses.length;
    for (const finding of reading.uses.flatMap((use) => judged(use) ?? [])) {
      const covering = [...suppressions, ...listed].filter((each) =>
        covers(each, finding.rule, finding.label, finding.place),
      );
      for (const suppression of covering) used.add(suppression);
      const valid = covering.find(({ until }) => until >= today);
      if (valid === undefined) findings.push({ ...finding, expired: covering[0] ?? null });
      else suppressed.push({ finding, suppression: valid });
    }
  }
  return {
    files: files.length,
    labels,
    findings: findings.toSorted((a, b) => byPlace(a.place, b.place)),
    suppressed,
    unreadable,
    unused: all.filter((each) => !used.has(each)),
  };
}

function judged(use: LabelUse): GateFinding | null {
  for (const rule of GATE_RULES) {
    const match = rule.match(use);
    if (match === null) continue;
    const { id, severity, title, fix } = rule;
    const { label, way, owner, place } = use;
    return { rule: id, severity, title, fix, label, way, owner, evidence: match.evidence, place, expired: null };
  }
  return null;
}

function brokenSuppression(place: GatePlace, problem: string): GateFinding {
  const { id, title, fix } = BROKEN_SUPPRESSION;
  return {
    rule: id,
    severity: "error",
    title,
    fix,
    label: "",
    way: "labels",
    owner: "",
    evidence: problem,
    place,
    expired: null,
  };
}

function byPlace(a: GatePlace, b: GatePlace): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
