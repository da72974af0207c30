import type { SiteId } from "../../../../../src-shared/model/ids.ts";
import type { S3StoreOptions } from "../../s3-store-options.ts";
import { notFoundAtSite } from "../discovery-problem.ts";
import { siteStoreId } from "../site-store-id.ts";
import type { SiteStore } from "../site-stores.ts";
import { bucketsTitle } from "../store-title.ts";
import { expandVariables } from "./expand-variables.ts";
import { readOnce, type ClusterObjects } from "./cluster-objects.ts";
import { lokiStorageConfig, type LokiStorageConfig } from "./loki-storage-config.ts";
import { readMountedFile } from "./mounted-file.ts";
import { PodEnvironment } from "./pod-environment.ts";
import { readSiteConfig, type SiteConfig } from "./site-config.ts";

/** More buckets than this are a mistake in the configuration. */
const MAX_BUCKETS = 64;

/** A site's store with all that is needed to reach it; its credentials are still words of the configuration. */
export interface LocatedStore {
  readonly store: SiteStore;
  readonly buckets: readonly [string, ...string[]];
  readonly options: Omit<S3StoreOptions, "bucket" | "credentials" | "clock">;
  readonly config: LokiStorageConfig;
  readonly siteConfig: SiteConfig;
  readonly environment: PodEnvironment;
}

/**
 * Finds where a site's Loki keeps its data: its configuration as its pods mount it, with the variables that they have.
 * Rejects with `storage.not-found-at-site`, `cluster.*`.
 */
export async function locateStore(
  site: SiteId,
  cluster: ClusterObjects,
  pods: readonly string[],
  nowMs: number,
  signal: AbortSignal,
): Promise<LocatedStore> {
  const objects = readOnce(cluster);
  const siteConfig = await readSiteConfig(site, objects, pods, signal);
  const config = lokiStorageConfig(siteConfig.yaml, nowMs);
  if (typeof config === "string") throw notFoundAtSite(site, config);
  const environment = new PodEnvironment(objects, siteConfig.pod, siteConfig.container);
  const expand = async (text: string | null) =>
    text === null ? "" : (await expandVariables(text, (name) => environment.get(name, signal))).trim();
  const names = (await expand(config.buckets)).split(",").map((name) => name.trim());
  const [first, ...more] = names.filter((name) => name !== "").slice(0, MAX_BUCKETS);
  if (first === undefined) throw notFoundAtSite(site, "no-bucket");
  const prefix = await expand(config.storagePrefix);
  const caFile = await expand(config.caFile);
  const ca =
    caFile === "" ? null : await readMountedFile(objects, siteConfig.pod, siteConfig.container, caFile, signal);
  const endpoint = endpointOf(await expand(config.endpoint), isTrue(await expand(config.insecure)));
  const region = (await expand(config.region)) || regionOf(endpoint);
  const delimiter = await expand(config.chunkDelimiter);
  return {
    store: siteStore(site, [first, ...more], prefix, config.indexPrefix, siteConfig.pod.metadata.annotations),
    buckets: [first, ...more],
    options: {
      prefix,
      ...(endpoint === "" ? {} : { endpoint }),
      ...(region === "" ? {} : { region }),
      pathStyle: isTrue(await expand(config.pathStyle)),
      ...(ca === null ? {} : { ca }),
      ...(isTrue(await expand(config.skipVerify)) ? { trustAnyServer: true } : {}),
      ...(delimiter.length === 1 ? { chunkDelimiter: delimiter } : {}),
    },
    config,
    siteConfig,
    environment,
  };
}

/** What a team writes on Loki's pods, so that each console knows where its copy and its place for drills are. */
const DR_ANNOTATION = "kubemate.io/dr-bucket";
const SCRATCH_ANNOTATION = "kubemate.io/scratch-bucket";
/** Names of buckets as S3 has them. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

function siteStore(
  site: SiteId,
  buckets: readonly string[],
  prefix: string,
  indexPrefix: string,
  annotations: Readonly<Record<string, string>>,
): SiteStore {
  const [bucket = ""] = buckets;
  const title = bucketsTitle(buckets, prefix);
  const beside = (name: string): string | null => {
    const other = annotations[name] ?? "";
    return BUCKET.test(other) && !buckets.includes(other) ? other : null;
  };
  const [dr, scratch] = [beside(DR_ANNOTATION), beside(SCRATCH_ANNOTATION)];
  return {
    id: siteStoreId(site, bucket),
    title,
    config: {
      name: bucket.slice(0, 100),
      place: { kind: "site", site, bucket },
      site,
      indexPrefix,
      bytesPerSecond: null,
      dr: dr === null ? null : siteStoreId(site, dr),
      scratch: scratch === null ? null : siteStoreId(site, scratch),
    },
    beside: { dr, scratch },
  };
}

/** Loki's clients take an endpoint with and without a scheme. */
function endpointOf(endpoint: string, insecure: boolean): string {
  if (endpoint === "") return "";
  const whole = /^https?:\/\//i.test(endpoint) ? endpoint : `${insecure ? "http" : "https"}://${endpoint}`;
  return whole.replace(/\/+$/, "");
}

/** Amazon's endpoints name their region, and a signature for another is refused. */
function regionOf(endpoint: string): string {
  return /\bs3[.-]([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com/.exec(endpoint)?.[1] ?? "";
}

function isTrue(text: string): boolean {
  return /^(true|1|t)$/i.test(text);
}
