import { AppError, hasCode } from "../../src-shared/errors/app-error.ts";
import type { LokiComponentName } from "../../src-shared/api/sites.api.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import { clusterHost, forwardToService, isService, readyPods } from "./clusters/adapters/service-forward.ts";
import type { KubernetesClient } from "./clusters/kubernetes-client.ts";
import { statusFailure } from "./clusters/kubernetes-status.ts";
import type { Discovery } from "./clusters/loki-discovery.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import type { Clock } from "./common/clock.ts";
import type { S3StoreOptions } from "./storage/s3-store-options.ts";
import { notFoundAtSite } from "./storage/stores/discovery-problem.ts";
import type { ClusterObjects } from "./storage/stores/site/cluster-objects.ts";
import { locateStore, type LocatedStore } from "./storage/stores/site/located-store.ts";
import { siteCredentials } from "./storage/stores/site/site-credentials.ts";
import type { BucketRequests, SiteStores } from "./storage/stores/site-stores.ts";

const TIMEOUT_MS = 30_000;
const MAX_OBJECT_BYTES = 8 * 2 ** 20;

/** Whose pods are asked for the configuration first: those that read and write the bucket. */
const READERS: readonly LokiComponentName[] = [
  "single-binary",
  "ingester",
  "compactor",
  "querier",
  "write",
  "backend",
  "read",
  "index-gateway",
  "ruler",
  "query-frontend",
  "distributor",
];

export interface SiteStoresDomain {
  readonly sites: Pick<SitesService, "kubernetesFor" | "discoveryFor">;
  readonly clock: Clock;
}

/** Stores of sites, found in their clusters. Credentials are read when a request needs them, and kept by the client alone. */
export function clusterSiteStores({ sites, clock }: SiteStoresDomain): SiteStores {
  const locate = async (site: SiteId, signal: AbortSignal) => {
    // First, since a site without a cluster rejects with what says so.
    const client = await sites.kubernetesFor(site);
    const discovery = await sites.discoveryFor(site, signal);
    if (discovery === null) throw notFoundAtSite(site, "no-loki");
    const objects = clusterObjects(client, discovery.namespace);
    return { client, objects, located: await locateStore(site, objects, podsOf(discovery), clock.nowMs(), signal) };
  };
  return {
    find: async (site, signal) => (await locate(site, signal)).located.store,
    open: async (site, choose, signal) => {
      const { client, objects, located } = await locate(site, signal);
      const bucket = choose(located.store);
      const ways = await waysOf(client, located, objects.namespace, clock, signal);
      let known: LocatedStore | null = located;
      const credentials = async () => {
        const inner = AbortSignal.timeout(TIMEOUT_MS);
        // When they are wanted again, the pods may run with others.
        const current: LocatedStore = known ?? (await locate(site, inner)).located;
        known = null;
        return siteCredentials(current, inner);
      };
      const options = { ...located.options, ...ways, credentials, clock };
      const buckets = bucket === null ? located.buckets : ([bucket] as const);
      return { found: located.store, requests: await openAll(buckets, options) };
    },
  };
}

type OpenOptions = Omit<Parameters<typeof import("./storage/open-s3-object-store.ts").openS3Requests>[0], "bucket">;

/** One client a bucket. The SDK is loaded by the first. */
export async function openAll(buckets: readonly [string, ...string[]], options: OpenOptions): Promise<BucketRequests> {
  const { openS3Requests } = await import("./storage/open-s3-object-store.ts");
  const [first, ...more] = buckets;
  const opened = [
    await openS3Requests({ ...options, bucket: first }),
    ...(await Promise.all(more.map((bucket) => openS3Requests({ ...options, bucket })))),
  ] as const;
  return {
    buckets: opened,
    [Symbol.asyncDispose]: async () => {
      for (const { client } of opened) client.destroy();
    },
  };
}

function podsOf({ components }: Discovery): readonly string[] {
  const rank = (name: LokiComponentName) => {
    const at = READERS.indexOf(name);
    return at < 0 ? READERS.length : at;
  };
  return components
    .filter(({ name }) => READERS.includes(name))
    .toSorted((a, b) => rank(a.name) - rank(b.name))
    .flatMap(({ pods }) => pods.toSorted((a, b) => Number(b.ready) - Number(a.ready)).map(({ name }) => name));
}

/** Ways through the cluster where the endpoint is a Service of it; none where it is dialled from here. */
async function waysOf(
  client: KubernetesClient,
  { options: { endpoint } }: LocatedStore,
  namespace: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Pick<S3StoreOptions, "dial" | "nodes">> {
  const url = endpoint === undefined ? null : URL.parse(endpoint);
  if (url === null) return {};
  const host = clusterHost(url.hostname, namespace);
  if (host === null || !(await isService(client, host, signal))) return {};
  const port = url.port === "" ? (url.protocol === "http:" ? 80 : 443) : Number(url.port);
  return {
    dial: (inner) => forwardToService(client, host, port, clock, inner),
    nodes: async (inner) =>
      (await readyPods(client, host, inner)).map((pod) => ({
        title: `${host.namespace}/${pod}:${port}`,
        dial: (innermost) => forwardToService(client, { ...host, pod }, port, clock, innermost),
      })),
  };
}

/** Objects of a namespace, bounded, none of them kept. */
export function clusterObjects(client: KubernetesClient, namespace: string): ClusterObjects {
  const { connection } = client;
  return {
    namespace,
    read: async (resource, name, signal) => {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/${resource}/${encodeURIComponent(name)}`;
      const headers = { accept: "application/json" };
      const answer = await connection.send({ method: "GET", path, headers, signal, timeoutMs: TIMEOUT_MS });
      const bytes = await answer.bytes(MAX_OBJECT_BYTES);
      if (answer.status === 200) return jsonOf(bytes);
      const subject = { verb: "get", resource, namespace, name };
      const failure = statusFailure(
        answer.status,
        bytes,
        subject,
        connection.host,
        answer.headers["retry-after"] ?? "",
      );
      if (hasCode(failure, "cluster.gone")) return null;
      throw failure;
    },
  };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Why would quote it, and it may be a Secret.
    throw new AppError("cluster.bad-response", { status: 200, problem: "no JSON" });
  }
}
