import type { StorageProblem } from "../../../../src-shared/model/storage/storage-plan.ts";
import { problem } from "./find-targets.ts";
import { rangeOf, type JudgedTarget } from "./quarantine-target.ts";

const MINUTE_MS = 60_000;

/** What setting these aside costs: what cannot be read any more afterwards, and what cannot be told. */
export function judgePlan(targets: readonly JudgedTarget[]): readonly StorageProblem[] {
  const problems: StorageProblem[] = [];
  const indexes = targets.filter(({ object, remains }) => object.kind === "index" && remains === "none");
  const only = targets.filter(({ object, remains }) => object.kind !== "index" && remains === "none");
  if (only[0] !== undefined) {
    const lines = sum(only.map(({ content }) => content ?? 0));
    const unread = only.filter(({ content, object }) => content === null && object.kind === "chunk").length;
    const params = { objects: only.length, lines, minutes: minutesOf(only), unread, key: only[0].key };
    problems.push(problem("only-copy", "doubts", params));
  }
  if (indexes[0] !== undefined) {
    const chunks = sum(indexes.map(({ finding, content }) => Math.max(finding?.chunks ?? 0, content ?? 0)));
    problems.push(problem("only-index", "doubts", { objects: indexes.length, chunks, key: indexes[0].key }));
  }
  const unknown = targets.filter(({ remains }) => remains === "unknown");
  if (unknown[0] !== undefined) {
    problems.push(problem("copies-unknown", "doubts", { objects: unknown.length, key: unknown[0].key }));
  }
  const known = targets.filter(({ object }) => object.kind === "known");
  if (known[0] !== undefined) {
    problems.push(problem("loki-needs-it", "doubts", { objects: known.length, key: known[0].key }));
  }
  const indexed = targets.filter(({ object, finding }) => object.kind === "chunk" && finding?.severity === "critical");
  if (indexed[0] !== undefined) problems.push(problem("index-still-names", "notes", { objects: indexed.length }));
  const orphans = targets.filter(({ finding }) => finding?.kind === "orphan-chunk");
  if (orphans[0] !== undefined) problems.push(problem("orphans", "notes", { objects: orphans.length }));
  const unreadable = targets.filter(({ finding }) => finding?.kind === "unreadable-object");
  if (unreadable[0] !== undefined) {
    problems.push(problem("unreadable", "notes", { objects: unreadable.length, key: unreadable[0].key }));
  }
  return problems;
}

/** Minutes that at least one of them has lines in, tenant by tenant. */
export function minutesOf(targets: readonly Pick<JudgedTarget, "finding" | "object">[]): number {
  const spans = new Map<string, [number, number][]>();
  for (const target of targets) {
    const { tenant, fromMs, throughMs } = rangeOf(target);
    if (fromMs === null || throughMs === null || throughMs < fromMs) continue;
    const own = spans.get(tenant ?? "") ?? [];
    spans.set(tenant ?? "", own);
    own.push([Math.floor(fromMs / MINUTE_MS), Math.floor(throughMs / MINUTE_MS)]);
  }
  let minutes = 0;
  for (const own of spans.values()) {
    let reached = Number.NEGATIVE_INFINITY;
    for (const [from, through] of own.toSorted((a, b) => a[0] - b[0])) {
      if (through <= reached) continue;
      minutes += through - Math.max(from - 1, reached);
      reached = through;
    }
  }
  return minutes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
