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

/** A stored cost. */
export function readCost(body: unknown): QueryCost {
  return queryCostSchema.parse(JSON.parse(z.string().parse(body)));
}
