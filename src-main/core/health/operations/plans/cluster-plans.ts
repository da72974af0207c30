import type { Operation, PlanStep, Workload } from "../../../../../src-shared/model/health/operation.ts";
import { DELETE_PATH } from "../adapters/delete-requests.ts";
import { RESTARTED_AT, restartPatch, scalePatch, workloadPath } from "../adapters/workload-patches.ts";
import type { WorkloadState } from "../../inventory/cluster-inventory.ts";
import type { WorkloadMark } from "../pod-actions.ts";
import { ordinalOf, podsLeaving, safetyView } from "../safety/safety-view.ts";
import { INGESTING } from "../site-pages.ts";
import { act, check, effect, unsupported, verify, wait, type Planned, type PlanInput } from "./planned.ts";
import { prepareSteps } from "./process-plans.ts";
import { shown } from "./planned.ts";

type Of<Kind extends Operation["kind"]> = Extract<Operation, { kind: Kind }>;

export function workloadName({ kind, name }: Workload): string {
  return `${kind} ${name}`;
}

export function planRestart(operation: Of<"rolling-restart">, input: PlanInput): Planned {
  const { state, mark } = changed(operation, input);
  if (state.updateStrategy === "OnDelete") {
    throw unsupported(
      "rolling-restart",
      "its update strategy is OnDelete: pods are replaced when somebody deletes them",
    );
  }
  const { workload } = operation;
  // Whole seconds, as kubectl writes it.
  const at = new Date(input.facts.nowMs).toISOString().replace(/\.\d{3}Z$/, "Z");
  const body = JSON.stringify(restartPatch(mark.resourceVersion, at));
  const name = workloadName(workload);
  return {
    steps: [
      check("check-target", { target: name }),
      act("patch-restart", `PATCH ${workloadPath(workload)} ${body}`, {
        workload: name,
        at,
        resourceVersion: mark.resourceVersion,
      }),
      wait("wait-rollout", { workload: name, replicas: state.wanted }),
      verify("verify-rollout", { workload: name, replicas: state.wanted }),
    ],
    effects: [
      effect("restart-in-turn", { count: state.wanted }),
      ...(INGESTING.has(state.component) ? [effect("restart-replays-wal")] : []),
      effect("restart-undo", { command: undoCommand(workload) }),
    ],
    diff: annotationDiff(workload, mark.restartedAt, at),
    undo: "by-hand",
  };
}

export function planScale(operation: Of<"scale">, input: PlanInput): Planned {
  const { state, mark } = changed(operation, input);
  const { workload, replicas } = operation;
  const name = workloadName(workload);
  const leaving = podsLeaving(state, replicas, input.facts).toSorted((a, b) => ordinalOf(b) - ordinalOf(a));
  const ingesting = INGESTING.has(state.component) && leaving.length > 0;
  if (ingesting && workload.kind === "Deployment") {
    throw unsupported("scale", "of a Deployment nobody can say which ingester goes, so none can be prepared");
  }
  const prepared: readonly PlanStep[] = ingesting ? leaving.flatMap((pod) => prepareSteps(pod, true)) : [];
  const takenBack: readonly PlanStep[] = ingesting
    ? leaving.map((instance) =>
        act("take-back-prepare", shown("DELETE /ingester/prepare_shutdown", instance), { instance }),
      )
    : [];
  const body = JSON.stringify(scalePatch(mark.resourceVersion, replicas));
  return {
    steps: [
      check("check-target", { target: name }),
      ...prepared,
      act("patch-scale", `PATCH ${workloadPath(workload)}/scale ${body}`, {
        workload: name,
        replicas,
        resourceVersion: mark.resourceVersion,
      }),
      wait("wait-scaled", { workload: name, replicas }),
      verify("verify-scaled", { workload: name, replicas, leaving: ingesting ? leaving.join(",") : "" }),
      ...takenBack,
    ],
    effects: [
      effect(replicas < state.wanted ? "scale-down" : "scale-up", { from: state.wanted, to: replicas }),
      ...(ingesting ? [effect("scale-flushes", { count: leaving.length })] : []),
      effect("scale-undo", { command: scaleCommand(workload, mark.replicas) }),
    ],
    diff: replicasDiff(workload, mark.replicas, replicas),
    undo: "by-hand",
  };
}

export function planCancelDelete({ tenant, request }: Of<"cancel-delete">, { facts }: PlanInput): Planned {
  if (facts.deleteRequest === null) throw unsupported("cancel-delete", `${tenant} has no delete request ${request}`);
  const query = new URLSearchParams({ request_id: request }).toString();
  return {
    steps: [
      check("check-target", { target: request }),
      act("send-cancel", `DELETE ${DELETE_PATH}?${query} (X-Scope-OrgID: ${tenant})`, { tenant, request }),
      verify("verify-cancelled", { tenant, request }),
    ],
    effects: [effect("cancel-keeps-lines", { query: facts.deleteRequest.query }), effect("cancel-this-one")],
    diff: "",
    undo: "none",
  };
}

export function undoCommand({ kind, namespace, name }: Workload): string {
  return `kubectl -n ${namespace} rollout undo ${kind.toLowerCase()}/${name}`;
}

function scaleCommand({ kind, namespace, name }: Workload, replicas: number): string {
  return `kubectl -n ${namespace} scale ${kind.toLowerCase()}/${name} --replicas=${replicas}`;
}

function changed(
  operation: Of<"rolling-restart"> | Of<"scale">,
  { facts, site }: PlanInput,
): { readonly state: WorkloadState; readonly mark: WorkloadMark } {
  if (site.cluster === null) throw unsupported(operation.kind, "the site has no cluster");
  const { workload } = safetyView(operation, facts);
  if (facts.inventory?.workloads == null) throw unsupported(operation.kind, "workloads could not be read");
  if (workload === null || facts.mark === null) {
    throw unsupported(operation.kind, `${workloadName(operation.workload)} is none of this Loki's`);
  }
  return { state: workload, mark: facts.mark };
}

function header({ kind, namespace, name }: Workload): string {
  const path = `${kind.toLowerCase()}/${namespace}/${name}`;
  return `--- a/${path}\n+++ b/${path}\n`;
}

function annotationDiff(workload: Workload, before: string | null, at: string): string {
  const line = (value: string) => `        ${RESTARTED_AT}: "${value}"\n`;
  const old = before === null ? "" : `-${line(before)}`;
  const hunk = before === null ? "@@ -1,4 +1,5 @@" : "@@ -1,5 +1,5 @@";
  return `${header(workload)}${hunk}\n spec:\n   template:\n     metadata:\n       annotations:\n${old}+${line(at)}`;
}

function replicasDiff(workload: Workload, before: number, after: number): string {
  return `${header(workload)}@@ -1,2 +1,2 @@\n spec:\n-  replicas: ${before}\n+  replicas: ${after}\n`;
}
