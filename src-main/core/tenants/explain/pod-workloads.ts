import { z } from "zod";
import type { HealthCluster } from "../../health/health-site.ts";

const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()).nullish(),
    ownerReferences: z
      .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().nullish() }))
      .nullish(),
  }),
});
type OwnedPod = z.output<typeof podSchema>;

/**
 * The workloads of a namespace's pods, by the pod's name: `Deployment payments`. A Deployment owns its pods by a ReplicaSet, whose name
 * is the Deployment's with `pod-template-hash` behind it. @throws AppError `cluster.*`
 */
export async function podWorkloads(
  { client }: Pick<HealthCluster, "client">,
  namespace: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const pods = await client.listOf("/api/v1", "pods", podSchema, { namespace, signal });
  return new Map(
    pods.flatMap((pod) => {
      const workload = workloadOf(pod);
      return workload === null ? [] : [[pod.metadata.name, workload] as const];
    }),
  );
}

function workloadOf({ metadata: { name, labels, ownerReferences } }: OwnedPod): string | null {
  const owner = ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return `Pod ${name}`;
  const suffix = `-${labels?.["pod-template-hash"] ?? ""}`;
  if (owner.kind === "ReplicaSet" && suffix !== "-" && owner.name.endsWith(suffix)) {
    return `Deployment ${owner.name.slice(0, -suffix.length)}`;
  }
  return `${owner.kind} ${owner.name}`;
}
