import { z } from "zod";
import { wireErrorSchema } from "../../errors/wire-error.ts";
import { COST_DIMENSIONS, costDaySchema, costReportRowSchema, queryCostSchema } from "./query-cost.ts";

/** Days are whole ones in UTC, both ends included. */
export const usageRangeSchema = z.object({
  fromDay: costDaySchema,
  toDay: costDaySchema,
  /** `null` for all that the caller may see. */
  tenants: z.array(z.string()).max(1_000).nullable(),
});
export type UsageRange = z.output<typeof usageRangeSchema>;

/** Prices in the unit of money that the setting names; 0 where nobody set one. */
export const pricesSchema = z.object({
  currency: z.string(),
  /** A terabyte is 10^12 bytes, a gigabyte 10^9. */
  perTbScanned: z.number(),
  perGbStoredMonth: z.number(),
});
export type Prices = z.output<typeof pricesSchema>;

export const usageRowSchema = costReportRowSchema.extend({
  /** Of the bytes of all rows, also of those past the limit. */
  share: z.number(),
  /** `null` without a price. */
  scanPrice: z.number().nullable(),
  /** What the tenant has stored, and its price a month; only by tenant and where it is known. */
  storedBytes: z.number().nullable(),
  storedPrice: z.number().nullable(),
});
export type UsageRow = z.output<typeof usageRowSchema>;

export const usageReportSchema = z.object({
  by: z.enum(COST_DIMENSIONS),
  range: usageRangeSchema,
  rows: z.array(usageRowSchema),
  total: costReportRowSchema.omit({ key: true }).extend({ scanPrice: z.number().nullable() }),
  prices: pricesSchema,
  tookMs: z.number(),
});
export type UsageReport = z.output<typeof usageReportSchema>;

/** What would make a shape of queries cheaper: `usage.fix.<kind>` with `params`. */
export const USAGE_FIXES = [
  "narrow-selector",
  "add-line-filter",
  "shorten-range",
  "recording-rule",
  "lower-refresh",
  "cache-aligned-step",
  "structured-metadata",
  "block-query",
  "limit-bytes",
  "failing-query",
] as const;

export const costlyShapeSchema = z.object({
  shape: z.string(),
  /** One query of it, the dearest. */
  example: queryCostSchema,
  tenants: z.array(z.string()),
  users: z.array(z.string()),
  sources: z.array(z.string()),
  queries: z.number(),
  failed: z.number(),
  bytes: z.number(),
  share: z.number(),
  scanPrice: z.number().nullable(),
  fixes: z.array(
    z.object({
      kind: z.enum(USAGE_FIXES),
      params: z.record(z.string(), z.union([z.string(), z.number()])),
      /** Bytes that it would have saved in the range, as far as that can be said. */
      savesBytes: z.number().nullable(),
    }),
  ),
});
export type CostlyShape = z.output<typeof costlyShapeSchema>;

/** The ledger, and what is on its way to it. */
export const ledgerStateSchema = z.object({
  kind: z.enum(["sqlite", "postgres"]),
  /** A file, or host, port and name of a database. */
  where: z.string(),
  state: z.enum(["open", "unreachable", "failed"]),
  error: wireErrorSchema.exactOptional(),
  /** Told when the file was damaged, set aside and begun anew. */
  setAside: wireErrorSchema.exactOptional(),
  costs: z.number().nullable(),
  firstDay: z.string().nullable(),
  lastDay: z.string().nullable(),
  /** Costs that wait for the database to come back; kept on disk. */
  waiting: z.number(),
  /** Costs that had to be dropped because too many waited. */
  dropped: z.number(),
  /** By site: how far the frontends' lines were read. */
  collected: z.array(
    z.object({
      site: z.string(),
      from: z.enum(["loki", "pods"]).nullable(),
      untilMs: z.number().nullable(),
      lines: z.number(),
      unreadable: z.number(),
      error: wireErrorSchema.exactOptional(),
    }),
  ),
});
export type LedgerState = z.output<typeof ledgerStateSchema>;
