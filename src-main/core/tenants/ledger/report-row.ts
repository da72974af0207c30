import { z } from "zod";
import {
  costReportRowSchema,
  queryCostSchema,
  type CostReportRow,
  type QueryCost,
} from "../../../../src-shared/model/tenants/query-cost.ts";
import type { LedgerExtent } from "./ledger.ts";

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

/** Of numbers and days as either database gives them. */
export function readExtent(raw: unknown): LedgerExtent {
  return z.object({ costs: z.number(), firstDay: z.string().nullable(), lastDay: z.string().nullable() }).parse(raw);
}

/** A stored cost. */
export function readCost(body: unknown): QueryCost {
  return queryCostSchema.parse(JSON.parse(z.string().parse(body)));
}
