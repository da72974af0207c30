import { z } from "zod";
import { AppError, hasCode } from "../../../../../src-shared/errors/app-error.ts";
import type { Workload } from "../../../../../src-shared/model/health/operation.ts";
import type { KubernetesClient } from "../../../clusters/kubernetes-client.ts";
import type { statusFailure } from "../../../clusters/kubernetes-status.ts";
import type { WorkloadActions } from "../pod-actions.ts";
import { sendFailure } from "./acting-request.ts";

/** The annotation of `kubectl rollout restart`. */
export const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";
const TIMEOUT_MS = 30_000;
const MAX_BYTES = 2 ** 21;
const STRATEGIC_PATCH = "application/strategic-merge-patch+json";
const MERGE_PATCH = "application/merge-patch+json";

const workloadSchema = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  spec: z.object({
    replicas: z.number().nullish(),
    template: z.object({
      metadata: z.object({ annotations: z.record(z.string(), z.string()).nullish() }).nullish(),
    }),
  }),
});

/** What is sent to restart a workload, for review as well. */
export function restartPatch(resourceVersion: string, at: string): object {
  return {
    metadata: { resourceVersion },
    spec: { template: { metadata: { annotations: { [RESTARTED_AT]: at } } } },
  };
}

/** What is sent to scale a workload. */
export function scalePatch(resourceVersion: string, replicas: number): object {
  return { metadata: { resourceVersion }, spec: { replicas } };
}

export function workloadPath({ kind, namespace, name }: Workload): string {
  const resource = kind === "StatefulSet" ? "statefulsets" : "deployments";
  return `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${resource}/${encodeURIComponent(name)}`;
}

/**
 * Changes workloads over the Kubernetes API. Each patch names the version that the plan saw, so that the API server itself
 * refuses it (409) when somebody else was faster.
 */
export function workloadPatches(client: KubernetesClient, failure: typeof statusFailure): WorkloadActions {
  const { connection } = client;
  const send = async (
    workload: Workload,
    request: {
      readonly method: "GET" | "PATCH";
      readonly path: string;
      readonly type?: string;
      readonly body?: object;
    },
    signal: AbortSignal,
  ): Promise<Uint8Array> => {
    const { method, path, type, body } = request;
    const scaling = path.endsWith("/scale") ? "/scale" : "";
    const resource = `${workload.kind === "StatefulSet" ? "statefulsets" : "deployments"}${scaling}`;
    const answer = await connection.send({
      method,
      path,
      headers: { accept: "application/json", ...(type === undefined ? {} : { "content-type": type }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
      timeoutMs: TIMEOUT_MS,
    });
    const bytes = await answer.bytes(MAX_BYTES);
    if (answer.status >= 200 && answer.status < 300) return bytes;
    const subject = { verb: method.toLowerCase(), resource, namespace: workload.namespace, name: workload.name };
    throw failure(answer.status, bytes, subject, connection.host, answer.headers["retry-after"] ?? "");
  };
  const patch = async (workload: Workload, path: string, type: string, body: object, signal: AbortSignal) => {
    try {
      await send(workload, { method: "PATCH", path, type, body }, signal);
    } catch (error) {
      if (hasCode(error, "cluster.conflict")) {
        throw new AppError("operation.plan-stale", { what: `${workload.kind} ${workload.name}` }, { cause: error });
      }
      throw sendFailure(error, `PATCH ${path}`);
    }
  };
  return {
    restart: (workload, resourceVersion, at, signal) =>
      patch(workload, workloadPath(workload), STRATEGIC_PATCH, restartPatch(resourceVersion, at), signal),
    scale: (workload, resourceVersion, replicas, signal) =>
      patch(workload, `${workloadPath(workload)}/scale`, MERGE_PATCH, scalePatch(resourceVersion, replicas), signal),
    async look(workload, signal) {
      const bytes = await send(workload, { method: "GET", path: workloadPath(workload) }, signal);
      const { metadata, spec } = parsed(bytes);
      return {
        resourceVersion: metadata.resourceVersion,
        // Kubernetes' own default.
        replicas: spec.replicas ?? 1,
        restartedAt: spec.template.metadata?.annotations?.[RESTARTED_AT] ?? null,
      };
    },
  };
}

function parsed(bytes: Uint8Array): z.output<typeof workloadSchema> {
  try {
    return workloadSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    throw new AppError("cluster.bad-response", { status: 200, problem: "no workload" }, { cause: error });
  }
}
