import type { LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import type { AuditedChange } from "./changes-parts.ts";
import { bounded } from "./draft.ts";
import type { RuntimeMap } from "./runtime-map.ts";

const MOST_TOLD = 20;

/** Who changed the ConfigMap, newest first: by its `managedFields` and by what this console noted of itself. */
export function changedLately(map: RuntimeMap, audited: readonly AuditedChange[]): LimitPlan["lately"] {
  const managed = map.managers.flatMap(({ manager, operation, atMs }) =>
    atMs === null ? [] : [{ who: bounded(manager), atMs, what: bounded(operation) }],
  );
  const noted = audited.map(({ who, atMs, what }) => ({ who: bounded(who), atMs, what: bounded(what) }));
  return [...managed, ...noted].toSorted((one, other) => other.atMs - one.atMs).slice(0, MOST_TOLD);
}

/** Who wrote it last, for whoever comes too late. */
export function lastManager({ managers }: RuntimeMap): string {
  const timed = managers.flatMap(({ manager, atMs }) => (atMs === null ? [] : [{ manager, atMs }]));
  // Times are whole seconds; of one second the one that stands behind is the later.
  const last = timed.toSorted((one, other) => one.atMs - other.atMs).at(-1);
  return bounded(last?.manager ?? managers.at(-1)?.manager ?? "?");
}
