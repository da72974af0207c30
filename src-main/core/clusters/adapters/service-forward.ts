import type { Duplex } from "node:stream";
import { AppError, hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { KubernetesClient } from "../kubernetes-client.ts";
import type { Pod, Service } from "../kubernetes-objects.ts";
import { openForwardStream } from "./port-forward-stream.ts";

const CONNECT_TIMEOUT_MS = 10_000;

/** What a host name means inside of a cluster: a Service, or one pod of a StatefulSet behind its Service. */
export interface ClusterHost {
  readonly namespace: string;
  readonly service: string;
  readonly pod: string | null;
  /** Whether it can be no name of the world outside. */
  readonly certain: boolean;
}

/**
 * Reads a host name as a cluster's DNS does (kubernetes/dns `docs/specification.md`): `svc`, `svc.ns`, `svc.ns.svc[.domain]`,
 * `pod.svc.ns.svc[.domain]`. `null` for what can be no such name.
 */
export function clusterHost(host: string, ownNamespace: string): ClusterHost | null {
  const labels = host.toLowerCase().replace(/\.$/, "").split(".");
  const [first = "", second = "", third = "", fourth = ""] = labels;
  if (!labels.every((label) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(label)) || /^\d+$/.test(labels.at(-1) ?? ""))
    return null;
  if (labels.length === 1) return { namespace: ownNamespace, service: first, pod: null, certain: true };
  if (labels.length === 2) return { namespace: second, service: first, pod: null, certain: false };
  if (third === "svc") return { namespace: second, service: first, pod: null, certain: true };
  return fourth === "svc" ? { namespace: third, service: second, pod: first, certain: true } : null;
}

/**
 * Opens a connection to a ready pod behind a Service's port, over a port-forward; each pod is tried once. Rejects with
 * `cluster.*`, `forward.lost`.
 */
export async function forwardToService(
  client: KubernetesClient,
  { namespace, service: name, pod: only }: ClusterHost,
  port: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Duplex> {
  const service = await client.getService(namespace, name, signal);
  const pods = await podsBehind(client, service, signal);
  const ready = pods.filter((pod) => pod.ready && (only === null || pod.name === only));
  let failure: unknown = new AppError("forward.lost", {
    pod: `${namespace}/service/${name}`,
    problem: "no pod is ready",
  });
  for (const pod of ready) {
    try {
      const request = { connection: client.connection, namespace, pod: pod.name, clock, signal };
      // oxlint-disable-next-line no-await-in-loop -- the next pod only when this one does not answer
      return await openForwardStream({ ...request, port: portOf(service, pod, port), timeoutMs: CONNECT_TIMEOUT_MS });
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Whether the cluster has such a Service with pods behind it. Rejects with `cluster.*`. */
export async function isService(client: KubernetesClient, host: ClusterHost, signal: AbortSignal): Promise<boolean> {
  try {
    const { selector } = await client.getService(host.namespace, host.service, signal);
    return Object.keys(selector).length > 0;
  } catch (error) {
    if (hasCode(error, "cluster.gone") || (!host.certain && hasCode(error, "cluster.forbidden"))) return false;
    throw error;
  }
}

/** Names of the ready pods behind a Service. Rejects with `cluster.*`. */
export async function readyPods(
  client: KubernetesClient,
  { namespace, service: name, pod: only }: ClusterHost,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const pods = await podsBehind(client, await client.getService(namespace, name, signal), signal);
  return pods.filter((pod) => pod.ready && (only === null || pod.name === only)).map((pod) => pod.name);
}

async function podsBehind(
  client: KubernetesClient,
  { namespace, selector }: Service,
  signal: AbortSignal,
): Promise<Pod[]> {
  const labelSelector = Object.entries(selector)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
  return labelSelector === "" ? [] : client.listPods({ namespace, labelSelector, signal });
}

/** The pod's port behind a Service's; a headless Service's pods are asked at the port itself. */
function portOf({ ports, headless }: Service, pod: Pod, port: number): number {
  const target = headless
    ? String(port)
    : (ports.find((candidate) => candidate.port === port)?.targetPort ?? String(port));
  const number = Number(target);
  if (Number.isInteger(number)) return number;
  const named = pod.containers.flatMap(({ ports: own }) => own).find(({ name }) => name === target);
  if (named === undefined)
    throw new AppError("forward.lost", { pod: pod.name, problem: `it has no port named ${target}` });
  return named.port;
}
