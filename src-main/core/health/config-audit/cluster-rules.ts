import type { AuditRule, RuleFinding } from "./audit-rule.ts";
import type { ConfigFacts, WorkloadFacts } from "./config-facts.ts";
import { configSeconds, configText } from "./config-values.ts";

const WRITE_PATH: ReadonlySet<string> = new Set(["distributor", "ingester", "write"]);
const READ_PATH: ReadonlySet<string> = new Set(["querier", "query-frontend", "query-scheduler", "read"]);
const SECONDS_PER_DAY = 86_400;

function where({ kind, namespace, name }: WorkloadFacts): string {
  return `${kind} ${namespace}/${name}`;
}

function each(
  { workloads }: ConfigFacts,
  components: ReadonlySet<string>,
  find: (workload: WorkloadFacts) => RuleFinding | null,
): readonly RuleFinding[] {
  return (workloads ?? []).flatMap((workload) => {
    if (!components.has(workload.component) || workload.replicas === 0) return [];
    return find(workload) ?? [];
  });
}

/** A diff that adds lines to an object's manifest. */
function manifestPatch(workload: WorkloadFacts, lines: readonly string[]): string {
  const file = `${workload.kind.toLowerCase()}-${workload.name}.yaml`;
  return [`--- a/${file}`, `+++ b/${file}`, "@@", ...lines, ""].join("\n");
}

function disruptionBudget({ namespace, name, component }: WorkloadFacts): string {
  return [
    "--- /dev/null",
    `+++ b/poddisruptionbudget-${name}.yaml`,
    "@@",
    "+apiVersion: policy/v1",
    "+kind: PodDisruptionBudget",
    `+metadata: { name: ${name}, namespace: ${namespace} }`,
    "+spec:",
    "+  maxUnavailable: 1",
    `+  selector: { matchLabels: { app.kubernetes.io/component: ${component} } }`,
    "",
  ].join("\n");
}

const ALONE: ReadonlySet<string> = new Set(["distributor", "query-frontend"]);

/** Rules over the workloads and the bucket. */
export const CLUSTER_RULES: readonly AuditRule[] = [
  {
    id: "write-path-not-guaranteed",
    severity: "warning",
    find: (facts) =>
      each(facts, WRITE_PATH, (workload) => {
        if (workload.qos === null || workload.qos === "Guaranteed") return null;
        const patch = manifestPatch(workload, [
          "         resources:",
          "           requests: { cpu: N, memory: M }",
          "+          limits: { cpu: N, memory: M }",
        ]);
        return { where: where(workload), present: workload.qos, patch };
      }),
  },
  {
    id: "write-shares-nodes-with-read",
    severity: "warning",
    find: (facts) => {
      const readers = (facts.workloads ?? []).filter(({ component }) => READ_PATH.has(component));
      const readNodes = new Set(readers.flatMap(({ nodes }) => nodes));
      return each(facts, WRITE_PATH, (workload) => {
        const shared = [...new Set(workload.nodes.filter((node) => readNodes.has(node)))];
        if (shared.length === 0) return null;
        return { where: where(workload), present: shared.join(", "), params: { nodes: shared.length }, patch: null };
      });
    },
  },
  {
    id: "no-disruption-budget",
    severity: "warning",
    find: (facts) =>
      each(facts, new Set([...WRITE_PATH, "compactor", "index-gateway"]), (workload) =>
        workload.hasDisruptionBudget || workload.replicas < 2
          ? null
          : { where: where(workload), present: "", patch: disruptionBudget(workload) },
      ),
  },
  {
    id: "single-replica",
    severity: "warning",
    find: (facts) =>
      each(facts, ALONE, (workload) =>
        workload.replicas > 1
          ? null
          : {
              where: where(workload),
              present: "1",
              params: { component: workload.component },
              patch: manifestPatch(workload, [" spec:", "-  replicas: 1", "+  replicas: 2"]),
            },
      ),
  },
  {
    id: "two-compactors",
    severity: "critical",
    find: (facts) => {
      const compactors = (facts.workloads ?? []).filter(({ component }) => component === "compactor");
      const replicas = compactors.reduce((sum, workload) => sum + workload.replicas, 0);
      if (replicas < 2) return [];
      return compactors.map((workload) => ({
        where: where(workload),
        present: String(workload.replicas),
        params: { replicas },
        patch: manifestPatch(workload, [" spec:", `-  replicas: ${workload.replicas}`, "+  replicas: 1"]),
      }));
    },
  },
  {
    id: "wal-not-persistent",
    severity: "critical",
    find: (facts) => {
      const wal = configText(facts.config, "ingester.wal.dir");
      if (wal === null) return [];
      return each(facts, new Set(["ingester", "write"]), (workload) => {
        const kept = workload.persistentMounts.some(({ path }) => wal === path || wal.startsWith(`${path}/`));
        return kept ? null : { where: where(workload), present: wal, patch: null };
      });
    },
  },
  {
    id: "wal-on-shared-disk",
    severity: "info",
    find: (facts) => {
      const wal = configText(facts.config, "ingester.wal.dir");
      const index = configText(facts.config, "storage_config.tsdb_shipper.active_index_directory");
      if (wal === null || index === null) return [];
      return each(facts, new Set(["ingester", "write"]), (workload) => {
        const volumeOf = (directory: string) =>
          workload.persistentMounts
            .filter(({ path }) => directory === path || directory.startsWith(`${path}/`))
            .toSorted((a, b) => b.path.length - a.path.length)[0]?.volume;
        const volume = volumeOf(wal);
        if (volume === undefined || volume !== volumeOf(index)) return null;
        return { where: where(workload), present: volume, patch: null };
      });
    },
  },
  {
    id: "bucket-not-versioned",
    severity: "warning",
    find: ({ bucket }) =>
      bucket?.versioning === false ? [{ where: `bucket ${bucket.name}`, present: "false", patch: null }] : [],
  },
  {
    id: "lifecycle-shorter-than-retention",
    severity: "critical",
    find: ({ bucket, config }) => {
      const retention = configSeconds(config, "limits_config.retention_period");
      if (bucket?.expiresAfterDays == null || retention === null) return [];
      // Without a retention Loki keeps for ever, and every expiry is too soon.
      if (retention !== 0 && bucket.expiresAfterDays * SECONDS_PER_DAY >= retention) return [];
      return [
        {
          where: `bucket ${bucket.name}`,
          present: `${bucket.expiresAfterDays}d`,
          params: { retentionDays: Math.floor(retention / SECONDS_PER_DAY) },
          patch: null,
        },
      ];
    },
  },
];
