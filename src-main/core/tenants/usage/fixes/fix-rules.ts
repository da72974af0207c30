import type { CostlyShape } from "../../../../../src-shared/model/tenants/usage.ts";
import type { ShapeUse } from "../../ledger/ledger.ts";
import type { QueryTraits } from "./query-traits.ts";
import type { RefreshPattern } from "./refresh-pattern.ts";

export type Fix = CostlyShape["fixes"][number];

/** What is known of a shape when it is asked what would make it cheaper. */
export interface FixFacts {
  readonly use: ShapeUse;
  /** Of the example; `null` where its text cannot be read. */
  readonly traits: QueryTraits | null;
  readonly refresh: RefreshPattern | null;
  /** Of all bytes of the range. */
  readonly share: number;
}

interface FixRule {
  readonly kind: Fix["kind"];
  /** `null` where the fix would not help. `savesBytes` only where it follows from what is known. */
  readonly applies: (facts: FixFacts) => Omit<Fix, "kind"> | null;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LONG_RANGE_MS = 24 * HOUR_MS;
/** A curve has a few hundred points: asking again before a sixtieth of the range has passed shows nothing new. */
const POINTS_WORTH_SEEING = 60;
const MANY_RUNS = 20;
const LITTLE_CACHE = 0.1;
const DEAR_QUERY_BYTES = 1e11;
const OUTLIER = 10;
const MANY_FAILED = 5;
const FAILED_SHARE = 0.2;
const ALL_FAIL_SHARE = 0.9;
const MAX_TEXT = 80;

/** The rules, in the order in which fixes of equal savings are told. */
export const FIX_RULES: readonly FixRule[] = [
  {
    kind: "failing-query",
    applies: ({ use }) => {
      const share = use.failed / use.queries;
      if (use.failed < MANY_FAILED || share < FAILED_SHARE) return null;
      return { params: { percent: percent(share), failed: use.failed }, savesBytes: allFail(use) ? use.bytes : null };
    },
  },
  {
    // A bucket of what `blocked_queries` takes: only where nobody gets an answer from it anyway.
    kind: "block-query",
    applies: ({ use }) => {
      if (use.queries < MANY_RUNS || use.failed / use.queries < ALL_FAIL_SHARE) return null;
      return { params: { hash: use.example.hash }, savesBytes: allFail(use) ? use.bytes : null };
    },
  },
  {
    kind: "lower-refresh",
    applies: ({ use, refresh }) => {
      if (refresh === null || use.maxRangeMs === 0) return null;
      const worthMs = Math.max(MINUTE_MS, roundUp(use.maxRangeMs / POINTS_WORTH_SEEING));
      if (refresh.everyMs * 2 > worthMs) return null;
      return {
        params: { everySeconds: seconds(refresh.everyMs), toSeconds: seconds(worthMs) },
        savesBytes: use.bytes * refresh.share * (1 - refresh.everyMs / worthMs),
      };
    },
  },
  {
    // Runs whose ranges overlap read the same lines again; a rule reads each once.
    kind: "recording-rule",
    applies: ({ use, traits, refresh }) => {
      if (traits?.metric !== true || refresh === null || refresh.runs < MANY_RUNS) return null;
      const rangeMs = use.example.rangeMs;
      if (rangeMs < 2 * refresh.everyMs) return null;
      return {
        params: { everySeconds: seconds(refresh.everyMs), rangeHours: hours(rangeMs) },
        savesBytes: use.bytes * refresh.share * (1 - refresh.everyMs / rangeMs),
      };
    },
  },
  {
    kind: "cache-aligned-step",
    applies: ({ use, traits, refresh }) => {
      if (traits?.metric !== true || refresh === null || use.example.rangeMs === 0) return null;
      if (use.cacheShare === null || use.cacheShare >= LITTLE_CACHE) return null;
      return { params: { percent: percent(use.cacheShare) }, savesBytes: null };
    },
  },
  {
    kind: "narrow-selector",
    applies: ({ traits }) => {
      if (traits?.broad !== true) return null;
      return { params: { selector: traits.selector.slice(0, MAX_TEXT) }, savesBytes: null };
    },
  },
  {
    kind: "structured-metadata",
    applies: ({ traits }) =>
      traits?.idLike == null ? null : { params: { label: traits.idLike.slice(0, MAX_TEXT) }, savesBytes: null },
  },
  {
    kind: "add-line-filter",
    applies: ({ traits }) => {
      if (traits?.unfiltered == null) return null;
      const { label, text } = traits.unfiltered;
      return { params: { label: label.slice(0, MAX_TEXT), text: text.slice(0, MAX_TEXT) }, savesBytes: null };
    },
  },
  {
    kind: "shorten-range",
    applies: ({ use }) =>
      use.maxRangeMs < LONG_RANGE_MS ? null : { params: { hours: hours(use.maxRangeMs) }, savesBytes: null },
  },
  {
    kind: "limit-bytes",
    applies: ({ use }) => {
      const mean = use.bytes / use.queries;
      if (use.example.bytes < DEAR_QUERY_BYTES || (use.queries > 1 && use.example.bytes < OUTLIER * mean)) return null;
      return { params: { bytes: use.example.bytes }, savesBytes: null };
    },
  },
];

const MOST_FIXES = 5;

/** What would make a shape cheaper, the largest known saving first. */
export function fixesFor(facts: FixFacts): readonly Fix[] {
  const fixes = FIX_RULES.flatMap(({ kind, applies }) => {
    const fix = applies(facts);
    return fix === null
      ? []
      : [{ kind, ...fix, savesBytes: fix.savesBytes === null ? null : Math.round(fix.savesBytes) }];
  });
  return fixes.toSorted((a, b) => (b.savesBytes ?? -1) - (a.savesBytes ?? -1)).slice(0, MOST_FIXES);
}

function allFail({ failed, queries }: ShapeUse): boolean {
  return failed === queries;
}

function roundUp(ms: number): number {
  return Math.ceil(ms / MINUTE_MS) * MINUTE_MS;
}

function seconds(ms: number): number {
  return Math.round(ms / 1_000);
}

function hours(ms: number): number {
  return Math.round(ms / HOUR_MS);
}

function percent(share: number): number {
  return Math.round(share * 100);
}
