import type { AuditRule, Mend, RuleFinding } from "./audit-rule.ts";
import { configFlag, configNumber, configSeconds, configText, configValue } from "./config-values.ts";
import { schemaPeriods } from "./schema-periods.ts";

const NONE: readonly RuleFinding[] = [];

function set(path: string, value: string): Mend {
  return { kind: "config", edits: [{ path, value }] };
}

/** A rule over one value: `wanted` replaces what is found. */
function overValue(
  id: string,
  severity: AuditRule["severity"],
  path: string,
  wanted: string,
  isBad: (config: unknown, path: string) => boolean,
): AuditRule {
  return {
    id,
    severity,
    needs: ["config"],
    paths: [path],
    find: ({ config }) =>
      isBad(config, path)
        ? [{ where: path, present: String(configValue(config, path)), mend: set(path, wanted) }]
        : NONE,
  };
}

const isOff = (config: unknown, path: string) => configFlag(config, path) === false;
const isNoTime = (config: unknown, path: string) => configSeconds(config, path) === 0;

/** Rules over Loki's own configuration. Paths and defaults are of Loki 3.7.6's `/config`. */
export const LOKI_CONFIG_RULES: readonly AuditRule[] = [
  overValue(
    "replication-factor",
    "critical",
    "ingester.lifecycler.ring.replication_factor",
    "3",
    (config, path) => (configNumber(config, path) ?? 3) < 3,
  ),
  overValue("wal-off", "critical", "ingester.wal.enabled", "true", isOff),
  overValue("wal-no-flush-on-shutdown", "info", "ingester.wal.flush_on_shutdown", "true", isOff),
  overValue("zone-awareness", "warning", "ingester.lifecycler.ring.zone_awareness_enabled", "true", isOff),
  overValue("no-results-cache", "warning", "query_range.cache_results", "true", isOff),
  overValue("no-query-split", "warning", "limits_config.split_queries_by_interval", "1h", isNoTime),
  overValue("no-query-bytes-limit", "warning", "limits_config.max_query_bytes_read", "500GB", (config, path) => {
    const value = configValue(config, path);
    return value === 0 || value === "0B";
  }),
  overValue("no-query-length-limit", "warning", "limits_config.max_query_length", "30d1h", isNoTime),
  {
    id: "retention-without-compactor",
    severity: "critical",
    needs: ["config"],
    paths: ["compactor.retention_enabled"],
    find: ({ config }) => {
      const period = configText(config, "limits_config.retention_period") ?? "";
      const seconds = configSeconds(config, "limits_config.retention_period");
      const path = "compactor.retention_enabled";
      if (seconds === null || seconds === 0 || configFlag(config, path) !== false) return NONE;
      return [{ where: path, present: "false", params: { period }, mend: retentionMend(config) }];
    },
  },
];

/** Loki does not start with retention and without a store for delete requests (`compactor.delete_request_store`). */
function retentionMend(config: unknown): Mend {
  const edits = [{ path: "compactor.retention_enabled", value: "true" }];
  const storePath = "compactor.delete_request_store";
  const store = schemaPeriods(config).at(-1)?.object_store ?? "";
  if (configText(config, storePath) === "" && /^[\w-]+$/.test(store)) edits.push({ path: storePath, value: store });
  return { kind: "config", edits };
}
