import type { z } from "zod";
import { AppError, hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Workload } from "../../../../src-shared/model/health/operation.ts";
import type { Clock } from "../../common/clock.ts";
import type { KubernetesClient } from "../../clusters/kubernetes-client.ts";
import type { Discovery } from "../../clusters/loki-discovery.ts";
import { NodeZones } from "../scraping/node-zones.ts";
import type { ClusterInventory } from "./cluster-inventory.ts";
import {
  autoscalerObjectSchema,
  budgetObjectSchema,
  podObjectSchema,
  workloadObjectSchema,
  type AutoscalerObject,
  type WorkloadObject,
} from "./inventory-objects.ts";
import { LokiObjects } from "./loki-objects.ts";

/** What was read of a list, or why it was not. */
type Read<Item> = { readonly items: readonly Item[] } | { readonly error: AppError };
type List = <Item>(group: string, resource: string, schema: z.ZodType<Item>) => Promise<Read<Item>>;

/** An object with the kind that its list is of. */
export interface KindOf<Item> {
  readonly kind: Workload["kind"];
  readonly object: Item;
}

/**
 * What Kubernetes says of a site's Loki. A list that may not be read is `null`, with its reason among `gaps`. `zones` are
 * kept by whoever asks often.
 * @throws AppError `health.no-targets` without a Loki, and why when nothing at all could be read
 */
export async function readInventory(
  client: KubernetesClient,
  discovery: Discovery | null,
  clock: Clock,
  signal: AbortSignal,
  zones: NodeZones = new NodeZones(client.connection, clock),
): Promise<ClusterInventory> {
  if (discovery === null) throw new AppError("health.no-targets", { site: client.connection.host });
  const { namespace } = discovery;
  const list: List = async (group, resource, schema) => {
    try {
      return { items: await client.listOf(group, resource, schema, { namespace, signal }) };
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error;
      return { error };
    }
  };
  const [workloads, pods, budgets, autoscalers] = await Promise.all([
    readWorkloads(list),
    list("/api/v1", "pods", podObjectSchema),
    list("/apis/policy/v1", "poddisruptionbudgets", budgetObjectSchema),
    readAutoscalers(list),
  ]);
  const gaps: ClusterInventory["gaps"] = [
    ...gapOf("workloads", workloads),
    ...gapOf("pods", pods),
    ...gapOf("budgets", budgets),
    ...gapOf("autoscalers", autoscalers),
  ];
  if ("error" in workloads && "error" in pods && "error" in budgets) throw pods.error;
  const loki = new LokiObjects(discovery, itemsOf(workloads) ?? [], itemsOf(pods) ?? []);
  const nodes = [...new Set(loki.pods.map(({ spec }) => spec.nodeName))].filter((node) => node !== "");
  const byNode = await zones.of(nodes, signal);
  return {
    atMs: clock.nowMs(),
    namespace,
    workloads: "error" in workloads ? null : loki.workloadStates(itemsOf(autoscalers) ?? []),
    pods: "error" in pods ? null : loki.podStates(byNode),
    budgets: "error" in budgets ? null : loki.budgetStates(budgets.items),
    gaps,
  };
}

async function readWorkloads(list: List): Promise<Read<KindOf<WorkloadObject>>> {
  const [sets, deployments] = await Promise.all([
    list("/apis/apps/v1", "statefulsets", workloadObjectSchema),
    list("/apis/apps/v1", "deployments", workloadObjectSchema),
  ]);
  // Half of them would look like all there are.
  if ("error" in sets) return sets;
  if ("error" in deployments) return deployments;
  return {
    items: [
      ...sets.items.map((object) => ({ kind: "StatefulSet", object }) as const),
      ...deployments.items.map((object) => ({ kind: "Deployment", object }) as const),
    ],
  };
}

async function readAutoscalers(list: List): Promise<Read<AutoscalerObject>> {
  const [own, scaled] = await Promise.all([
    list("/apis/autoscaling/v2", "horizontalpodautoscalers", autoscalerObjectSchema),
    list("/apis/keda.sh/v1alpha1", "scaledobjects", autoscalerObjectSchema),
  ]);
  if ("error" in own) return own;
  if ("error" in scaled) return isUnserved(scaled.error) ? own : scaled;
  // KEDA scales by an autoscaler of its own making: the object that a person wrote is the one to name.
  return { items: [...scaled.items, ...own.items] };
}

/** An API that no cluster need have is not there. */
function isUnserved(error: AppError): boolean {
  return hasCode(error, "cluster.gone") || (hasCode(error, "cluster.bad-response") && error.params.status === 404);
}

function gapOf(what: ClusterInventory["gaps"][number]["what"], read: Read<unknown>): ClusterInventory["gaps"] {
  return "error" in read ? [{ what, error: read.error }] : [];
}

function itemsOf<Item>(read: Read<Item>): readonly Item[] | null {
  return "error" in read ? null : read.items;
}
