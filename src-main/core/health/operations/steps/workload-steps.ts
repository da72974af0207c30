import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { Workload } from "../../../../../src-shared/model/health/operation.ts";
import type { HealthCluster } from "../../health-site.ts";
import type { ClusterInventory, PodState, WorkloadState } from "../../inventory/cluster-inventory.ts";
import { undoCommand, workloadName } from "../plans/cluster-plans.ts";
import { unsupported } from "../plans/planned.ts";
import {
  numberParam,
  readRing,
  textParam,
  waitUntil,
  type StepContext,
  type StepDetail,
  type StepExecutor,
} from "./step-executor.ts";

const POLL_MS = 3_000;
/** A pod that is not ready by then is not going to be: replaying a large WAL takes minutes. */
const POD_LIMIT_MS = 10 * 60_000;
const VERIFY_LIMIT_MS = 5 * 60_000;

function target({ plan, site }: StepContext): { readonly workload: Workload; readonly cluster: HealthCluster } {
  const { operation } = plan;
  if (operation.kind !== "rolling-restart" && operation.kind !== "scale")
    throw new Error(`${operation.kind}: no workload`);
  if (site.cluster === null) throw unsupported(operation.kind, "the site has no cluster");
  return { workload: operation.workload, cluster: site.cluster };
}

interface Standing {
  readonly state: WorkloadState;
  readonly pods: readonly PodState[];
}

/** The workload and its pods; `null` where they may not be read. */
async function standing(context: StepContext): Promise<Standing | null> {
  const { workload, cluster } = target(context);
  const inventory: ClusterInventory = await cluster.inventory(context.signal);
  const same = (other: Workload | null) =>
    other?.kind === workload.kind && other.name === workload.name && other.namespace === workload.namespace;
  const state = inventory.workloads?.find((each) => same(each.workload));
  if (state === undefined || inventory.pods === null) return null;
  return { state, pods: inventory.pods.filter((pod) => same(pod.workload)) };
}

function countsOf({ state }: Standing): StepDetail {
  const { updated, ready, wanted } = state;
  return { key: "rollout", params: { updated, ready, wanted } };
}

/** Waits pod after pod: as long as something moves, it may go on. */
async function settled(context: StepContext, isSettled: (now: Standing) => boolean): Promise<StepDetail> {
  const { workload } = target(context);
  const { clock } = context;
  let last = { counts: "", atMs: clock.nowMs() };
  const what = `${workloadName(workload)}: all pods updated and ready`;
  return waitUntil(context, { everyMs: POLL_MS, limitMs: Number.MAX_SAFE_INTEGER, what }, async () => {
    const now = await standing(context);
    const counts = JSON.stringify(now === null ? null : [now.state.updated, now.state.ready, now.pods.length]);
    if (counts !== last.counts) last = { counts, atMs: clock.nowMs() };
    if (now !== null) {
      const { updated, ready, wanted } = now.state;
      await context.tell(countsOf(now), wanted === 0 ? 1 : Math.min(updated, ready) / wanted);
      if (isSettled(now)) return countsOf(now);
    }
    const stuckMs = clock.nowMs() - last.atMs;
    if (stuckMs < POD_LIMIT_MS) return null;
    const undo = undoCommand(workload);
    await context.tell({ key: "rollout-stuck", params: { stuckMs, undo } });
    throw new AppError("operation.not-verified", { what, seconds: Math.round(stuckMs / 1_000) });
  });
}

function restarted({ fingerprint }: StepContext, { state, pods }: Standing): boolean {
  const old = new Set(Object.entries(fingerprint).flatMap(([what, seen]) => (what.startsWith("pod ") ? [seen] : [])));
  const fresh = pods.filter((pod) => !old.has(pod.uid) && pod.ready && !pod.terminating);
  return state.observed && state.updated >= state.wanted && state.ready >= state.wanted && fresh.length >= state.wanted;
}

/** Every pod new, and well by a round of the board that is younger than the rollout's end. */
async function verifyRollout(context: StepContext): Promise<StepDetail> {
  const { workload } = target(context);
  const what = `${workloadName(workload)}: every new pod healthy`;
  return waitUntil(context, { everyMs: POLL_MS, limitMs: VERIFY_LIMIT_MS, what }, async () => {
    const now = await standing(context);
    const board = context.parts.board(context.site.id);
    if (now === null || !restarted(context, now)) return null;
    const young = board?.roundAtMs != null && board.roundAtMs > context.startedAtMs;
    const judged = now.pods.map(({ name }) => board?.instances.find(({ instance }) => instance === name));
    const well = judged.filter((each) => each?.verdict === "healthy" || each?.verdict === "degraded").length;
    const detail = { key: "pods-healthy", params: { healthy: young ? well : 0, wanted: now.state.wanted } };
    await context.tell(detail, now.state.wanted === 0 ? 1 : well / now.state.wanted);
    return young && well >= now.pods.length ? detail : null;
  });
}

async function verifyScaled(context: StepContext): Promise<StepDetail> {
  const replicas = numberParam(context.step, "replicas");
  const { workload } = target(context);
  const leaving = textParam(context, "leaving")
    .split(",")
    .filter((name) => name !== "");
  const what = `${workloadName(workload)}: ${replicas} replicas`;
  return waitUntil(context, { everyMs: POLL_MS, limitMs: VERIFY_LIMIT_MS, what }, async () => {
    const now = await standing(context);
    if (now === null || now.state.wanted !== replicas || now.pods.length !== replicas) return null;
    const ring = leaving.length === 0 ? null : await readRing(context, "ingester");
    const stayed = leaving.filter((name) => ring === null || ring.members.some(({ id }) => id === name));
    const detail =
      stayed.length > 0
        ? { key: "still-in-ring", params: { instances: stayed.join(", ") } }
        : { key: "scaled", params: { replicas: now.pods.length, ready: now.state.ready } };
    await context.tell(detail);
    return now.state.ready >= replicas && stayed.length === 0 ? detail : null;
  });
}

export const WORKLOAD_STEPS: Readonly<Record<string, StepExecutor>> = {
  "patch-restart": {
    async run(context) {
      const { workload, cluster } = target(context);
      const at = textParam(context, "at");
      await cluster.workloads.restart(workload, textParam(context, "resourceVersion"), at, context.signal);
      return { key: "patched", params: {} };
    },
    async look(context) {
      const { workload, cluster } = target(context);
      const { restartedAt } = await cluster.workloads.look(workload, context.signal);
      const params = { restartedAt: restartedAt ?? "-" };
      return { done: restartedAt === textParam(context, "at"), detail: { key: "seen-restart", params } };
    },
  },
  "wait-rollout": { run: (context) => settled(context, (now) => restarted(context, now)) },
  "verify-rollout": { run: verifyRollout },
  "patch-scale": {
    async run(context) {
      const { workload, cluster } = target(context);
      const replicas = numberParam(context.step, "replicas");
      await cluster.workloads.scale(workload, textParam(context, "resourceVersion"), replicas, context.signal);
      return { key: "patched", params: {} };
    },
    async look(context) {
      const { workload, cluster } = target(context);
      const { replicas } = await cluster.workloads.look(workload, context.signal);
      const detail = { key: "seen-replicas", params: { replicas } };
      return { done: replicas === numberParam(context.step, "replicas"), detail };
    },
  },
  "wait-scaled": {
    run: (context) => {
      const replicas = numberParam(context.step, "replicas");
      return settled(
        context,
        ({ state, pods }) =>
          state.observed && state.wanted === replicas && state.ready === replicas && pods.length === replicas,
      );
    },
  },
  "verify-scaled": { run: verifyScaled },
};
