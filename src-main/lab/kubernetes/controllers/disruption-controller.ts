import { goRfc3339Seconds } from "../../format/go-text.ts";
import { isRecord } from "../field-set.ts";
import { fieldAt, type KubeObject, listAt, numberAt, textAt } from "../kube-object.ts";
import type { ObjectStore } from "../object-store.ts";
import { knownResource } from "../resources.ts";
import { StatusProblem } from "../status.ts";
import { countOf, isHealthy } from "./ownership.ts";

const PODS = knownResource("", "pods");
const BUDGETS = knownResource("policy", "poddisruptionbudgets");

/** The pods that a budget selects; an empty selector selects all of its namespace. */
export function podsOfBudget(store: ObjectStore, budget: KubeObject): KubeObject[] {
  const selector = fieldAt(budget, "spec.selector.matchLabels");
  const wanted = isRecord(selector) ? Object.entries(selector) : [];
  const pods = store.list(PODS, budget.metadata.namespace ?? null);
  return pods.filter(({ metadata }) => wanted.every(([name, value]) => metadata.labels?.[name] === value));
}

/** Brings the status of all budgets up to date with the pods that are ready. */
export function countBudgets(store: ObjectStore, nowMs: number): void {
  for (const budget of store.list(BUDGETS, null)) {
    const pods = podsOfBudget(store, budget);
    const expected = expectedPods(store, budget, pods);
    const healthy = pods.filter(isHealthy).length;
    const minimum = countOf(fieldAt(budget, "spec.minAvailable"), expected, "up");
    const missing = countOf(fieldAt(budget, "spec.maxUnavailable"), expected, "up");
    const desired = minimum ?? Math.max(0, expected - (missing ?? 0));
    const allowed = Math.max(0, healthy - desired);
    store.update(BUDGETS, {
      ...budget,
      status: {
        observedGeneration: budget.metadata.generation ?? 1,
        disruptionsAllowed: allowed,
        currentHealthy: healthy,
        desiredHealthy: desired,
        expectedPods: expected,
        conditions: [allowance(budget, allowed > 0, nowMs)],
      },
    });
  }
}

/** How many there should be: what their controllers want, as the disruption controller counts. */
function expectedPods(store: ObjectStore, budget: KubeObject, pods: readonly KubeObject[]): number {
  const owners = new Set(pods.flatMap(({ metadata }) => metadata.ownerReferences?.map(({ uid }) => uid) ?? []));
  const controllers = ["statefulsets", "replicasets"].flatMap((plural) =>
    store.list(knownResource("apps", plural), budget.metadata.namespace ?? null),
  );
  const wanted = controllers.filter(({ metadata }) => owners.has(metadata.uid ?? ""));
  return wanted.reduce((all, each) => all + numberAt(each, "spec.replicas"), 0);
}

function allowance(budget: KubeObject, ok: boolean, nowMs: number): Record<string, unknown> {
  const status = ok ? "True" : "False";
  const [known] = listAt(budget, "status.conditions");
  const same = textAt(known, "status") === status;
  return {
    type: "DisruptionAllowed",
    status,
    observedGeneration: budget.metadata.generation ?? 1,
    lastTransitionTime: same ? textAt(known, "lastTransitionTime") : goRfc3339Seconds(nowMs),
    reason: ok ? "SufficientPods" : "InsufficientPods",
    message: "",
  };
}

/** Refuses the eviction of a pod that its budget does not allow, as the API server does. */
export function requireDisruptable(store: ObjectStore, pod: KubeObject): void {
  for (const budget of store.list(BUDGETS, pod.metadata.namespace ?? null)) {
    const covered = podsOfBudget(store, budget).some(({ metadata }) => metadata.uid === pod.metadata.uid);
    if (!covered || numberAt(budget, "status.disruptionsAllowed") > 0) continue;
    const { name } = budget.metadata;
    const needs = `The disruption budget ${name} needs ${numberAt(budget, "status.desiredHealthy")} healthy pods and has ${numberAt(budget, "status.currentHealthy")} currently`;
    throw new StatusProblem(
      429,
      "TooManyRequests",
      "Cannot evict pod as it would violate the pod's disruption budget.",
      { causes: [{ reason: "DisruptionBudget", message: needs }] },
    );
  }
}
