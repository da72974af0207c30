import type { AuditRule, Mend, RuleFinding } from "./audit-rule.ts";
import type { ConfigFacts, WorkloadFacts } from "./config-facts.ts";
import { configSeconds, configText } from "./config-values.ts";
import { budgetFile, limitsFile, workloadPatch } from "./manifest-files.ts";

const WRITE_PATH: ReadonlySet<string> = new Set(["distributor", "ingester", "write"]);
const READ_PATH: ReadonlySet<string> = new Set(["querier", "query-frontend", "query-scheduler", "read"]);
/** Of these one alone is a way that is gone whenever it restarts. */
const ALONE: ReadonlySet<string> = new Set(["distributor", "query-frontend", "read", "write"]);
/** Any of these runs the compactor. */
const COMPACTING: ReadonlySet<string> = new Set(["compactor", "backend", "single-binary"]);
const INGESTING: ReadonlySet<string> = new Set(["ingester", "write"]);

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

function replicas(workload: WorkloadFacts, wanted: number): Mend {
  return workloadPatch(workload, "replicas", { replicas: wanted });
}

/** Rules over workloads and their pods. */
export const CLUSTER_RULES: readonly AuditRule[] = [
  {
    id: "write-path-not-guaranteed",
    severity: "warning",
    needs: ["workloads", "pods"],
    find: (facts) =>
      each(facts, WRITE_PATH, (workload) =>
        workload.qos === null || workload.qos === "Guaranteed"
          ? null
          : { where: where(workload), present: workload.qos, mend: limitsFile(workload) },
      ),
  },
  {
    id: "write-shares-nodes-with-read",
    severity: "warning",
    needs: ["workloads", "pods"],
    find: (facts) => {
      const readers = (facts.workloads ?? []).filter(({ component }) => READ_PATH.has(component));
      const readNodes = new Set(readers.flatMap(({ nodes }) => nodes));
      return each(facts, WRITE_PATH, (workload) => {
        const shared = [...new Set(workload.nodes.filter((node) => readNodes.has(node)))];
        if (shared.length === 0) return null;
        return { where: where(workload), present: shared.join(", "), params: { nodes: shared.length }, mend: null };
      });
    },
  },
  {
    id: "no-disruption-budget",
    severity: "warning",
    needs: ["workloads", "pods", "budgets"],
    find: (facts) =>
      each(facts, new Set([...WRITE_PATH, "compactor", "index-gateway"]), (workload) =>
        workload.hasDisruptionBudget !== false || workload.replicas < 2
          ? null
          : { where: where(workload), present: "", mend: budgetFile(workload) },
      ),
  },
  {
    id: "single-replica",
    severity: "warning",
    needs: ["workloads"],
    find: (facts) =>
      each(facts, ALONE, (workload) => {
        const all = (facts.workloads ?? []).filter(({ component }) => component === workload.component);
        // Zones have a workload each.
        if (all.reduce((sum, one) => sum + one.replicas, 0) > 1) return null;
        const params = { component: workload.component };
        return { where: where(workload), present: "1", params, mend: replicas(workload, 2) };
      }),
  },
  {
    id: "two-compactors",
    severity: "critical",
    needs: ["workloads"],
    find: (facts) => {
      const compactors = (facts.workloads ?? []).filter(({ component }) => component === "compactor");
      const total = compactors.reduce((sum, workload) => sum + workload.replicas, 0);
      if (total < 2) return [];
      return compactors
        .filter((workload) => workload.replicas > 0)
        .map((workload, place) => {
          const wanted = place === 0 ? 1 : 0;
          const mend = workload.replicas === wanted ? null : replicas(workload, wanted);
          return { where: where(workload), present: String(workload.replicas), params: { replicas: total }, mend };
        });
    },
  },
  {
    id: "no-compactor-running",
    severity: "critical",
    needs: ["workloads", "config"],
    paths: ["limits_config.retention_period"],
    find: ({ workloads, config }) => {
      const retention = configSeconds(config, "limits_config.retention_period") ?? 0;
      if (retention === 0 || workloads === null || workloads.length === 0) return [];
      const able = workloads.filter(({ component }) => COMPACTING.has(component));
      if (able.some((workload) => workload.replicas > 0)) return [];
      const period = configText(config, "limits_config.retention_period") ?? "";
      const [compactor] = able;
      return [
        {
          where: compactor === undefined ? "limits_config.retention_period" : where(compactor),
          present: "0",
          params: { period },
          mend: compactor === undefined ? null : replicas(compactor, 1),
        },
      ];
    },
  },
  {
    id: "wal-not-persistent",
    severity: "critical",
    needs: ["workloads", "config"],
    paths: ["ingester.wal.dir"],
    find: (facts) => {
      const wal = configText(facts.config, "ingester.wal.dir");
      if (wal === null) return [];
      return each(facts, INGESTING, (workload) =>
        volumeOf(workload, wal) === null ? { where: where(workload), present: wal, mend: null } : null,
      );
    },
  },
  {
    id: "wal-on-shared-disk",
    severity: "info",
    needs: ["workloads", "config"],
    paths: ["ingester.wal.dir", "storage_config.tsdb_shipper.active_index_directory"],
    find: (facts) => {
      const wal = configText(facts.config, "ingester.wal.dir");
      const index = configText(facts.config, "storage_config.tsdb_shipper.active_index_directory");
      if (wal === null || index === null) return [];
      return each(facts, INGESTING, (workload) => {
        const volume = volumeOf(workload, wal);
        if (volume === null || volume !== volumeOf(workload, index)) return null;
        return { where: where(workload), present: volume, mend: null };
      });
    },
  },
];

/** The lasting volume that a directory is on, that of the longest mount path; `null` on none. */
function volumeOf({ persistentMounts }: WorkloadFacts, directory: string): string | null {
  const mounts = persistentMounts.filter(
    ({ path }) => directory === path || directory.startsWith(path === "/" ? "/" : `${path}/`),
  );
  return mounts.toSorted((a, b) => b.path.length - a.path.length)[0]?.volume ?? null;
}
