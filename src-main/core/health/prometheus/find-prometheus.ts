import { hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { KubernetesClient } from "../../clusters/kubernetes-client.ts";
import type { Service, ServicePort } from "../../clusters/kubernetes-objects.ts";

/** How charts and operators label the services of a Prometheus. */
const SELECTORS = ["app.kubernetes.io/name=prometheus", "operated-prometheus=true", "app=prometheus"];
const PORT_NAMES = ["web", "http-web", "http"];
const PORT = 9_090;

/**
 * Services that look like a Prometheus, as `namespace/service:port`, the likeliest first: a suggestion for a person to
 * choose from, since a cluster may have several. Where services of the whole cluster may not be listed, those of `namespace`.
 * @throws AppError `cluster.*`
 */
export async function findPrometheus(
  client: KubernetesClient,
  namespace: string | null,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const list = async (scope: string | null): Promise<readonly Service[]> => {
    const lists = SELECTORS.map((labelSelector) => client.listServices({ namespace: scope, labelSelector, signal }));
    return (await Promise.all(lists)).flat();
  };
  const services = await list(null).catch((error: unknown) => {
    if (namespace === null || !hasCode(error, "cluster.forbidden")) throw error;
    return list(namespace);
  });
  const found = new Map<string, number>();
  for (const service of services) {
    const port = webPort(service);
    const rank = rankOf(service);
    if (port !== null && rank > 0) found.set(`${service.namespace}/${service.name}:${port.port}`, rank);
  }
  return [...found].toSorted(([a, rankA], [b, rankB]) => rankB - rankA || (a < b ? -1 : 1)).map(([route]) => route);
}

/** 0 for helpers of the same release: Alertmanager, exporters, Thanos' parts. */
function rankOf({ name, labels, headless }: Service): number {
  const component = labels["app.kubernetes.io/component"] ?? labels["component"] ?? "";
  if (component !== "" && component !== "server" && component !== "prometheus") return 0;
  if (/alertmanager|pushgateway|exporter|operator|adapter|discovery|kube-state/.test(name)) return 0;
  return headless ? 1 : 2;
}

function webPort({ ports }: Service): ServicePort | null {
  for (const name of PORT_NAMES) {
    const named = ports.find((port) => port.name === name);
    if (named !== undefined) return named;
  }
  return ports.find(({ port }) => port === PORT) ?? (ports.length === 1 ? (ports[0] ?? null) : null);
}
