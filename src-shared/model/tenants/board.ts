import { z } from "zod";
import { wireErrorSchema } from "../../errors/wire-error.ts";
import { siteIdSchema } from "../ids.ts";

export const LIMIT_UNITS = ["bytes", "bytes-per-second", "seconds", "count", "days", "share", "none"] as const;
export const LIMIT_SOURCES = ["built-in", "config", "override", "unknown"] as const;

/** The present use of one limit by one tenant. Numbers are in `unit`. */
export const limitGaugeSchema = z.object({
  tenant: z.string(),
  key: z.string(),
  unit: z.enum(LIMIT_UNITS),
  used: z.number(),
  /** `null` where the limit is not known; a limit without bound has `unlimited`. */
  limit: z.number().nullable(),
  unlimited: z.boolean(),
  /** `used` ÷ `limit`; `null` where there is nothing to divide by. */
  share: z.number().nullable(),
  /** Change of `used` an hour, by a robust fit over `trendOverMs` of what was seen; `null` where too little was. */
  trendPerHour: z.number().nullable(),
  trendOverMs: z.number(),
  /** When `used` reaches the limit if it goes on so; `null` where it does not, or nobody can say. */
  reachesLimitInMs: z.number().nullable(),
  /** At most 60 points, oldest first. */
  points: z.array(z.object({ atMs: z.number(), used: z.number() })),
});
export type LimitGauge = z.output<typeof limitGaugeSchema>;

/** What was refused of a tenant, a second, by `loki_discarded_samples_total`. */
export const discardRateSchema = z.object({
  tenant: z.string(),
  reason: z.string(),
  linesPerSecond: z.number(),
  bytesPerSecond: z.number().nullable(),
  points: z.array(z.object({ atMs: z.number(), linesPerSecond: z.number() })),
});
export type DiscardRate = z.output<typeof discardRateSchema>;

/** A value that was set for a while: the annotation on the ConfigMap that holds the overrides. */
export const overrideExpirySchema = z.object({
  tenant: z.string(),
  key: z.string(),
  /** What it is set to, and what it goes back to (`null`: the override is taken out), as YAML in one line. */
  value: z.string(),
  restores: z.string().nullable(),
  expiresAtMs: z.number(),
  by: z.string(),
  overdue: z.boolean(),
});
export type OverrideExpiry = z.output<typeof overrideExpirySchema>;

/** Where a site's runtime configuration stands: a key of a ConfigMap that its pods mount. */
export const runtimePlaceSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  key: z.string(),
  resourceVersion: z.string(),
  /** Workloads that mount it, `StatefulSet loki-ingester`. */
  mountedBy: z.array(z.string()),
  /** Who says that it is theirs: Helm's or Argo's labels, `managedFields`; they may write over a change. */
  managedBy: z.string().nullable(),
  /** The path in the pods, as `runtime_config.file` names it. */
  file: z.string(),
});
export type RuntimePlace = z.output<typeof runtimePlaceSchema>;

/** What of a site could be read; `error` says why something could not. */
export const limitSourceStateSchema = z.object({
  source: z.enum(["config", "defaults", "overrides", "published", "metrics"]),
  state: z.enum(["read", "stale", "failed", "absent"]),
  readAtMs: z.number().nullable(),
  /** Who told it: a pod, a ConfigMap, a Prometheus. */
  from: z.string().nullable(),
  error: wireErrorSchema.exactOptional(),
});
export type LimitSourceState = z.output<typeof limitSourceStateSchema>;

/** Sources that contradict each other: `limits.disagreement.<kind>` with `params`. */
export const limitDisagreementSchema = z.object({
  kind: z.enum([
    /** A component holds another value than ConfigMap and configuration give: `tenant`, `key`, `held`, `written`, `instance`. */
    "held-differs",
    /** Components have another runtime configuration than others: `instances` (joined), `hash`. */
    "hash-differs",
    /** The last reload failed there: `instances` (joined). */
    "reload-failed",
    /** The file would not be loaded: `problem`, `line`. */
    "file-refused",
    /** The components' `limits_config` differ: `key`, `instances` (joined). */
    "config-differs",
  ]),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type LimitDisagreement = z.output<typeof limitDisagreementSchema>;

export const tenantRowSchema = z.object({
  tenant: z.string(),
  /** The gauge with the largest share; `null` where none has one. */
  nearest: limitGaugeSchema.nullable(),
  gauges: z.array(limitGaugeSchema),
  discards: z.array(discardRateSchema),
  overrides: z.number(),
  expiring: z.number(),
  overdue: z.number(),
});
export type TenantRow = z.output<typeof tenantRowSchema>;

/** All tenants of a site, those nearest to a limit first. */
export const tenantsBoardSchema = z.object({
  site: siteIdSchema,
  atMs: z.number(),
  state: z.enum(["starting", "live", "failed"]),
  error: wireErrorSchema.exactOptional(),
  sources: z.array(limitSourceStateSchema),
  tenants: z.array(tenantRowSchema),
  /** More tenants than are listed: there is a bound of 2,000. */
  more: z.number(),
  disagreements: z.array(limitDisagreementSchema),
  expiries: z.array(overrideExpirySchema),
  place: runtimePlaceSchema.nullable(),
});
export type TenantsBoard = z.output<typeof tenantsBoardSchema>;

/** One limit of one tenant. Its meaning is `limits.meaning.<key>`. */
export const tenantLimitSchema = z.object({
  key: z.string(),
  area: z.enum(["ingestion", "query", "retention", "rules", "others"]),
  type: z.string(),
  unit: z.enum(LIMIT_UNITS),
  /** As Loki prints it; `null` where nobody tells. */
  value: z.string().nullable(),
  number: z.number().nullable(),
  unlimited: z.boolean(),
  source: z.enum(LIMIT_SOURCES),
  /** What a Loki without configuration has, and what `limits_config` says, printed. */
  builtIn: z.string(),
  configured: z.string().nullable(),
  /** Another value that a component holds or published. */
  disagrees: z.string().nullable(),
  choices: z.array(z.string()).nullable(),
  perTenant: z.boolean(),
  deprecated: z.boolean(),
  gauge: limitGaugeSchema.nullable(),
  /** `loki_discarded_samples_total{reason}` of what it refuses. */
  discardReason: z.string().nullable(),
  expiry: overrideExpirySchema.nullable(),
});
export type TenantLimit = z.output<typeof tenantLimitSchema>;

export const tenantLimitsSchema = z.object({
  site: siteIdSchema,
  tenant: z.string(),
  atMs: z.number(),
  /** Loki's version as its components tell it; the table of limits is 3.7.6's. */
  version: z.string().nullable(),
  limits: z.array(tenantLimitSchema),
  sources: z.array(limitSourceStateSchema),
  disagreements: z.array(limitDisagreementSchema),
});
export type TenantLimits = z.output<typeof tenantLimitsSchema>;
