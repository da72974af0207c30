import type { Canary } from "../../../../src-shared/model/storage/storage-plan.ts";
import { STORAGE_SEVERITIES } from "../../../../src-shared/model/storage-finding.ts";
import { rangeOf, type QuarantineTarget } from "./quarantine-target.ts";

const MOST_CANARIES = 20;
const DAY_MS = 86_400_000;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Queries of the streams whose objects are set aside, one for every tenant and day, the worst first. Objects whose labels nobody
 * knows have none.
 */
export function planCanaries(targets: readonly Pick<QuarantineTarget, "finding" | "object">[]): Canary[] {
  const canaries = new Map<string, Canary>();
  const worst = targets.toSorted((a, b) => severity(a) - severity(b));
  for (const target of worst) {
    if (canaries.size >= MOST_CANARIES) break;
    const { tenant, fromMs, throughMs } = rangeOf(target);
    const labels = target.finding?.streams.find((stream) => stream.labels !== null)?.labels ?? null;
    const query = labels === null ? null : selectorOf(labels);
    if (tenant === null || fromMs === null || throughMs === null || query === null) continue;
    const day = Math.floor(fromMs / DAY_MS) * DAY_MS;
    const name = new Date(day).toISOString().slice(0, 10);
    const id = `${name} ${tenant}`;
    if (canaries.has(id)) continue;
    canaries.set(id, {
      tenant,
      day: name,
      query,
      fromMs,
      throughMs: Math.min(throughMs, day + DAY_MS - 1),
      expected: null,
      before: null,
      after: null,
      state: "waiting",
      problem: null,
    });
  }
  return [...canaries.values()];
}

/** A log selector of exactly these labels; `null` where none of them can be asked for. */
export function selectorOf(labels: Readonly<Record<string, string>>): string | null {
  // A stream's labels come from a bucket: only what is a name in LogQL is written as one.
  const matchers = Object.entries(labels)
    .filter(([name, value]) => LABEL.test(name) && value !== "")
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return matchers.length === 0 ? null : `{${matchers.join(", ")}}`;
}

function severity({ finding }: Pick<QuarantineTarget, "finding">): number {
  return finding === null ? STORAGE_SEVERITIES.length : STORAGE_SEVERITIES.indexOf(finding.severity);
}
