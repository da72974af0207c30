import { hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { QuarantineRequest } from "../../../../src-shared/model/storage/quarantine.ts";
import type { StorageProblem } from "../../../../src-shared/model/storage/storage-plan.ts";
import { STORAGE_SEVERITIES, type StorageFindingKind } from "../../../../src-shared/model/storage-finding.ts";
import type { ScanResults } from "../scans/scan-results.ts";
import { objectKind } from "../integrity/object-kind.ts";
import type { OpenedStore } from "../stores/opened-store.ts";
import { isConsoleKey } from "./batch-manifest.ts";
import { inLanes } from "./lanes.ts";
import type { QuarantineTarget, WantedObject } from "./quarantine-target.ts";

const LANES = 16;

/** Findings about what is not there: nothing of theirs can be set aside. */
const NOTHING_THERE: ReadonlySet<StorageFindingKind> = new Set(["missing-chunk", "missing-index-of-day"]);

export interface FoundTargets {
  readonly targets: readonly QuarantineTarget[];
  readonly problems: readonly StorageProblem[];
}

type SetAside = Exclude<QuarantineRequest, { kind: "undo" }>;

/** What a request names, before the bucket was asked. @throws AppError `storage.scan-unknown` */
export function wantedObjects(
  request: SetAside,
  scans: Pick<ScanResults, "byId">,
): { readonly wanted: readonly WantedObject[]; readonly problems: readonly StorageProblem[] } {
  if (request.kind === "set-aside-keys") {
    const keys = [...new Set(request.keys)];
    return split(keys.map((key) => ({ key, finding: null })));
  }
  const ids = [...new Set(request.findings)];
  const kept = scans.byId(request.scan, ids);
  const problems: StorageProblem[] = [];
  if (kept.length < ids.length) problems.push(problem("finding-unknown", "stops", { count: ids.length - kept.length }));
  const gone = kept.filter(({ finding }) => NOTHING_THERE.has(finding.kind));
  const [first] = gone;
  if (first !== undefined) {
    const { kind, key } = first.finding;
    problems.push(problem("nothing-there", "stops", { count: gone.length, kind, key }));
  }
  const worst = kept
    .filter(({ finding }) => !NOTHING_THERE.has(finding.kind))
    .toSorted((a, b) => severityOf(a.finding.severity) - severityOf(b.finding.severity));
  const byKey = new Map<string, WantedObject>();
  for (const { finding } of worst) if (!byKey.has(finding.key)) byKey.set(finding.key, { key: finding.key, finding });
  const rest = split([...byKey.values()]);
  return { wanted: rest.wanted, problems: [...problems, ...rest.problems] };
}

/** Asks the bucket for every object as it is now. Rejects with `storage.*`. */
export async function findTargets(
  wanted: readonly WantedObject[],
  { store, layout }: Pick<OpenedStore, "store" | "layout">,
  signal: AbortSignal,
): Promise<FoundTargets> {
  const found: (QuarantineTarget | null)[] = [];
  const impossible: string[] = [];
  await inLanes(wanted, LANES, async (each, place) => {
    try {
      const info = await store.head(each.key, {}, signal);
      found[place] = { ...each, info, object: objectKind(each.key, layout) };
    } catch (error) {
      if (!isAppError(error) || error.category === "cancelled") throw error;
      if (hasCode(error, "storage.key-invalid")) impossible.push(each.key);
      else if (!hasCode(error, "storage.not-found")) throw error;
      found[place] = null;
    }
  });
  const targets = found.filter((each) => each !== null);
  const problems: StorageProblem[] = [];
  const gone = wanted.filter((_each, place) => found[place] === null);
  const [first] = gone;
  if (first !== undefined) {
    problems.push(problem("object-gone", "notes", { count: gone.length - impossible.length, key: first.key }));
  }
  if (impossible[0] !== undefined) {
    problems.push(problem("key-invalid", "stops", { count: impossible.length, key: impossible[0] }));
  }
  if (targets.length === 0) problems.push(problem("nothing-to-do", "stops", {}));
  return { targets, problems };
}

export function problem(
  code: string,
  weight: StorageProblem["weight"],
  params: StorageProblem["params"],
): StorageProblem {
  return { code, weight, params };
}

function split(wanted: readonly WantedObject[]): ReturnType<typeof wantedObjects> {
  const own = wanted.filter(({ key }) => isConsoleKey(key));
  const [first] = own;
  return {
    wanted: wanted.filter(({ key }) => !isConsoleKey(key)),
    problems: first === undefined ? [] : [problem("console-object", "stops", { count: own.length, key: first.key })],
  };
}

function severityOf(severity: (typeof STORAGE_SEVERITIES)[number]): number {
  return STORAGE_SEVERITIES.indexOf(severity);
}
