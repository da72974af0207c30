import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { LokiComponentName } from "../../../../src-shared/api/sites.api.ts";
import type { Clock } from "../../common/clock.ts";
import type { proxyRefusal, throughClusterFailure } from "../../clusters/adapters/api-proxy-failure.ts";
import type { KubernetesClient } from "../../clusters/kubernetes-client.ts";
import type { Pod } from "../../clusters/kubernetes-objects.ts";
import type { DiscoveredComponent, Discovery } from "../../clusters/loki-discovery.ts";
import { NodeZones, ZONE_LABEL } from "./node-zones.ts";
import type { ScrapeTarget, TargetAnswer, TargetRequest, TargetSource } from "./scrape-target.ts";
import { targetAnswer } from "./target-answer.ts";

export interface PodTargetsOptions {
  readonly client: KubernetesClient;
  /** The site's Loki as it stands now; `null` when there is none. */
  readonly discover: (signal: AbortSignal) => Promise<Discovery | null>;
  readonly clock: Clock;
  /** What Loki speaks inside the cluster. */
  readonly scheme: "http" | "https";
  /** Loki's `server.http_path_prefix`, or empty. */
  readonly pathPrefix: string;
  /** How failures on this way are worded: those of the transport through the API server's proxy. */
  readonly refusal: typeof proxyRefusal;
  readonly failure: typeof throughClusterFailure;
}

/** They answer nothing of Loki's own; the gateway would hand on to one random pod. */
const NEVER: ReadonlySet<LokiComponentName> = new Set(["gateway", "canary", "chunks-cache", "results-cache"]);
/** Pods that ended and stay listed: evicted ones, finished jobs. */
const OVER: ReadonlySet<string> = new Set(["Succeeded", "Failed"]);
const HTTP_PORT_NAMES = ["http-metrics", "http", "http-web"];
const MAX_ERROR_BYTES = 2 ** 20;

/** Every pod of every component of a site's Loki, each through the API server's pod proxy. */
export function podTargets(options: PodTargetsOptions): TargetSource {
  const zones = new NodeZones(options.client.connection, options.clock);
  return {
    async targets(signal) {
      const discovery = await options.discover(signal);
      const pods = (discovery?.components ?? [])
        .filter(({ name }) => !NEVER.has(name))
        .flatMap((component) => component.pods.map((pod) => ({ component, pod })))
        .filter(({ pod }) => !OVER.has(pod.phase));
      const nodes = new Set(pods.map(({ pod }) => pod.node).filter((node) => node !== ""));
      const byNode = await zones.of([...nodes], signal);
      return pods.map(({ component, pod }) => new PodTarget(component, pod, byNode.get(pod.node) ?? null, options));
    },
  };
}

class PodTarget implements ScrapeTarget {
  readonly instance: string;
  readonly component: string;
  readonly zone: string | null;
  readonly node: string | null;
  readonly #pod: Pod;
  readonly #port: string;
  readonly #options: PodTargetsOptions;

  constructor(component: DiscoveredComponent, pod: Pod, nodeZone: string | null, options: PodTargetsOptions) {
    this.instance = pod.name;
    this.component = component.name;
    // Kubernetes 1.35 copies the node's topology labels to its pods.
    this.zone = nodeZone ?? pod.labels[ZONE_LABEL] ?? null;
    this.node = pod.node === "" ? null : pod.node;
    this.#pod = pod;
    this.#port = String(ownPort(pod) ?? component.podPort);
    this.#options = options;
  }

  async get({ path, accept, maxBytes, timeoutMs, signal }: TargetRequest): Promise<TargetAnswer> {
    const { client, scheme, pathPrefix, refusal, failure } = this.#options;
    const { namespace, name } = this.#pod;
    const { connection } = client;
    const pod = `pods/${scheme}:${encodeURIComponent(name)}:${encodeURIComponent(this.#port)}`;
    const inner = `${pathPrefix.replace(/\/+$/, "")}${path}`;
    const answer = await connection.send({
      method: "GET",
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/${pod}/proxy${inner}`,
      headers: { "accept-encoding": "gzip", ...(accept === undefined ? {} : { accept }) },
      signal,
      timeoutMs,
      mapFailure: (error) => failure(error, connection.host),
    });
    if (answer.status < 400) return targetAnswer(answer, maxBytes);
    const said = await targetAnswer(answer, MAX_ERROR_BYTES);
    const route = { kind: "pod", namespace, pod: name, port: this.#port } as const;
    const refused = refusal(said.status, said.body, "GET", route, connection.host);
    if (refused !== null) throw refused;
    if (said.body.byteLength <= maxBytes) return said;
    throw new AppError("loki.bad-response", { status: said.status, problem: `body longer than ${maxBytes} bytes` });
  }
}

/** The port by its name in this pod: two kinds of pods may stand behind one label. */
export function ownPort(pod: Pod): number | null {
  const ports = pod.containers.filter(({ init }) => !init).flatMap((container) => container.ports);
  for (const name of HTTP_PORT_NAMES) {
    const named = ports.find((port) => port.name === name);
    if (named !== undefined) return named.port;
  }
  return null;
}
