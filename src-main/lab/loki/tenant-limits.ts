import { z } from "zod";
import type { DecodedLimits } from "../runtime/decode-limits.ts";

/** The limits that the lab enforces, by Loki's names. Durations are nanoseconds, sizes bytes, `0` means no limit. */
export interface TenantLimits {
  readonly ingestion_rate_mb: number;
  readonly ingestion_burst_size_mb: number;
  readonly per_stream_rate_limit: number;
  readonly per_stream_rate_limit_burst: number;
  readonly max_global_streams_per_user: number;
  readonly max_streams_per_user: number;
  readonly max_line_size: number;
  readonly max_line_size_truncate: boolean;
  readonly max_line_size_truncate_identifier: string;
  readonly max_label_names_per_series: number;
  readonly max_label_name_length: number;
  readonly max_label_value_length: number;
  readonly enforced_labels: readonly string[];
  readonly allow_structured_metadata: boolean;
  readonly max_structured_metadata_size: number;
  readonly max_structured_metadata_entries_count: number;
  readonly reject_old_samples: boolean;
  readonly reject_old_samples_max_age: bigint;
  readonly creation_grace_period: bigint;
  /** RFC 3339, or empty. */
  readonly block_ingestion_until: string;
  readonly block_ingestion_status_code: number;
  readonly discover_service_name: readonly string[];
  readonly discover_log_levels: boolean;
  readonly log_level_fields: readonly string[];
  readonly max_entries_limit_per_query: number;
  readonly max_query_length: bigint;
  readonly max_query_lookback: bigint;
  readonly max_query_range: bigint;
  readonly max_query_series: number;
  readonly max_query_bytes_read: number;
  readonly max_streams_matchers_per_query: number;
  readonly max_query_parallelism: number;
  readonly max_concurrent_tail_requests: number;
  readonly required_labels: readonly string[];
  readonly minimum_labels_number: number;
  readonly blocked_queries: readonly BlockedQuery[];
  readonly query_timeout: bigint;
  readonly retention_period: bigint;
  readonly retention_stream: readonly RetentionRule[];
  readonly deletion_mode: "disabled" | "filter-only" | "filter-and-delete";
  readonly volume_enabled: boolean;
  readonly volume_max_series: number;
}

export interface BlockedQuery {
  /** Empty for every query. */
  readonly pattern: string;
  readonly regex: boolean;
  /** FNV-1 of the query's text; 0 for none. */
  readonly hash?: number;
  /** `metric`, `filter`, `limited`; none for all. */
  readonly types?: readonly string[];
  readonly query_tags?: Readonly<Record<string, string>>;
}

export interface RetentionRule {
  readonly selector: string;
  readonly priority: number;
  readonly period: string;
}

const SECOND = 1_000_000_000n;
const HOUR = 3_600n * SECOND;

/** Loki's own defaults, but for the retention, which the lab's cluster sets. */
export const DEFAULT_LIMITS: TenantLimits = {
  ingestion_rate_mb: 4,
  ingestion_burst_size_mb: 6,
  per_stream_rate_limit: 3 * 2 ** 20,
  per_stream_rate_limit_burst: 15 * 2 ** 20,
  max_global_streams_per_user: 5_000,
  max_streams_per_user: 0,
  max_line_size: 256 * 2 ** 10,
  max_line_size_truncate: false,
  max_line_size_truncate_identifier: "",
  max_label_names_per_series: 15,
  max_label_name_length: 1_024,
  max_label_value_length: 2_048,
  enforced_labels: [],
  allow_structured_metadata: true,
  max_structured_metadata_size: 64 * 2 ** 10,
  max_structured_metadata_entries_count: 128,
  reject_old_samples: true,
  reject_old_samples_max_age: 168n * HOUR,
  creation_grace_period: 600n * SECOND,
  block_ingestion_until: "",
  block_ingestion_status_code: 260,
  discover_service_name: [
    "service",
    "app",
    "application",
    "app_name",
    "name",
    "app_kubernetes_io_name",
    "container",
    "container_name",
    "k8s_container_name",
    "component",
    "workload",
    "job",
    "k8s_job_name",
  ],
  discover_log_levels: true,
  log_level_fields: [
    "level",
    "LEVEL",
    "Level",
    "log.level",
    "severity",
    "SEVERITY",
    "Severity",
    "SeverityText",
    "lvl",
    "LVL",
    "Lvl",
    "severity_text",
    "Severity_Text",
    "SEVERITY_TEXT",
  ],
  max_entries_limit_per_query: 5_000,
  max_query_length: 721n * HOUR,
  max_query_lookback: 0n,
  max_query_range: 0n,
  max_query_series: 500,
  max_query_bytes_read: 0,
  max_streams_matchers_per_query: 1_000,
  max_query_parallelism: 32,
  max_concurrent_tail_requests: 10,
  required_labels: [],
  minimum_labels_number: 0,
  blocked_queries: [],
  query_timeout: 60n * SECOND,
  retention_period: 744n * HOUR,
  retention_stream: [],
  deletion_mode: "filter-and-delete",
  volume_enabled: true,
  volume_max_series: 1_000,
};

/** What a process holds against a tenant. */
export interface LimitsView {
  of(tenant: string): TenantLimits;
}

/** What overrides say of a tenant, by process: each has read them in its own time. */
export type TenantOverrides = (tenant: string) => DecodedLimits | undefined;

/** `limits_config`, for some tenants another one: what an override does not name keeps its default. */
export class LimitsTable implements LimitsView {
  private readonly configured = new Map<string, Partial<TenantLimits>>();

  constructor(configured: Readonly<Record<string, Partial<TenantLimits>>> = {}) {
    for (const [tenant, limits] of Object.entries(configured)) this.configured.set(tenant, limits);
  }

  of(tenant: string): TenantLimits {
    return { ...DEFAULT_LIMITS, ...this.configured.get(tenant) };
  }

  /** The limits as a process sees them that has read a runtime configuration. */
  seenBy(overrides: TenantOverrides): LimitsView {
    return { of: (tenant) => overridden(this.of(tenant), overrides(tenant)) };
  }
}

function overridden(base: TenantLimits, override: DecodedLimits | undefined): TenantLimits {
  if (override === undefined || override.size === 0) return base;
  const own: Record<string, unknown> = {};
  for (const [key, value] of override) {
    if (key === "blocked_queries") own[key] = blockedQueries(value);
    else if (Object.hasOwn(base, key)) own[key] = value;
  }
  // The decoder has given every key the type that Loki's field has, which is the one it has here.
  return { ...base, ...(own as Partial<TenantLimits>) };
}

const blockedSchema = z.array(
  z.object({
    pattern: z.coerce.string().default(""),
    regex: z.boolean().default(false),
    hash: z.number().default(0),
    types: z.union([z.array(z.string()), z.string().transform((text) => text.split(","))]).default([]),
    query_tags: z.record(z.string(), z.coerce.string()).default({}),
  }),
);

function blockedQueries(value: unknown): readonly BlockedQuery[] {
  const parsed = blockedSchema.safeParse(value ?? []);
  return parsed.success ? parsed.data : [];
}
