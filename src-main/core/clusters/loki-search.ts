import { hasCode } from "../../../src-shared/errors/app-error.ts";
import type { KubernetesClient } from "./kubernetes-client.ts";
import type { Pod, Service } from "./kubernetes-objects.ts";
import { discoverLoki, type Discovery } from "./loki-discovery.ts";

/** Where Loki is looked for when the cluster as a whole may not be listed. */
const USUAL_NAMESPACES = [
  "loki",
  "logging",
  "observability",
  "monitoring",
  "logs",
  "grafana",
  "grafana-loki",
  "default",
];

/** Label selectors that find Loki without listing every pod of a cluster; the last resort lists them all. */
const SELECTORS: readonly (string | undefined)[] = [
  "app.kubernetes.io/name in (loki,enterprise-logs,loki-distributed,loki-simple-scalable)",
  "name in (distributor,ingester,querier,query-frontend)",
  undefined,
];

/**
 * Looks for Loki through the Kubernetes API: in the namespace that was named, else in all of them, else (where only single
 * namespaces may be listed) in the usual ones. Answers `null` when there is none; rejects with `cluster.*`, among them
 * `cluster.forbidden` when nothing at all may be listed.
 */
export async function searchLoki(
  client: KubernetesClient,
  options: { readonly namespace: string | null; readonly preferred: string | null; readonly signal: AbortSignal },
): Promise<Discovery | null> {
  const { namespace, preferred, signal } = options;
  if (namespace !== null) return discoverIn(client, namespace, preferred, signal);
  const home = await searchEverywhere(client, preferred, signal);
  if (home.kind === "found") return discoverIn(client, home.namespace, preferred, signal);
  if (home.kind === "none") return null;
  return searchUsual(client, preferred, signal, home.error);
}

type Search =
  | { readonly kind: "found"; readonly namespace: string }
  | { readonly kind: "none" }
  | { readonly kind: "forbidden"; readonly error: unknown };

async function searchEverywhere(
  client: KubernetesClient,
  preferred: string | null,
  signal: AbortSignal,
): Promise<Search> {
  for (const labelSelector of SELECTORS) {
    let pods: Pod[];
    try {
      // oxlint-disable-next-line no-await-in-loop -- a dear search only after a cheap one found nothing
      pods = await client.listPods({
        namespace: null,
        signal,
        ...(labelSelector === undefined ? {} : { labelSelector }),
      });
    } catch (error) {
      if (!hasCode(error, "cluster.forbidden")) throw error;
      return { kind: "forbidden", error };
    }
    const found = discoverLoki(pods, [], preferred);
    if (found !== null) return { kind: "found", namespace: found.namespace };
  }
  return { kind: "none" };
}

async function searchUsual(
  client: KubernetesClient,
  preferred: string | null,
  signal: AbortSignal,
  refusal: unknown,
): Promise<Discovery | null> {
  const listed = await client.listNamespaces(signal).catch((error: unknown) => {
    if (hasCode(error, "cluster.forbidden")) return [];
    throw error;
  });
  const likely = listed.filter((name) => /loki|log|observ|monitor/.test(name));
  const names = [...new Set([...(preferred === null ? [] : [preferred]), ...USUAL_NAMESPACES, ...likely])].slice(0, 50);
  let allowed = 0;
  for (const name of names) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the first namespace that has one is enough
      const found = await discoverIn(client, name, preferred, signal);
      allowed += 1;
      if (found !== null) return found;
    } catch (error) {
      if (!hasCode(error, "cluster.forbidden")) throw error;
    }
  }
  if (allowed === 0) throw refusal;
  return null;
}

async function discoverIn(
  client: KubernetesClient,
  namespace: string,
  preferred: string | null,
  signal: AbortSignal,
): Promise<Discovery | null> {
  const [pods, services] = await Promise.all([
    client.listPods({ namespace, signal }),
    client.listServices({ namespace, signal }).catch((error: unknown): Service[] => {
      // Pods can be reached without their services.
      if (hasCode(error, "cluster.forbidden")) return [];
      throw error;
    }),
  ]);
  const named = <Item extends { readonly namespace: string }>(item: Item): Item => ({ ...item, namespace });
  return discoverLoki(pods.map(named), services.map(named), preferred);
}
