import { AppError, hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { LokiRole } from "../../../../src-shared/api/sites.api.ts";
import type { KubernetesClient } from "../kubernetes-client.ts";
import type { Pod } from "../kubernetes-objects.ts";
import type { LokiRouteTable } from "../loki-route-table.ts";
import { describeRoute, type LokiRoute } from "../loki-routes.ts";

export interface ForwardPod {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/**
 * The pods that may serve a role at this moment, ready ones only, as the cluster says now: those behind the route's
 * service, or the one pod it names. Rejects with `cluster.*` and `sites.no-route`; an empty list is `forward.lost`.
 */
export async function forwardPods(
  client: KubernetesClient,
  routes: LokiRouteTable,
  role: LokiRole,
  signal: AbortSignal,
): Promise<readonly [ForwardPod, ...ForwardPod[]]> {
  const route = await routes.route(role, signal);
  const [first, ...others] =
    route.kind === "pod" ? await onePod(client, route, signal) : await podsOfService(client, routes, route, signal);
  if (first === undefined)
    throw new AppError("forward.lost", { pod: describeRoute(route), problem: "no pod is ready" });
  return [first, ...others];
}

async function onePod(
  client: KubernetesClient,
  route: Extract<LokiRoute, { readonly kind: "pod" }>,
  signal: AbortSignal,
): Promise<ForwardPod[]> {
  const pod = await client.getPod(route.namespace, route.pod, signal);
  return pod.ready ? [forward(route.namespace, pod, route.port)] : [];
}

async function podsOfService(
  client: KubernetesClient,
  routes: LokiRouteTable,
  route: Extract<LokiRoute, { readonly kind: "service" }>,
  signal: AbortSignal,
): Promise<ForwardPod[]> {
  try {
    const service = await client.getService(route.namespace, route.service, signal);
    const labelSelector = Object.entries(service.selector)
      .map(([name, value]) => `${name}=${value}`)
      .join(",");
    if (labelSelector === "") return [];
    const port = service.ports.find(
      (candidate) => candidate.name === route.port || String(candidate.port) === route.port,
    );
    const pods = await client.listPods({ namespace: route.namespace, labelSelector, signal });
    return pods.filter((pod) => pod.ready).map((pod) => forward(route.namespace, pod, port?.targetPort ?? route.port));
  } catch (error) {
    // Without the right to read services, what discovery knows of the component will do.
    if (!hasCode(error, "cluster.forbidden") || route.component === null) throw error;
    const discovery = await routes.discovery(signal);
    const component = discovery?.components.find((candidate) => candidate.name === route.component);
    const ready = component?.pods.filter((pod) => pod.ready) ?? [];
    return ready.map((pod) => ({ namespace: route.namespace, pod: pod.name, port: component?.podPort ?? 3100 }));
  }
}

function forward(namespace: string, pod: Pod, port: string): ForwardPod {
  const number = Number(port);
  if (Number.isInteger(number)) return { namespace, pod: pod.name, port: number };
  const named = pod.containers.flatMap((container) => container.ports).find((candidate) => candidate.name === port);
  if (named === undefined)
    throw new AppError("forward.lost", { pod: pod.name, problem: `it has no port named ${port}` });
  return { namespace, pod: pod.name, port: named.port };
}
