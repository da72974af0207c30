import { z } from "zod";
import {
  costReportRowSchema,
  queryCostSchema,
  type CostReportRow,
  type QueryCost,
} from "../../../../src-shared/model/tenants/query-cost.ts";

const rowSchema = z.object({
  key: z.string(),
  queries: z.number(),
  failed: z.number(),
  bytes: z.number(),
  lines: z.number(),
  duration_ms: z.number(),
});

/** A row of a report as either database gives it. */
export function readReportRow(raw: unknown): CostReportRow {
  const { duration_ms: durationMs, ...row } = rowSchema.parse(raw);
  return costReportRowSchema.parse({ ...row, durationMs });
}

/** A number of a row. Throws where the database holds something else. */
export function numberIn(raw: unknown): number {
  return z.number().parse(raw);
}

/** A stored cost. */
export function readCost(raw: unknown): QueryCost {
  return queryCostSchema.parse(raw);
}

const useSchema = z.object({
  tenant: z.string(),
  user: z.string(),
  source: z.string(),
  queries: z.number(),
  failed: z.number(),
  bytes: z.number(),
  duration_ms: z.number(),
  max_range_ms: z.number(),
  cacheable: z.number(),
  cached: z.number(),
  dearest_bytes: z.number(),
  dearest: z.number(),
});
type UseRow = z.output<typeof useSchema>;

const MOST_NAMES = 100;

/** The rows of one shape as one; `dearest` are rows of single costs, the dearest first. */
export function mergeUses(raw: readonly unknown[]) {
  const uses = z.array(useSchema).parse(raw);
  const sum = (of: (use: UseRow) => number) => uses.reduce((all, use) => all + of(use), 0);
  const cacheable = sum((use) => use.cacheable);
  return {
    tenants: dearestNames(uses, (use) => use.tenant),
    users: dearestNames(uses, (use) => use.user),
    sources: dearestNames(uses, (use) => use.source),
    queries: sum((use) => use.queries),
    failed: sum((use) => use.failed),
    bytes: sum((use) => use.bytes),
    durationMs: sum((use) => use.duration_ms),
    maxRangeMs: uses.reduce((most, use) => Math.max(most, use.max_range_ms), 0),
    cacheShare: cacheable > 0 ? Math.min(1, sum((use) => use.cached) / cacheable) : null,
    dearest: uses.toSorted((a, b) => b.dearest_bytes - a.dearest_bytes).map((use) => use.dearest),
  };
}

function dearestNames(uses: readonly UseRow[], nameOf: (use: UseRow) => string): readonly string[] {
  const bytes = new Map<string, number>();
  for (const use of uses) bytes.set(nameOf(use), (bytes.get(nameOf(use)) ?? 0) + use.bytes);
  return [...bytes]
    .filter(([name]) => name !== "")
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MOST_NAMES)
    .map(([name]) => name);
}
