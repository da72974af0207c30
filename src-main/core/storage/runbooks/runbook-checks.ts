import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";

/** What a run of a runbook is about. */
export interface RunAbout {
  readonly site: SiteId | null;
  readonly store: StoreId | null;
}

/** What a check found: `runbook.found.<key>` with `params`. One that is `unknown` leaves the step open. */
export interface CheckFound {
  readonly verdict: "done" | "failed" | "unknown";
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** Looks and changes nothing. An `AppError` it rejects with is a finding of its own: it could not look. */
export type RunbookCheck = (about: RunAbout, signal: AbortSignal) => Promise<CheckFound>;

/** By the names that runbooks' data uses. */
export const CHECK_NAMES = [
  "scan-fresh",
  "scan-clean",
  "versioning-on",
  "lease-free",
  "compactor-running",
  "dr-lag",
  "space-left",
  "flush-recent",
  "scratch-set",
  "drill-young",
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];
export type RunbookChecks = Readonly<Record<CheckName, RunbookCheck>>;

export function isCheckName(name: string | null): name is CheckName {
  return CHECK_NAMES.some((known) => known === name);
}

/** Answers without what it would look at. */
export function found(verdict: CheckFound["verdict"], key: string, params: CheckFound["params"] = {}): CheckFound {
  return { verdict, key, params };
}
