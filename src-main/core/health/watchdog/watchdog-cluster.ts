import { z } from "zod";
import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Pod, podSchema } from "../../clusters/kubernetes-objects.ts";
import type { Discovery, discoverLoki } from "../../clusters/loki-discovery.ts";
import { labelSelectorSchema, selects } from "../inventory/label-selector.ts";
import type { ClusterCalls } from "./cluster-calls.ts";
import { conditionPatch, gatedPodSchema, type ConditionChange, type GateCondition } from "./gate-condition.ts";
import type { BudgetView } from "./isolation.ts";

/** An ingester's pod as Kubernetes tells it. */
export interface GatedPod {
  readonly pod: Pod;
  readonly gated: boolean;
  readonly condition: GateCondition | null;
}

/** What is asked of the cluster before each decision; `null` where it may not be read. */
export interface ClusterSnapshot {
  readonly ingesters: readonly GatedPod[];
  readonly budgets: readonly BudgetView[] | null;
  readonly rollout: { readonly running: boolean; readonly missingPods: number } | null;
}

/** The little that the watchdog asks and changes. Rejects with `cluster.*`. */
export interface WatchdogCluster {
  /** Whose targets are scraped; `null` when there is no Loki. */
  discover(signal: AbortSignal): Promise<Discovery | null>;
  snapshot(signal: AbortSignal): Promise<ClusterSnapshot>;
  /** `cluster.conflict` and `cluster.gone` for a pod that is another by now, or none. */
  setCondition(pod: string, change: ConditionChange, signal: AbortSignal): Promise<void>;
}

export interface KubernetesWatchdogOptions {
  readonly calls: ClusterCalls;
  readonly namespace: string;
  /** How pods are read and Loki is found: both are the clusters' business. */
  readonly podSchema: typeof podSchema;
  readonly discoverLoki: typeof discoverLoki;
}

const budgetSchema = z.object({
  metadata: z.object({ name: z.string(), generation: z.number().nullish() }),
  spec: z.object({ selector: labelSelectorSchema }),
  status: z.object({ disruptionsAllowed: z.number().nullish(), observedGeneration: z.number().nullish() }).nullish(),
});

const statefulSetSchema = z.object({
  metadata: z.object({ name: z.string(), generation: z.number().nullish() }),
  spec: z.object({
    replicas: z.number().nullish(),
    selector: labelSelectorSchema,
    updateStrategy: z.object({ type: z.string().nullish() }).nullish(),
  }),
  status: z
    .object({
      observedGeneration: z.number().nullish(),
      updatedReplicas: z.number().nullish(),
      currentRevision: z.string().nullish(),
      updateRevision: z.string().nullish(),
    })
    .nullish(),
});

/** `WatchdogCluster` over the Kubernetes API, in one namespace and with no right beyond it. */
export class KubernetesWatchdogCluster implements WatchdogCluster {
  readonly #options: KubernetesWatchdogOptions;

  constructor(options: KubernetesWatchdogOptions) {
    this.#options = options;
  }

  async discover(signal: AbortSignal): Promise<Discovery | null> {
    return this.#discover(await this.#pods(signal));
  }

  async snapshot(signal: AbortSignal): Promise<ClusterSnapshot> {
    const [all, budgets, sets] = await Promise.all([
      this.#pods(signal),
      this.#orNull(this.#list("/apis/policy/v1", "poddisruptionbudgets", budgetSchema, signal), signal),
      this.#orNull(this.#list("/apis/apps/v1", "statefulsets", statefulSetSchema, signal), signal),
    ]);
    const found = this.#discover(all)?.components.find(({ name }) => name === "ingester");
    const names = new Set(found?.pods.map(({ name }) => name));
    const ingesters = all.filter(({ pod }) => names.has(pod.name));
    const own = sets?.filter(({ spec }) => ingesters.some(({ pod }) => selects(spec.selector, pod.labels))) ?? null;
    return {
      ingesters,
      budgets: budgets === null ? null : budgets.map((budget) => budgetView(budget, ingesters)),
      rollout: own === null ? null : rolloutOf(own, ingesters.length),
    };
  }

  async setCondition(pod: string, change: ConditionChange, signal: AbortSignal): Promise<void> {
    const { calls, namespace } = this.#options;
    await calls.call(
      {
        method: "PATCH",
        path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/status`,
        body: conditionPatch(change),
        contentType: "application/strategic-merge-patch+json",
        subject: { verb: "patch", resource: "pods/status", namespace, name: pod },
        signal,
      },
      z.unknown(),
    );
  }

  async #pods(signal: AbortSignal): Promise<GatedPod[]> {
    const schema = this.#options.podSchema;
    const items = await this.#options.calls.list("/api/v1", "pods", this.#options.namespace, signal);
    return items.flatMap((item) => {
      const pod = schema.safeParse(item);
      const gate = gatedPodSchema.safeParse(item);
      // A pod that cannot be read is none that could be judged or changed.
      return pod.success && gate.success ? [{ pod: pod.data, ...gate.data }] : [];
    });
  }

  #discover(pods: readonly GatedPod[]): Discovery | null {
    const { discoverLoki: discover, namespace } = this.#options;
    return discover(
      pods.map(({ pod }) => pod),
      [],
      namespace,
    );
  }

  async #list<Item>(group: string, resource: string, schema: z.ZodType<Item>, signal: AbortSignal): Promise<Item[]> {
    const items = await this.#options.calls.list(group, resource, this.#options.namespace, signal);
    return z.array(schema).parse(items);
  }

  /** What cannot be read is not known, which is told from there being none. */
  async #orNull<Value>(asked: Promise<Value>, signal: AbortSignal): Promise<Value | null> {
    try {
      return await asked;
    } catch (error) {
      if (signal.aborted || !(isAppError(error) || error instanceof z.ZodError)) throw error;
      return null;
    }
  }
}

function budgetView({ metadata, spec, status }: z.output<typeof budgetSchema>, pods: readonly GatedPod[]): BudgetView {
  const current = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  return {
    name: metadata.name,
    pods: new Set(pods.filter(({ pod }) => selects(spec.selector, pod.labels)).map(({ pod }) => pod.name)),
    disruptionsAllowed: current ? (status?.disruptionsAllowed ?? null) : null,
  };
}

function rolloutOf(
  sets: readonly z.output<typeof statefulSetSchema>[],
  pods: number,
): { readonly running: boolean; readonly missingPods: number } {
  const wanted = sets.reduce((sum, { spec }) => sum + (spec.replicas ?? 1), 0);
  const running = sets.some(({ metadata, spec, status }) => {
    if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return true;
    // One that is updated by hand keeps its old pods until somebody deletes them.
    if (spec.updateStrategy?.type === "OnDelete") return false;
    return (status?.currentRevision ?? "") !== (status?.updateRevision ?? "");
  });
  return { running, missingPods: Math.max(0, wanted - pods) };
}
