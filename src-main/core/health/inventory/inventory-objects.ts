import { z } from "zod";
import { labelSelectorSchema } from "./label-selector.ts";

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});
const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);

/** A volume is an object with its name and one key more, which is its kind. */
const volumeSchema = z.record(z.string(), z.unknown()).transform(({ name, ...kinds }) => ({
  name: typeof name === "string" ? name : "",
  kind: Object.entries(kinds).find(([, value]) => value !== null && value !== undefined)?.[0] ?? "emptyDir",
}));

/** Amounts by name; a whole number may stand without quotes. */
const amounts = z
  .record(z.string(), z.union([z.string(), z.number()]))
  .nullish()
  .transform((value) =>
    Object.fromEntries(Object.entries(value ?? {}).map(([name, amount]) => [name, String(amount)])),
  );

const containerSchema = z.object({
  name: z.string(),
  image: text,
  resources: z.object({ requests: amounts, limits: amounts }).nullish(),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).nullish(),
});

/** `apps/v1 StatefulSet` and `apps/v1 Deployment`: they differ in the name of their strategy, and in claims. */
export const workloadObjectSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: text,
    resourceVersion: text,
    generation: count,
    deletionTimestamp: z.string().nullish(),
  }),
  spec: z.object({
    replicas: z
      .number()
      .nullish()
      .transform((value) => value ?? 1),
    selector: labelSelectorSchema,
    updateStrategy: z.object({ type: text }).nullish(),
    strategy: z.object({ type: text }).nullish(),
    volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: text }).nullish() })).nullish(),
    template: z.object({
      metadata: z.object({ labels }).nullish(),
      spec: z.object({
        containers: z.array(containerSchema).nullish(),
        volumes: z.array(volumeSchema).nullish(),
        readinessGates: z.array(z.object({ conditionType: z.string() })).nullish(),
      }),
    }),
  }),
  status: z
    .object({ readyReplicas: count, updatedReplicas: count, observedGeneration: count })
    .nullish()
    .transform((value) => value ?? { readyReplicas: 0, updatedReplicas: 0, observedGeneration: 0 }),
});
export type WorkloadObject = z.output<typeof workloadObjectSchema>;

/** `v1 Pod`, what the console's other listing leaves out among it: owners, quality of service. */
export const podObjectSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: text,
    uid: text,
    labels,
    deletionTimestamp: z.string().nullish(),
    ownerReferences: z
      .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().nullish() }))
      .nullish(),
  }),
  spec: z.object({ nodeName: text, containers: z.array(containerSchema).nullish() }),
  status: z
    .object({
      phase: text,
      qosClass: z.enum(["Guaranteed", "Burstable", "BestEffort"]).nullish().catch(null),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).nullish(),
      containerStatuses: z.array(z.object({ name: z.string(), restartCount: count })).nullish(),
    })
    .nullish(),
});
export type PodObject = z.output<typeof podObjectSchema>;

/** `policy/v1 PodDisruptionBudget`. */
export const budgetObjectSchema = z.object({
  metadata: z.object({ name: z.string(), namespace: text }),
  spec: z.object({ selector: labelSelectorSchema }).nullish(),
  status: z.object({ disruptionsAllowed: count }).nullish(),
});
export type BudgetObject = z.output<typeof budgetObjectSchema>;

/** `autoscaling/v2 HorizontalPodAutoscaler` and `keda.sh/v1alpha1 ScaledObject`, which scales Deployments unless it says so. */
export const autoscalerObjectSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ scaleTargetRef: z.object({ kind: text, name: z.string() }) }),
});
export type AutoscalerObject = z.output<typeof autoscalerObjectSchema>;
