import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { auditConfig } from "../../../src-main/core/health/config-audit/audit-rule.ts";
import { CATALOGUE } from "../../../src-shared/i18n/catalogue.ts";
import { AUDIT_RULES, auditFacts } from "../../../src-main/core/health/config-audit/audit-facts.ts";
import type { ConfigFacts, WorkloadFacts } from "../../../src-main/core/health/config-audit/config-facts.ts";

const RULES = AUDIT_RULES;
const recordedText = readFileSync("test/fixtures/loki-config/ingester.yaml", "utf8");
const recorded: unknown = parse(recordedText);

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
  selector: { "app.kubernetes.io/component": "ingester", "app.kubernetes.io/instance": "loki" },
  containers: [{ name: "loki", requests: { cpu: "2", memory: "8Gi" }, limits: { memory: "8Gi" } }],
};
const sound: ConfigFacts = { config: {}, source: null, workloads: [ingester], bucket: null };

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
    expect(auditConfig({ ...sound, config: recorded, workloads: null }, RULES).map(({ rule }) => rule)).toEqual([
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
    ["removed-setting", "compactor.shared_store", "s3"],
  ])("finds %s", (rule, path, value) => {
    expect(ids({ config: withValue(path, value) })).toEqual([rule]);
  });

  it("finds retention that nobody carries out", () => {
    const text = "limits_config:\n  retention_period: 31d\ncompactor:\n  retention_enabled: false\n";
    const facts = { ...sound, config: parse(text), source: { file: "loki.yaml", text } };
    const finding = auditConfig(facts, RULES).find(({ rule }) => rule === "retention-without-compactor");
    expect(finding).toMatchObject({ where: "compactor.retention_enabled", params: { period: "31d" } });
    expect(finding?.patch).toBe(
      [
        "--- a/loki.yaml",
        "+++ b/loki.yaml",
        "@@ -1,4 +1,4 @@",
        " limits_config:",
        "   retention_period: 31d",
        " compactor:",
        "-  retention_enabled: false",
        "+  retention_enabled: true",
        "",
      ].join("\n"),
    );
  });

  it.each<[string, Partial<WorkloadFacts>]>([
    ["write-path-not-guaranteed", { qos: "Burstable" }],
    ["no-disruption-budget", { hasDisruptionBudget: false }],
    ["single-replica", { kind: "Deployment", component: "distributor", replicas: 1 }],
    ["single-replica", { kind: "Deployment", component: "query-frontend", replicas: 1 }],
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
    const compactor: WorkloadFacts = { ...ingester, kind: "Deployment", component: "compactor", replicas: 1 };
    expect(ids({ config, workloads: [ingester] })).toEqual(["no-compactor-running"]);
    const workloads = [ingester, compactor];
    const bucket = { name: "chunks", versioning: true, expiresAfterDays: 30 };
    expect(ids({ config, workloads, bucket })).toEqual(["lifecycle-shorter-than-retention"]);
    expect(ids({ config, workloads, bucket: { ...bucket, expiresAfterDays: 32 } })).toEqual([]);
    expect(ids({ config, workloads, bucket: { ...bucket, expiresAfterDays: null, versioning: false } })).toEqual([
      "bucket-not-versioned",
    ]);
  });

  it("says nothing of what could not be read", () => {
    expect(ids({ config: null, workloads: null })).toEqual([]);
  });

  it("counts the zones of a component as one, and two workloads of compactors as two", () => {
    const zone = (name: string): WorkloadFacts => ({ ...ingester, component: "write", name, replicas: 1 });
    expect(ids({ workloads: [zone("a"), zone("b")] })).toEqual([]);
    expect(ids({ workloads: [zone("a")] })).toEqual(["single-replica"]);
    const compactor = (name: string): WorkloadFacts => ({ ...ingester, component: "compactor", name, replicas: 1 });
    expect(ids({ workloads: [compactor("a"), compactor("b")] })).toEqual(["two-compactors", "two-compactors"]);
  });

  it("tells which rules a missing fact silences, and those whose values a configuration does not have", () => {
    const { gaps, passed, findings } = auditFacts({ ...sound, config: { target: "ingester" } }, [
      { fact: "bucket", code: "health.nobody-tells" },
      { fact: "budgets", code: "cluster.forbidden" },
    ]);
    expect(findings).toEqual([]);
    expect(gaps).toContainEqual({ fact: "budgets", code: "cluster.forbidden", rules: ["no-disruption-budget"] });
    const unsaid = gaps.find(({ fact }) => fact === "config")?.rules ?? [];
    expect(unsaid).toContain("replication-factor");
    expect(unsaid).not.toContain("deprecated-target");
    expect(passed).toContain("deprecated-target");
    expect(passed).toContain("two-compactors");
    const all = [...passed, ...gaps.flatMap(({ rules }) => rules)];
    expect([...new Set(all)].toSorted()).toEqual(AUDIT_RULES.map(({ id }) => id).toSorted());
  });

  it("passes nothing where nothing could be read", () => {
    const facts = ["config", "workloads", "pods", "budgets", "bucket"] as const;
    const missing = facts.map((fact) => ({ fact, code: "cluster.unreachable" }));
    const { findings, passed } = auditFacts({ config: null, source: null, workloads: null, bucket: null }, missing);
    expect({ findings, passed }).toEqual({ findings: [], passed: [] });
  });
});

describe("the words of the audit", () => {
  it.each(Object.entries(CATALOGUE))(
    "are there for each rule in %s",
    (_language, texts: Readonly<Record<string, string>>) => {
      const missing = AUDIT_RULES.flatMap(({ id }) => [`health.audit.${id}.title`, `health.audit.${id}.why`]).filter(
        (key) => texts[key] === undefined,
      );
      expect(missing).toEqual([]);
    },
  );
});
