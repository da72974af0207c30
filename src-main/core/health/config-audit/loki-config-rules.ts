import { z } from "zod";
import type { AuditRule, RuleFinding } from "./audit-rule.ts";
import { configFlag, configNumber, configPatch, configSeconds, configText, configValue } from "./config-values.ts";

function one(path: string, present: string, wanted: string | null): readonly RuleFinding[] {
  return [{ where: path, present, patch: wanted === null ? null : configPatch(path, present, wanted) }];
}

const NONE: readonly RuleFinding[] = [];

const periodSchema = z.object({
  from: z.unknown(),
  store: z.string().catch(""),
  object_store: z.string().catch(""),
  schema: z.string().catch(""),
});

function periods(config: unknown): readonly z.infer<typeof periodSchema>[] {
  return z.array(periodSchema).catch([]).parse(configValue(config, "schema_config.configs"));
}

/** Stores that Loki 3 still reads and new periods must not use (upgrade guide of 3.0: `boltdb-shipper` is deprecated). */
const OLD_STORES: ReadonlySet<string> = new Set([
  "aws",
  "aws-dynamo",
  "bigtable",
  "bigtable-hashed",
  "boltdb",
  "boltdb-shipper",
  "cassandra",
  "gcp",
  "gcp-columnkey",
  "grpc-store",
]);

/** Rules over Loki's own configuration. Paths and defaults are of Loki 3.7.6's `/config`. */
export const LOKI_CONFIG_RULES: readonly AuditRule[] = [
  {
    id: "replication-factor",
    severity: "critical",
    find: ({ config }) => {
      const path = "ingester.lifecycler.ring.replication_factor";
      const factor = configNumber(config, path);
      return factor === null || factor >= 3 ? NONE : one(path, String(factor), "3");
    },
  },
  {
    id: "wal-off",
    severity: "critical",
    find: ({ config }) =>
      configFlag(config, "ingester.wal.enabled") === false ? one("ingester.wal.enabled", "false", "true") : NONE,
  },
  {
    id: "wal-no-flush-on-shutdown",
    severity: "info",
    find: ({ config }) => {
      const path = "ingester.wal.flush_on_shutdown";
      return configFlag(config, path) === false ? one(path, "false", "true") : NONE;
    },
  },
  {
    id: "zone-awareness",
    severity: "warning",
    find: ({ config }) => {
      const path = "ingester.lifecycler.ring.zone_awareness_enabled";
      return configFlag(config, path) === false ? one(path, "false", "true") : NONE;
    },
  },
  {
    id: "no-results-cache",
    severity: "warning",
    find: ({ config }) =>
      configFlag(config, "query_range.cache_results") === false
        ? one("query_range.cache_results", "false", "true")
        : NONE,
  },
  {
    id: "no-query-split",
    severity: "warning",
    find: ({ config }) => {
      const path = "limits_config.split_queries_by_interval";
      return configSeconds(config, path) === 0 ? one(path, "0s", "1h") : NONE;
    },
  },
  {
    id: "no-query-bytes-limit",
    severity: "warning",
    find: ({ config }) => {
      const path = "limits_config.max_query_bytes_read";
      const value = configValue(config, path);
      return value === 0 || value === "0B" ? one(path, String(value), "500GB") : NONE;
    },
  },
  {
    id: "no-query-length-limit",
    severity: "warning",
    find: ({ config }) => {
      const path = "limits_config.max_query_length";
      return configSeconds(config, path) === 0 ? one(path, "0s", "30d1h") : NONE;
    },
  },
  {
    id: "retention-without-compactor",
    severity: "critical",
    find: ({ config }) => {
      const period = configText(config, "limits_config.retention_period") ?? "";
      const seconds = configSeconds(config, "limits_config.retention_period");
      const path = "compactor.retention_enabled";
      if (seconds === null || seconds === 0 || configFlag(config, path) !== false) return NONE;
      return one(path, "false", "true").map((finding) => ({ ...finding, params: { period } }));
    },
  },
  {
    id: "old-index-store",
    severity: "warning",
    find: ({ config }) => {
      const last = periods(config).at(-1);
      if (last === undefined || !OLD_STORES.has(last.store)) return NONE;
      return one("schema_config.configs", last.store, null);
    },
  },
  {
    id: "old-schema",
    severity: "info",
    find: ({ config }) => {
      const last = periods(config).at(-1);
      if (last === undefined || !/^v(?:[1-9]|1[0-2])$/.test(last.schema)) return NONE;
      return one("schema_config.configs", last.schema, null);
    },
  },
  {
    id: "deprecated-target",
    severity: "warning",
    find: ({ config }) => {
      const target = configText(config, "target") ?? "";
      return ["read", "write", "backend", "table-manager", "bloom-compactor"].includes(target)
        ? one("target", target, null)
        : NONE;
    },
  },
];
