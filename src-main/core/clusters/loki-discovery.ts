import type { LokiComponent, LokiComponentName } from "../../../src-shared/api/sites.api.ts";
import type { Pod, Service, ServicePort } from "./kubernetes-objects.ts";
import { ANCILLARY, componentNamed, recognisePods, type RecognisedPod } from "./loki-recognition.ts";

/** A component with what is needed to reach it. */
export interface DiscoveredComponent {
  readonly name: LokiComponentName;
  readonly namespace: string;
  readonly by: LokiComponent["by"];
  readonly service: { readonly name: string; readonly port: number } | null;
  readonly pods: readonly Pod[];
  /** Loki's HTTP port inside the pod. */
  readonly podPort: number;
}

/** One Loki: the parts of one release in one namespace. */
export interface Discovery {
  readonly namespace: string;
  readonly components: readonly DiscoveredComponent[];
  /** Names of the ConfigMaps that its pods mount. */
  readonly configMaps: readonly string[];
}

const HTTP_PORT_NAMES = ["http-metrics", "http", "http-web", "web"];
const HTTP_PORT_NUMBERS = [3100, 80, 8080];

/**
 * Finds the Loki among pods and services. Where there are several, the one with the most of Loki's own components wins,
 * then the preferred namespace, then the first by name. `null` when there is none.
 */
export function discoverLoki(
  pods: readonly Pod[],
  services: readonly Service[],
  preferredNamespace: string | null,
): Discovery | null {
  const groups = new Map<string, RecognisedPod[]>();
  for (const recognised of recognisePods(pods)) {
    const key = `${recognised.pod.namespace}\0${recognised.instance}`;
    groups.set(key, [...(groups.get(key) ?? []), recognised]);
  }
  const ranked = [...groups].sort(([keyA, a], [keyB, b]) => {
    const preferred = (group: readonly RecognisedPod[]) => (group[0]?.pod.namespace === preferredNamespace ? 1 : 0);
    return weight(b) - weight(a) || preferred(b) - preferred(a) || keyA.localeCompare(keyB);
  });
  const [best] = ranked;
  if (best === undefined || weight(best[1]) === 0) return null;
  return describeGroup(best[1], pods, services);
}

function weight(group: readonly RecognisedPod[]): number {
  return new Set(group.map(({ component }) => component).filter((component) => !ANCILLARY.has(component))).size;
}

function describeGroup(group: readonly RecognisedPod[], pods: readonly Pod[], services: readonly Service[]): Discovery {
  const namespace = group[0]?.pod.namespace ?? "";
  const neighbours = pods.filter((pod) => pod.namespace === namespace);
  const here = services.filter((service) => service.namespace === namespace);
  const byName = new Map<LokiComponentName, RecognisedPod[]>();
  for (const recognised of group) {
    byName.set(recognised.component, [...(byName.get(recognised.component) ?? []), recognised]);
  }
  const components = [...byName].map(([name, members]): DiscoveredComponent => {
    const own = members.map(({ pod }) => pod);
    return {
      name,
      namespace,
      by: members[0]?.by ?? "target",
      service: serviceOf(own, neighbours, here),
      pods: own.toSorted((a, b) => a.name.localeCompare(b.name)),
      podPort: podPort(own),
    };
  });
  const instance = group[0]?.instance ?? "";
  const empty = emptyComponents(here, instance, new Set(byName.keys()), neighbours, namespace);
  return {
    namespace,
    components: [...components, ...empty].toSorted((a, b) => a.name.localeCompare(b.name)),
    configMaps: [...new Set(group.flatMap(({ pod }) => pod.configMaps))].toSorted(),
  };
}

/** Components that have a service of the chart and no pod at this moment: scaled to nothing, or all gone. */
function emptyComponents(
  services: readonly Service[],
  instance: string,
  present: ReadonlySet<LokiComponentName>,
  neighbours: readonly Pod[],
  namespace: string,
): DiscoveredComponent[] {
  const found = new Map<LokiComponentName, DiscoveredComponent>();
  for (const service of services) {
    const name = componentNamed(service.labels["app.kubernetes.io/component"] ?? "");
    if (name === null || present.has(name) || instance === "") continue;
    if (service.labels["app.kubernetes.io/instance"] !== instance) continue;
    if (neighbours.some((pod) => selects(service.selector, pod.labels))) continue;
    const port = httpPort(service.ports);
    if (port === null || (found.has(name) && service.headless)) continue;
    const target = { name: service.name, port: port.port };
    found.set(name, { name, namespace, by: "chart", service: target, pods: [], podPort: 3100 });
  }
  return [...found.values()];
}

/** The service that leads to these pods and to no others, a headless one only when there is no better. */
function serviceOf(
  own: readonly Pod[],
  neighbours: readonly Pod[],
  services: readonly Service[],
): DiscoveredComponent["service"] {
  const members = new Set(own);
  const candidates = services
    .flatMap((service) => {
      const port = httpPort(service.ports);
      if (port === null || Object.keys(service.selector).length === 0) return [];
      const selected = neighbours.filter((pod) => selects(service.selector, pod.labels));
      if (selected.length === 0 || !selected.every((pod) => members.has(pod))) return [];
      return [{ service, port: port.port, selected: selected.length }];
    })
    .toSorted(
      (a, b) =>
        Number(a.service.headless) - Number(b.service.headless) ||
        b.selected - a.selected ||
        a.service.name.localeCompare(b.service.name),
    );
  const [best] = candidates;
  return best === undefined ? null : { name: best.service.name, port: best.port };
}

function httpPort(ports: readonly ServicePort[]): ServicePort | null {
  for (const name of HTTP_PORT_NAMES) {
    const named = ports.find((port) => port.name === name || port.targetPort === name);
    if (named !== undefined) return named;
  }
  return ports.find((port) => HTTP_PORT_NUMBERS.includes(port.port)) ?? null;
}

function podPort(pods: readonly Pod[]): number {
  const ports = pods.flatMap((pod) =>
    pod.containers.filter(({ init }) => !init).flatMap((container) => container.ports),
  );
  for (const name of HTTP_PORT_NAMES) {
    const named = ports.find((port) => port.name === name);
    if (named !== undefined) return named.port;
  }
  return ports.find(({ port }) => HTTP_PORT_NUMBERS.includes(port))?.port ?? 3100;
}

function selects(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  const pairs = Object.entries(selector);
  return pairs.length > 0 && pairs.every(([name, value]) => labels[name] === value);
}

/** As the door shows it. */
export function componentView(component: DiscoveredComponent): LokiComponent {
  return {
    name: component.name,
    namespace: component.namespace,
    by: component.by,
    service: component.service?.name,
    port: component.service?.port,
    pods: component.pods.map((pod) => ({
      name: pod.name,
      ready: pod.ready,
      phase: pod.terminating ? "Terminating" : pod.phase,
      restarts: pod.containers.reduce((sum, container) => sum + container.restarts, 0),
      containers: pod.containers.filter(({ init }) => !init).map(({ name }) => name),
      node: pod.node === "" ? undefined : pod.node,
    })),
  };
}
