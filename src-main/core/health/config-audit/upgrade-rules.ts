import type { AuditRule, RuleFinding } from "./audit-rule.ts";
import { configText, configValue } from "./config-values.ts";
import { schemaPeriods } from "./schema-periods.ts";

const NONE: readonly RuleFinding[] = [];

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

/** `read`, `write` and `backend` since the simple scalable mode is deprecated; the others are gone or going. */
const OLD_TARGETS: ReadonlySet<string> = new Set(["read", "write", "backend", "table-manager", "bloom-compactor"]);

/** Settings that Loki 3.0 no longer knows: with them in its file it does not start (upgrade guide of 3.0). */
const REMOVED_SETTINGS = [
  "chunk_store_config.max_look_back_period",
  "compactor.shared_store",
  "compactor.shared_store_key_prefix",
  "ingester.max_transfer_retries",
  "limits_config.enforce_metric_name",
  "storage_config.boltdb_shipper.shared_store",
  "storage_config.tsdb_shipper.shared_store",
] as const;

/** What stands in the way of the next upgrade, or breaks with it. */
export const UPGRADE_RULES: readonly AuditRule[] = [
  {
    id: "old-index-store",
    severity: "warning",
    needs: ["config"],
    paths: ["schema_config.configs"],
    find: ({ config }) => {
      const last = schemaPeriods(config).at(-1);
      if (last === undefined || !OLD_STORES.has(last.store)) return NONE;
      return [{ where: "schema_config.configs", present: last.store, mend: null }];
    },
  },
  {
    id: "old-schema",
    severity: "info",
    needs: ["config"],
    paths: ["schema_config.configs"],
    find: ({ config }) => {
      const last = schemaPeriods(config).at(-1);
      if (last === undefined || !/^v(?:[1-9]|1[0-2])$/.test(last.schema)) return NONE;
      return [{ where: "schema_config.configs", present: last.schema, mend: null }];
    },
  },
  {
    id: "deprecated-target",
    severity: "warning",
    needs: ["config"],
    paths: ["target"],
    find: ({ config }) => {
      const modules = (configText(config, "target") ?? "").split(",").map((name) => name.trim());
      const old = modules.filter((name) => OLD_TARGETS.has(name));
      return old.length === 0 ? NONE : [{ where: "target", present: old.join(", "), mend: null }];
    },
  },
  {
    id: "removed-setting",
    severity: "warning",
    needs: ["config"],
    find: ({ config }) =>
      REMOVED_SETTINGS.flatMap((path) => {
        const value = configValue(config, path);
        return value === undefined ? [] : [{ where: path, present: JSON.stringify(value), mend: null }];
      }),
  },
];
