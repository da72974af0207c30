import type { EvidenceKind } from "../../../../../src-shared/model/health/verdict.ts";
import type { Seen } from "../evidence-keeper.ts";
import type { FamilyWindows } from "../tracked-keys.ts";
import type { SeriesBook, Track } from "../series-book.ts";

export const CONVERGENCE_FAMILIES: FamilyWindows = new Map([
  ["loki_build_info", 0],
  ["loki_runtime_config_hash", 0],
  ["loki_memberlist_client_cluster_members_count", 0],
]);

/** Something that all processes of a site should say alike. */
interface Agreement {
  readonly kind: EvidenceKind;
  readonly family: string;
  /** `null` for a series that says nothing of it. */
  readonly said: (track: Track) => string | null;
  /** `usual` is what most say. */
  readonly params: (said: string, usual: string, track: Track) => Readonly<Record<string, string | number>>;
  /** Rollouts and reloads take their time. */
  readonly raiseAfterMs: number;
}

const AGREEMENTS: readonly Agreement[] = [
  {
    kind: "version-differs",
    family: "loki_build_info",
    said: ({ labels }) => versionOf(labels),
    params: (version, usual) => ({ version, usual }),
    raiseAfterMs: 600_000,
  },
  {
    kind: "config-differs",
    family: "loki_runtime_config_hash",
    // After a reload the old hash may stay as a series that is 0.
    said: ({ labels, value }) => (value > 0 ? (labels["sha256"] ?? null) : null),
    params: (_said, _usual, { labels }) => ({ config: labels["config"] ?? "" }),
    raiseAfterMs: 120_000,
  },
  {
    kind: "memberlist-sick",
    family: "loki_memberlist_client_cluster_members_count",
    said: ({ value }) => String(value),
    params: (_said, usual) => ({ members: Number(usual) }),
    raiseAfterMs: 120_000,
  },
];

/** A build without a version still has a revision. */
export function versionOf(labels: Readonly<Record<string, string>>): string | null {
  const said = labels["version"] || labels["revision"]?.slice(0, 12);
  return said === undefined || said === "" ? null : said.slice(0, 100);
}

/** Those that say another thing than more than half of the processes; without such a majority nobody. */
export function disagreements(books: readonly SeriesBook[]): ReadonlyMap<string, readonly Seen[]> {
  const seen = new Map<string, Seen[]>();
  for (const { kind, family, said, params, raiseAfterMs } of AGREEMENTS) {
    const told = books.flatMap((book) => {
      const track = [...book.current(family)].find((one) => said(one) !== null);
      const text = track === undefined ? null : said(track);
      return track === undefined || text === null ? [] : [{ book, track, text }];
    });
    const usual = majority(told.map(({ text }) => text));
    if (usual === null) continue;
    for (const { book, track, text } of told) {
      if (text === usual) continue;
      const finding = {
        kind,
        metric: family,
        unit: "count" as const,
        own: track.value,
        matesMedian: null,
        spread: null,
        score: null,
        params: params(text, usual, track),
      };
      const one = { finding, raiseAfterMs, clearAfterMs: 0 };
      seen.set(book.instance, [...(seen.get(book.instance) ?? []), one]);
    }
  }
  return seen;
}

function majority(said: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const one of said) counts.set(one, (counts.get(one) ?? 0) + 1);
  for (const [one, count] of counts) if (count * 2 > said.length) return one;
  return null;
}
