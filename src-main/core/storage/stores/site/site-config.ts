import { notFoundAtSite } from "../discovery-problem.ts";
import type { SiteId } from "../../../../../src-shared/model/ids.ts";
import { readKeys, type ClusterObjects } from "./cluster-objects.ts";
import { readMountedFile } from "./mounted-file.ts";
import { podSpecSchema, type ContainerSpec, type PodSpec } from "./pod-spec.ts";

/** So many pods are asked; all of one Loki mount the same file. */
const MAX_PODS = 8;
const CONFIG_FILE = /--?config\.file(?:=|\s+)"?([^\s"']+)/;
/** What tells Loki's configuration from other files where no argument names it. */
const LOOKS_LIKE_LOKI = /^schema_config:/m;

/** Loki's own configuration as its pods read it, with the pod and container that do. It may hold secrets. */
export interface SiteConfig {
  readonly pod: PodSpec;
  readonly container: ContainerSpec;
  readonly yaml: string;
}

/**
 * Reads the file that `-config.file` names out of the ConfigMap or Secret that the pods mount; where no argument names one,
 * the mounted ConfigMap that looks like it. Rejects with `storage.not-found-at-site`, `cluster.*`.
 */
export async function readSiteConfig(
  site: SiteId,
  objects: ClusterObjects,
  pods: readonly string[],
  signal: AbortSignal,
): Promise<SiteConfig> {
  if (pods.length === 0) throw notFoundAtSite(site, "no-loki");
  for (const name of pods.slice(0, MAX_PODS)) {
    // oxlint-disable-next-line no-await-in-loop -- the next pod only where this one has no configuration
    const pod = podSpecSchema.safeParse(await objects.read("pods", name, signal));
    if (!pod.success) continue;
    for (const container of pod.data.spec.containers) {
      // oxlint-disable-next-line no-await-in-loop -- as above
      const yaml = await configOf(objects, pod.data, container, signal);
      if (yaml !== null) return { pod: pod.data, container, yaml };
    }
  }
  throw notFoundAtSite(site, "no-config");
}

async function configOf(
  objects: ClusterObjects,
  pod: PodSpec,
  container: ContainerSpec,
  signal: AbortSignal,
): Promise<string | null> {
  const files = CONFIG_FILE.exec([...container.command, ...container.args].join(" "))?.[1]?.split(",") ?? [];
  for (const file of files) {
    // oxlint-disable-next-line no-await-in-loop -- Loki takes the first that there is
    const content = await readMountedFile(objects, pod, container, file, signal);
    if (content !== null) return content;
  }
  return files.length > 0 ? null : await anyMounted(objects, pod, container, signal);
}

async function anyMounted(
  objects: ClusterObjects,
  pod: PodSpec,
  container: ContainerSpec,
  signal: AbortSignal,
): Promise<string | null> {
  const mounted = new Set(container.volumeMounts.map(({ name }) => name));
  const maps = pod.spec.volumes.flatMap(({ name, configMap }) =>
    configMap && mounted.has(name) ? [configMap.name] : [],
  );
  for (const map of maps) {
    // oxlint-disable-next-line no-await-in-loop -- as above
    const keys = await readKeys(objects, "configmaps", map, signal);
    const found = [...(keys?.values() ?? [])].find((content) => LOOKS_LIKE_LOKI.test(content));
    if (found !== undefined) return found;
  }
  return null;
}
