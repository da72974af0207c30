import { INGESTING } from "../site-pages.ts";
import { findings, type SafetyRule } from "./safety-rule.ts";

const ON_WORKLOADS = { "shutdown-ingester": "stops", "rolling-restart": "stops", scale: "stops" } as const;
const DOUBTED = { "shutdown-ingester": "doubts", "rolling-restart": "doubts", scale: "doubts" } as const;

/** What Kubernetes says, and what else is going on. */
export const CLUSTER_RULES: readonly SafetyRule[] = [
  {
    kind: "workloads-unread",
    weights: DOUBTED,
    look: ({ facts: { inventory } }) => {
      if (inventory === null || inventory.workloads === null || inventory.pods === null) return [{ params: {} }];
      const autoscalers = inventory.gaps.some(({ what }) => what === "autoscalers");
      return autoscalers ? [{ params: {} }] : "well";
    },
  },
  {
    kind: "budgets-unread",
    weights: DOUBTED,
    look: ({ facts: { inventory } }) => findings(inventory?.budgets == null ? [{ params: {} }] : []),
  },
  {
    kind: "budget-exhausted",
    weights: ON_WORKLOADS,
    look: ({ facts: { inventory }, touched, operation, workload }) => {
      if (inventory?.budgets == null) return "silent";
      if (operation.kind === "scale" && workload !== null && operation.replicas >= workload.wanted) return "silent";
      const spent = inventory.budgets.filter(
        ({ pods, disruptionsAllowed }) => disruptionsAllowed < 1 && pods.some((pod) => touched.includes(pod)),
      );
      return findings(spent.map(({ name }) => ({ params: { budget: name } })));
    },
  },
  {
    kind: "rollout-running",
    weights: { ...ON_WORKLOADS, "flush-ingester": "notes", "prepare-shutdown": "notes" },
    look: ({ facts: { inventory }, workload }) => {
      if (inventory?.workloads == null) return "silent";
      const concerned = inventory.workloads.filter((each) =>
        workload === null || INGESTING.has(workload.component)
          ? INGESTING.has(each.component)
          : each.workload.name === workload.workload.name && each.workload.kind === workload.workload.kind,
      );
      const rolling = concerned.filter(({ observed, updated, wanted }) => !observed || updated < wanted);
      return findings(
        rolling.map(({ workload: { kind, name }, updated, wanted }) => ({
          params: { workload: `${kind} ${name}`, updated, wanted },
        })),
      );
    },
  },
  {
    kind: "autoscaled",
    weights: { scale: "stops" },
    look: ({ workload }) => {
      if (workload === null) return "silent";
      return findings(workload.autoscaler === null ? [] : [{ params: { autoscaler: workload.autoscaler } }]);
    },
  },
  {
    kind: "last-instance",
    weights: { scale: "stops", "rolling-restart": "doubts" },
    look: ({ operation, workload, facts }) => {
      if (workload === null) return "silent";
      const { component, wanted, ready } = workload;
      if (operation.kind === "scale") return findings(operation.replicas === 0 ? [{ params: { component } }] : []);
      const others = (facts.inventory?.pods ?? []).filter(
        (pod) => pod.component === component && pod.ready && pod.workload?.name !== workload.workload.name,
      );
      if (others.length > 0 || (wanted > 1 && ready > 1)) return "well";
      // There is one by design, and nobody waits for it.
      return [{ params: { component }, ...(component === "compactor" ? { weight: "notes" } : {}) }];
    },
  },
  {
    kind: "two-compactors",
    weights: { scale: "stops", "rolling-restart": "notes" },
    look: ({ operation, workload }) => {
      if (workload?.component !== "compactor") return "silent";
      if (operation.kind === "scale") {
        return findings(operation.replicas > 1 ? [{ params: { replicas: operation.replicas } }] : []);
      }
      // A Deployment starts the new one before it ends the old one.
      return workload.workload.kind === "Deployment" ? [{ params: { replicas: 2 } }] : "well";
    },
  },
];
