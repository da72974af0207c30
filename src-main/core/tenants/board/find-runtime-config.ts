import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { RuntimePlace } from "../../../../src-shared/model/tenants/board.ts";
import type { ConfigMap } from "../../clusters/kubernetes-objects.ts";
import type { KubernetesClient } from "../../clusters/kubernetes-client.ts";
import type { HealthCluster, HealthSite } from "../../health/health-site.ts";
import type { PodState } from "../../health/inventory/cluster-inventory.ts";
import {
  mountedFile,
  mountingPodSchema,
  type MountedFile,
  type MountingContainer,
  type MountingPod,
} from "./mounted-file.ts";

/** The runtime configuration of a site as it stands in its ConfigMap. */
export interface RuntimeConfigFile {
  readonly place: RuntimePlace;
  /** All of `runtime_config.file`, in its order; of several the later win, section by section. */
  readonly files: readonly string[];
  /** Mounted by `subPath`: the kubelet never brings a change into such a pod. */
  readonly mountedBySubPath: boolean;
  readonly text: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Which files a Loki loads at run time, as its `/config` says (`runtime_config.file`); `null` where nobody tells. */
export type ToldRuntimeFiles = (signal: AbortSignal) => Promise<readonly string[] | null>;

const FLAGS = /^--?(?:runtime-config\.file|limits\.per-user-override-config)(?:=(.*))?$/;
const MAX_PODS_TOLD = 5;

/**
 * Finds the ConfigMap that a Loki's pods mount as their runtime configuration, whoever installed it: the file's name is taken from the
 * containers' `-runtime-config.file` argument, else from what the components say of themselves; the file is then followed
 * through mounts and volumes. Of several files the last one that holds `overrides` is meant, as it is for Loki.
 * @throws AppError `sites.no-cluster`, `tenants.runtime-config-missing`, `cluster.*`
 */
export async function findRuntimeConfig(
  site: Pick<HealthSite, "id" | "name" | "cluster">,
  told: ToldRuntimeFiles,
  signal: AbortSignal,
): Promise<RuntimeConfigFile> {
  const { cluster } = site;
  if (cluster === null) throw new AppError("sites.no-cluster", { site: site.id });
  const missing = (problem: string) => new AppError("tenants.runtime-config-missing", { site: site.name, problem });
  const { namespace, client } = cluster;
  const states = await lokiPods(cluster, signal);
  const listed = await client.listOf("/api/v1", "pods", mountingPodSchema, { namespace, signal });
  const pods = listed.filter(({ metadata }) => states.has(metadata.name));
  const files = filesByArgument(pods) ?? (await told(signal)) ?? [];
  if (files.length === 0) throw missing("no component names a file (runtime_config.file)");
  const found = files.map((file) => ({ file, ...mountersOf(pods, file) }));
  const inMaps = found.filter(({ mounted }) => mounted?.kind === "config-map");
  if (inMaps.length === 0) throw missing(whatInstead(found));
  const maps = await readMaps(client, namespace, inMaps, signal);
  const chosen = maps.findLast(({ text }) => text !== null && /^overrides\s*:/m.test(text)) ?? maps.at(-1);
  if (chosen === undefined || chosen.text === null) {
    if (maps.length === 0) throw missing(goneMaps(inMaps));
    const names = maps.map(({ map, key }) => `ConfigMap ${map.name} has no text under ${key}`);
    throw missing(names.join("; ").slice(0, 300));
  }
  const { map, key, file, text, mounters, bySubPath } = chosen;
  return {
    place: {
      namespace,
      name: map.name,
      key,
      resourceVersion: map.resourceVersion,
      mountedBy: workloadsOf(mounters, states),
      managedBy: managerOf(map),
      file,
    },
    files,
    mountedBySubPath: bySubPath,
    text,
    annotations: map.annotations,
  };
}

async function lokiPods(cluster: HealthCluster, signal: AbortSignal): Promise<ReadonlyMap<string, PodState>> {
  const { pods, gaps } = await cluster.inventory(signal);
  if (pods !== null) return new Map(pods.map((pod) => [pod.name, pod]));
  throw gaps.find(({ what }) => what === "pods")?.error ?? new AppError("request.cancelled", {});
}

/** By the arguments of the pods; `null` where none of them says it. */
function filesByArgument(pods: readonly MountingPod[]): readonly string[] | null {
  for (const container of pods.flatMap(({ spec }) => spec.containers ?? [])) {
    const words = [...(container.command ?? []), ...(container.args ?? [])];
    for (const [at, word] of words.entries()) {
      const flag = FLAGS.exec(word);
      const value = flag === null ? undefined : (flag[1] ?? words[at + 1]);
      // `$(NAME)` is the kubelet's to expand; what came of it the component tells.
      if (value !== undefined && value !== "" && !value.includes("$(")) return splitFiles(value);
    }
  }
  return null;
}

/** `runtime_config.file` is a list joined by commas. */
export function splitFiles(value: string): readonly string[] {
  return value
    .split(",")
    .map((file) => file.trim())
    .filter((file) => file !== "");
}

interface Mounters {
  /** What most pods see there; `null` where none of them mounts anything. */
  readonly mounted: MountedFile | null;
  readonly pods: readonly string[];
}

function mountersOf(pods: readonly MountingPod[], file: string): Mounters {
  const groups = new Map<string, { readonly mounted: MountedFile; readonly pods: string[] }>();
  for (const pod of pods) {
    const mounted = seenBy(pod, file);
    if (mounted === null) continue;
    const key = JSON.stringify(mounted);
    const group = groups.get(key) ?? { mounted, pods: [] };
    groups.set(key, group);
    group.pods.push(pod.metadata.name);
  }
  const [first] = [...groups.values()].toSorted((one, other) => other.pods.length - one.pods.length);
  return first ?? { mounted: null, pods: [] };
}

function seenBy(pod: MountingPod, file: string): MountedFile | null {
  const seen = (pod.spec.containers ?? []).map((container: MountingContainer) => mountedFile(pod, container, file));
  return (
    seen.find(({ kind }) => kind !== "other") ??
    seen.find((mounted) => mounted.kind === "other" && mounted.volume !== "") ??
    null
  );
}

function whatInstead(found: readonly ({ readonly file: string } & Mounters)[]): string {
  const told = found.map(({ file, mounted, pods }) => {
    const who = pods.slice(0, MAX_PODS_TOLD).join(", ");
    if (mounted === null) return `no pod mounts ${file}`;
    if (mounted.kind === "other") return `${file} is in volume ${mounted.volume} of ${who}, which is no ConfigMap`;
    return `${file} is in Secret ${mounted.name} of ${who}`;
  });
  return told.join("; ").slice(0, 300);
}

function goneMaps(found: readonly Mounters[]): string {
  const names = found.flatMap(({ mounted }) => (mounted?.kind === "config-map" ? [mounted.name] : []));
  return `ConfigMap ${names.join(", ")} is mounted and not there`.slice(0, 300);
}

interface ReadMap {
  readonly file: string;
  readonly map: ConfigMap;
  readonly key: string;
  /** `null` where the key is not there, or holds bytes. */
  readonly text: string | null;
  readonly mounters: readonly string[];
  readonly bySubPath: boolean;
}

async function readMaps(
  client: KubernetesClient,
  namespace: string,
  found: readonly ({ readonly file: string } & Mounters)[],
  signal: AbortSignal,
): Promise<readonly ReadMap[]> {
  const read = found.map(async ({ file, mounted, pods }): Promise<readonly ReadMap[]> => {
    if (mounted?.kind !== "config-map") return [];
    const map = await readMap(client, namespace, mounted.name, signal);
    if (map === null) return [];
    const { key, bySubPath } = mounted;
    return [{ file, map, key, text: map.data[key] ?? null, mounters: pods, bySubPath }];
  });
  return (await Promise.all(read)).flat();
}

async function readMap(
  client: KubernetesClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<ConfigMap | null> {
  try {
    return await client.getConfigMap(namespace, name, signal);
  } catch (error) {
    if (isAppError(error) && error.category === "not-found") return null;
    throw error;
  }
}

function workloadsOf(mounters: readonly string[], states: ReadonlyMap<string, PodState>): string[] {
  const names = mounters.map((pod) => {
    const workload = states.get(pod)?.workload ?? null;
    return workload === null ? `Pod ${pod}` : `${workload.kind} ${workload.name}`;
  });
  return [...new Set(names)].toSorted();
}

/** Who would write over a change, by what the tools leave on objects they own. */
function managerOf({ labels, annotations }: ConfigMap): string | null {
  const argo = annotations["argocd.argoproj.io/tracking-id"]?.split(":")[0] ?? labels["argocd.argoproj.io/instance"];
  if (argo !== undefined) return `Argo CD ${argo}`;
  const flux = labels["kustomize.toolkit.fluxcd.io/name"] ?? labels["helm.toolkit.fluxcd.io/name"];
  if (flux !== undefined) return `Flux ${flux}`;
  const release = annotations["meta.helm.sh/release-name"];
  if (release !== undefined) return `Helm ${release}`;
  return labels["app.kubernetes.io/managed-by"] ?? null;
}
