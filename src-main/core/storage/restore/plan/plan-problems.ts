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
  const { expired, indexLost, indexStays } = found;
  const overwritten = found.keepsVersions ? 0 : found.replaced;
  const lost = { chunks: found.lostChunks, streams: found.lostStreams, minutes: found.lostMinutes };
  const problems: readonly (StorageProblem | null)[] = [
    found.objects === 0 ? { code: "restore-nothing", weight: "stops", params: {} } : null,
    ifAny("doubts", "restore-lost", found.lostChunks, lost),
    ifAny("doubts", "restore-index-lost", indexLost.length, { files: indexLost.length, ...first(indexLost) }),
    ifAny("doubts", "restore-index-stays", indexStays.length, { files: indexStays.length, ...first(indexStays) }),
    ifAny("doubts", "restore-boltdb", found.boltdbMissing, { files: found.boltdbMissing }),
    ifAny("doubts", "restore-overwrites", overwritten, { objects: overwritten }),
    ifAny("doubts", "retention-again", expired.chunks, {
      chunks: expired.chunks,
      tenants: expired.tenants.slice(0, 10).join(", "),
    }),
    ifAny("notes", "restore-orphans", found.orphans, { chunks: found.orphans }),
    ifAny("notes", "restore-deleted-on-purpose", found.outdated, { chunks: found.outdated }),
    ifAny("notes", "restore-index-replaced", found.indexReplaced, { files: found.indexReplaced }),
    ifAny("notes", "restore-unjudged", found.unjudged, { chunks: found.unjudged }),
    ifAny("notes", "restore-others", found.others, { files: found.others }),
    ifAny("notes", "restore-others-differ", found.othersDiffer, { files: found.othersDiffer }),
    ifAny("notes", "restore-canaries-cut", found.canariesLeftOut, { days: found.canariesLeftOut }),
  ];
  return problems.filter((problem) => problem !== null);
}

function ifAny(
  weight: StorageProblem["weight"],
  code: string,
  count: number,
  params: StorageProblem["params"],
): StorageProblem | null {
  return count > 0 ? { code, weight, params } : null;
}

function first(keys: readonly string[]): { readonly key: string } {
  return { key: keys[0]?.slice(0, 300) ?? "" };
}
