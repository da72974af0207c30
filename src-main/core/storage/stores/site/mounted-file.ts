import { readKey, type ClusterObjects, type KeyReference } from "./cluster-objects.ts";
import type { ContainerSpec, PodSpec } from "./pod-spec.ts";

type Volume = PodSpec["spec"]["volumes"][number];
type Items = readonly { readonly key: string; readonly path: string }[];

/** Where a container's file comes from: keys of ConfigMaps and Secrets, the most likely first. */
export function sourcesOfFile(pod: PodSpec, container: ContainerSpec, path: string): readonly KeyReference[] {
  return container.volumeMounts
    .flatMap((mount) => {
      const rest = below(mount.mountPath, path);
      const volume = pod.spec.volumes.find(({ name }) => name === mount.name);
      if (rest === null || volume === undefined) return [];
      const file = [mount.subPath, rest].filter((part) => part !== "").join("/");
      return [{ depth: mount.mountPath.length, sources: sourcesOfVolume(volume, file) }];
    })
    .toSorted((a, b) => b.depth - a.depth)
    .flatMap(({ sources }) => sources);
}

/** A file that a container sees; `null` where no ConfigMap or Secret gives it. Rejects with `cluster.*`. */
export async function readMountedFile(
  objects: ClusterObjects,
  pod: PodSpec,
  container: ContainerSpec,
  path: string,
  signal: AbortSignal,
): Promise<string | null> {
  for (const source of sourcesOfFile(pod, container, path)) {
    // oxlint-disable-next-line no-await-in-loop -- the next one only where this one has none
    const content = await readKey(objects, source, signal);
    if (content !== null) return content;
  }
  return null;
}

/** The path below a mount; empty where the mount is the file itself. */
function below(mountPath: string, path: string): string | null {
  const mount = mountPath.replace(/\/+$/, "");
  if (path === mount) return "";
  return path.startsWith(`${mount}/`) ? path.slice(mount.length + 1) : null;
}

function sourcesOfVolume({ configMap, secret, projected }: Volume, file: string): readonly KeyReference[] {
  const found = [
    ...(configMap ? [keyIn("configmaps", configMap.name, configMap.items, file)] : []),
    ...(secret ? [keyIn("secrets", secret.secretName, secret.items, file)] : []),
    ...(projected?.sources ?? []).flatMap((part) => [
      ...(part.configMap ? [keyIn("configmaps", part.configMap.name, part.configMap.items, file)] : []),
      ...(part.secret ? [keyIn("secrets", part.secret.name, part.secret.items, file)] : []),
    ]),
  ];
  return found.filter((reference) => reference !== null);
}

/** Where keys are listed, others are not in the volume. */
function keyIn(kind: KeyReference["kind"], name: string, items: Items, file: string): KeyReference | null {
  if (items.length === 0) return { kind, name, key: file };
  const item = items.find(({ path }) => path === file);
  return item === undefined ? null : { kind, name, key: item.key };
}
