import type { StorageProblem } from "../../../../../src-shared/model/storage/storage-plan.ts";

/** What a plan found, in numbers: each is a problem where it is not zero. */
export interface PlanFindings {
  readonly objects: number;
  readonly replaced: number;
  readonly keepsVersions: boolean;
  readonly lostChunks: number;
  readonly lostStreams: number;
  readonly lostMinutes: number;
  /** Chunks of the source that no index names. */
  readonly orphans: number;
  /** Chunks that only outdated index files name. */
  readonly outdated: number;
  readonly indexReplaced: number;
  readonly indexLost: readonly string[];
  readonly indexStays: readonly string[];
  readonly unjudged: number;
  readonly others: number;
  readonly othersDiffer: number;
  readonly boltdbMissing: number;
  readonly expired: { readonly chunks: number; readonly tenants: readonly string[] };
  readonly canariesLeftOut: number;
}

/** What speaks against a plan, and what its reader should know; `storage.problem.<code>`. */
export function planProblems(found: PlanFindings): readonly StorageProblem[] {
  const problems: StorageProblem[] = [];
  const say = (
    weight: StorageProblem["weight"],
    code: string,
    count: number,
    params: StorageProblem["params"] = {},
  ): void => {
    if (count > 0) problems.push({ code, weight, params: { count, ...params } });
  };
  const first = (keys: readonly string[]) => ({ key: keys[0]?.slice(0, 300) ?? "" });
  if (found.objects === 0) problems.push({ code: "restore-nothing", weight: "stops", params: {} });
  say("doubts", "restore-lost", found.lostChunks, { streams: found.lostStreams, minutes: found.lostMinutes });
  say("doubts", "restore-index-lost", found.indexLost.length, first(found.indexLost));
  say("doubts", "restore-index-stays", found.indexStays.length, first(found.indexStays));
  say("doubts", "restore-boltdb", found.boltdbMissing);
  say("doubts", "restore-overwrites", found.keepsVersions ? 0 : found.replaced);
  say("doubts", "retention-again", found.expired.chunks, { tenants: found.expired.tenants.slice(0, 10).join(", ") });
  say("notes", "restore-orphans", found.orphans);
  say("notes", "restore-deleted-on-purpose", found.outdated);
  say("notes", "restore-index-replaced", found.indexReplaced);
  say("notes", "restore-unjudged", found.unjudged);
  say("notes", "restore-others", found.others);
  say("notes", "restore-others-differ", found.othersDiffer);
  say("notes", "restore-canaries-cut", found.canariesLeftOut);
  return problems;
}
