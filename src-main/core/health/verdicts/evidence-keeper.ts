import type { Evidence } from "../../../../src-shared/model/health/verdict.ts";

/** Something that was seen in this round, before it is known since when, and whether it lasts. */
export interface Seen {
  readonly finding: Omit<Evidence, "sinceMs">;
  readonly raiseAfterMs: number;
  readonly clearAfterMs: number;
}

interface Kept {
  readonly firstMs: number;
  lastMs: number;
  rounds: number;
  counts: boolean;
  seen: Seen;
}

/** Of one kind, with different parameters: the greatest of them. A site may have thousands of tenants. */
const MOST_OF_A_KIND = 5;

/**
 * Hysteresis of what rules see of one process or component: it counts when it was there for `raiseAfterMs` (of two rounds
 * at least where that is not 0), and until it was not there for `clearAfterMs`. A gap before it counts begins it anew.
 */
export class EvidenceKeeper {
  readonly #kept = new Map<string, Kept>();

  round(seen: readonly Seen[], atMs: number): readonly Evidence[] {
    const now = new Map(strongest(seen).map((one) => [keyOf(one), one]));
    for (const [key, one] of now) {
      const known = this.#kept.get(key);
      if (known === undefined) {
        this.#kept.set(key, { firstMs: atMs, lastMs: atMs, rounds: 1, counts: one.raiseAfterMs === 0, seen: one });
        continue;
      }
      known.seen = one;
      known.lastMs = atMs;
      known.rounds += 1;
      known.counts ||= known.rounds >= 2 && atMs - known.firstMs >= one.raiseAfterMs;
    }
    for (const [key, known] of this.#kept) {
      if (now.has(key)) continue;
      if (!known.counts || atMs - known.lastMs >= known.seen.clearAfterMs) this.#kept.delete(key);
    }
    return this.evidence;
  }

  /** What counts, as of the last round. */
  get evidence(): readonly Evidence[] {
    return [...this.#kept.values()]
      .filter(({ counts }) => counts)
      .map(({ seen, firstMs }) => ({ ...seen.finding, sinceMs: firstMs }));
  }
}

/** What makes two findings the same thing: their figures do not. */
function keyOf({ finding: { kind, metric, params } }: Seen): string {
  const named = Object.entries(params).filter(([, value]) => typeof value === "string");
  return JSON.stringify([kind, metric, named]);
}

function strongest(seen: readonly Seen[]): readonly Seen[] {
  if (seen.length <= MOST_OF_A_KIND) return seen;
  const byKind = Map.groupBy(seen, ({ finding }) => finding.kind);
  return [...byKind.values()].flatMap((some) =>
    some.toSorted((a, b) => b.finding.own - a.finding.own).slice(0, MOST_OF_A_KIND),
  );
}
