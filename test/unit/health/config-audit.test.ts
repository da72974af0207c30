import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { auditConfig } from "../../../src-main/core/health/config-audit/audit-rule.ts";
import { CLUSTER_RULES } from "../../../src-main/core/health/config-audit/cluster-rules.ts";
import type { ConfigFacts, WorkloadFacts } from "../../../src-main/core/health/config-audit/config-facts.ts";
import { LOKI_CONFIG_RULES } from "../../../src-main/core/health/config-audit/loki-config-rules.ts";

const RULES = [...LOKI_CONFIG_RULES, ...CLUSTER_RULES];
const recorded: unknown = parse(readFileSync("test/fixtures/loki-config/ingester.yaml", "utf8"));

const ingester: WorkloadFacts = {
  kind: "StatefulSet",
  namespace: "loki",
  name: "loki-ingester",
  component: "ingester",
  replicas: 3,
  nodes: ["n1", "n2", "n3"],
  qos: "Guaranteed",
  hasDisruptionBudget: true,
  persistentMounts: [{ path: "/var/loki", volume: "data" }],
};
const sound: ConfigFacts = { config: {}, workloads: [ingester], bucket: null };

function ids(facts: Partial<ConfigFacts>): readonly string[] {
  return auditConfig({ ...sound, ...facts }, RULES).map(({ rule }) => rule);
}

function withValue(path: string, value: unknown): unknown {
  return path
    .split(".")
    .toReversed()
    .reduce<unknown>((inner, key) => ({ [key]: inner }), value);
}

describe("the configuration audit", () => {
  it("says of a recorded, real configuration what it lacks, and nothing else", () => {
    expect(auditConfig({ config: recorded, workloads: null, bucket: null }, RULES).map(({ rule }) => rule)).toEqual([
      "no-results-cache",
      "no-query-bytes-limit",
    ]);
  });

  it.each([
    ["replication-factor", "ingester.lifecycler.ring.replication_factor", 1],
    ["wal-off", "ingester.wal.enabled", false],
    ["wal-no-flush-on-shutdown", "ingester.wal.flush_on_shutdown", false],
    ["zone-awareness", "ingester.lifecycler.ring.zone_awareness_enabled", false],
    ["no-results-cache", "query_range.cache_results", false],
    ["no-query-split", "limits_config.split_queries_by_interval", "0s"],
    ["no-query-bytes-limit", "limits_config.max_query_bytes_read", "0B"],
    ["no-query-length-limit", "limits_config.max_query_length", "0s"],
    ["old-index-store", "schema_config.configs", [{ from: "2020-01-01", store: "boltdb-shipper", schema: "v13" }]],
    ["old-schema", "schema_config.configs", [{ from: "2020-01-01", store: "tsdb", schema: "v12" }]],
    ["deprecated-target", "target", "read"],
  ])("finds %s", (rule, path, value) => {
    expect(ids({ config: withValue(path, value) })).toEqual([rule]);
  });

  it("finds retention that nobody carries out", () => {
    const config = { limits_config: { retention_period: "31d" }, compactor: { retention_enabled: false } };
    const [finding] = auditConfig({ ...sound, config }, RULES);
    expect(finding).toMatchObject({ rule: "retention-without-compactor", params: { period: "31d" } });
    expect(finding?.patch).toBe(
      "--- a/config.yaml\n+++ b/config.yaml\n@@\n compactor:\n-  retention_enabled: false\n+  retention_enabled: true\n",
    );
  });

  it.each<[string, Partial<WorkloadFacts>]>([
    ["write-path-not-guaranteed", { qos: "Burstable" }],
    ["no-disruption-budget", { hasDisruptionBudget: false }],
    ["single-replica", { kind: "Deployment", component: "distributor", replicas: 1 }],
    ["two-compactors", { kind: "Deployment", component: "compactor", replicas: 2 }],
  ])("finds %s", (rule, change) => {
    expect(ids({ workloads: [{ ...ingester, ...change }] })).toEqual([rule]);
  });

  it("finds a write path that shares nodes with the read path", () => {
    const querier: WorkloadFacts = { ...ingester, kind: "Deployment", component: "querier", nodes: ["n3", "n4"] };
    expect(ids({ workloads: [ingester, querier] })).toEqual(["write-shares-nodes-with-read"]);
  });

  it("finds a WAL that goes with its pod, and one that shares its disk", () => {
    const config = {
      ingester: { wal: { dir: "/var/loki/wal" } },
      storage_config: { tsdb_shipper: { active_index_directory: "/var/loki/index" } },
    };
    expect(ids({ config })).toEqual(["wal-on-shared-disk"]);
    expect(ids({ config, workloads: [{ ...ingester, persistentMounts: [] }] })).toEqual(["wal-not-persistent"]);
    const apart = [...ingester.persistentMounts, { path: "/var/loki/wal", volume: "wal" }];
    expect(ids({ config, workloads: [{ ...ingester, persistentMounts: apart }] })).toEqual([]);
  });

  it("finds a bucket that forgets sooner than Loki", () => {
    const config = { limits_config: { retention_period: "31d" } };
    const bucket = { name: "chunks", versioning: true, expiresAfterDays: 30 };
    expect(ids({ config, bucket })).toEqual(["lifecycle-shorter-than-retention"]);
    expect(ids({ config, bucket: { ...bucket, expiresAfterDays: 32 } })).toEqual([]);
    expect(ids({ config, bucket: { ...bucket, expiresAfterDays: null, versioning: false } })).toEqual([
      "bucket-not-versioned",
    ]);
  });

  it("says nothing of what could not be read", () => {
    expect(ids({ config: null, workloads: null, bucket: null })).toEqual([]);
  });
});
