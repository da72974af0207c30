import { AppError, hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { Workload } from "../../../../src-shared/model/health/operation.ts";
import type { Clock } from "../../common/clock.ts";
import type { HealthCluster } from "../../health/health-site.ts";
import type { ClusterInventory, WorkloadState } from "../../health/inventory/cluster-inventory.ts";
import type { LokiControl, PausedCompactor } from "./loki-control.ts";
import { parseWorkload, workloadText } from "./workload-text.ts";

const POLL_MS = 2_000;
/** A compactor finishes the table it is at; Kubernetes kills it after its grace period, minutes at most. */
const GONE_LIMIT_MS = 10 * 60_000;
const READY_LIMIT_MS = 10 * 60_000;
/** Others may write a workload at the same time: its own controller does. */
const PATCH_ATTEMPTS = 8;

type Compactor = Pick<LokiControl, "compactor" | "pauseCompactor" | "resumeCompactor">;

/**
 * The compactor as a workload of its own: in a cluster's distributed Loki. A single binary, or the `backend` of a simple
 * scalable one, has it among other parts, and is not scaled.
 */
export function compactorControl(cluster: Pick<HealthCluster, "inventory" | "workloads">, clock: Clock): Compactor {
  const { workloads } = cluster;

  const find = async (signal: AbortSignal): Promise<WorkloadState | null> => {
    const inventory = await cluster.inventory(signal);
    const gap = inventory.gaps.find(({ what }) => what === "workloads");
    if (inventory.workloads === null && gap !== undefined) throw gap.error;
    const found = (inventory.workloads ?? []).filter(({ component }) => component === "compactor");
    // Of two nobody can say which one compacts.
    return found.length === 1 ? (found[0] ?? null) : null;
  };

  const scale = async (workload: Workload, wanted: (replicas: number) => number | null, signal: AbortSignal) => {
    for (let attempt = 1; ; attempt += 1) {
      const { resourceVersion, replicas } = await workloads.look(workload, signal);
      const next = wanted(replicas);
      if (next === null) return replicas;
      try {
        await workloads.scale(workload, resourceVersion, next, signal);
        return replicas;
      } catch (error) {
        // Looking again tells whether it was done, or by whom.
        const again = hasCode(error, "operation.plan-stale") || hasCode(error, "operation.outcome-unknown");
        if (!again || attempt >= PATCH_ATTEMPTS) throw error;
      }
    }
  };

  const until = async (
    limitMs: number,
    isSo: (inventory: ClusterInventory) => boolean,
    problem: string,
    signal: AbortSignal,
  ): Promise<void> => {
    for (const deadlineMs = clock.nowMs() + limitMs; ;) {
      if (isSo(await cluster.inventory(signal))) return;
      if (clock.nowMs() > deadlineMs) throw new AppError("storage.compactor-not-paused", { problem });
      await clock.sleep(POLL_MS, signal).catch(() => {
        throw new AppError("request.cancelled", {});
      });
    }
  };

  return {
    async compactor(signal) {
      const found = await find(signal);
      if (found === null) return null;
      const { workload, wanted, ready } = found;
      return { workload: workloadText(workload), replicas: wanted, running: ready };
    },

    async pauseCompactor(signal, known) {
      const found = await find(signal);
      const workload = known === undefined ? found?.workload : parseWorkload(known.workload);
      if (workload === undefined) {
        throw new AppError("storage.compactor-not-paused", { problem: "no workload of its own" });
      }
      const autoscaler = isSame(found?.workload ?? null, workload) ? found?.autoscaler : null;
      if (autoscaler != null) {
        throw new AppError("storage.compactor-not-paused", { problem: `autoscaler ${autoscaler.slice(0, 200)}` });
      }
      const text = workloadText(workload);
      const replicas = await scale(workload, (now) => (now === 0 ? null : 0), signal);
      const gone = ({ pods, gaps }: ClusterInventory): boolean => {
        if (pods !== null) return !pods.some((pod) => isSame(pod.workload, workload));
        throw gaps.find(({ what }) => what === "pods")?.error ?? podsUnread();
      };
      await until(GONE_LIMIT_MS, gone, `pods of ${text} are still there`, signal);
      return { workload: text, replicas };
    },

    async resumeCompactor({ workload: text, replicas }: PausedCompactor, signal) {
      const workload = parseWorkload(text);
      // Whoever gave it replicas meanwhile knew why.
      const before = await scale(workload, (now) => (now === 0 && replicas > 0 ? replicas : null), signal);
      const wanted = before === 0 ? replicas : before;
      const ready = ({ workloads: states, pods }: ClusterInventory): boolean => {
        const state = states?.find((each) => isSame(each.workload, workload));
        // Known by its pods alone, it is not found before it has one.
        if (state === undefined) return (pods ?? []).filter((pod) => ofReady(pod, workload)).length >= wanted;
        return state.observed && state.wanted >= wanted && state.ready >= wanted;
      };
      await until(READY_LIMIT_MS, ready, `${text} has no ${wanted} ready replicas`, signal);
    },
  };
}

function ofReady(pod: NonNullable<ClusterInventory["pods"]>[number], workload: Workload): boolean {
  return pod.ready && !pod.terminating && isSame(pod.workload, workload);
}

function isSame(one: Workload | null, other: Workload): boolean {
  return one?.kind === other.kind && one.namespace === other.namespace && one.name === other.name;
}

function podsUnread(): AppError {
  return new AppError("storage.compactor-not-paused", { problem: "its pods may not be listed" });
}
