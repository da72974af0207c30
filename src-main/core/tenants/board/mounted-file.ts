import { z } from "zod";

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const items = z
  .array(z.object({ key: z.string(), path: z.string() }))
  .nullish()
  .transform((value) => value ?? []);
const configMap = z.object({ name: text, items }).nullish();
const secret = z.object({ secretName: text, name: text, items }).nullish();

const volumeSchema = z.object({
  name: z.string(),
  configMap,
  secret,
  projected: z.object({ sources: z.array(z.object({ configMap, secret })).nullish() }).nullish(),
});
type Volume = z.output<typeof volumeSchema>;

const containerSchema = z.object({
  name: z.string(),
  command: z.array(z.string()).nullish(),
  args: z.array(z.string()).nullish(),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string(), subPath: text })).nullish(),
});

/** `v1 Pod`, as far as it says which files its containers see. */
export const mountingPodSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    containers: z.array(containerSchema).nullish(),
    volumes: z.array(volumeSchema).nullish(),
  }),
});
export type MountingPod = z.output<typeof mountingPodSchema>;
export type MountingContainer = z.output<typeof containerSchema>;

/** What a path in a container is: a key of a ConfigMap or of a Secret, or of another kind of volume, or in the image. */
export type MountedFile =
  | {
      readonly kind: "config-map" | "secret";
      readonly name: string;
      readonly key: string;
      /** Mounted by `subPath`: the kubelet never brings a change into such a pod. */
      readonly bySubPath: boolean;
    }
  | { readonly kind: "other"; readonly volume: string };

/** What stands behind an absolute path of a container, by the mount that is nearest to it. */
export function mountedFile(pod: MountingPod, container: MountingContainer, path: string): MountedFile {
  const mounts = (container.volumeMounts ?? [])
    .flatMap((mount) => {
      const rest = below(path, mount.mountPath);
      return rest === null ? [] : [{ ...mount, rest }];
    })
    .toSorted((one, other) => other.mountPath.length - one.mountPath.length);
  const [nearest] = mounts;
  const volume = (pod.spec.volumes ?? []).find(({ name }) => name === nearest?.name);
  if (nearest === undefined || volume === undefined) return { kind: "other", volume: "" };
  const bySubPath = nearest.subPath !== "";
  const inVolume = [nearest.subPath, nearest.rest].filter((part) => part !== "").join("/");
  return fileIn(volume, inVolume, bySubPath) ?? { kind: "other", volume: volume.name };
}

/** The part of a path below a folder, empty for the folder itself; `null` when it is elsewhere. */
function below(path: string, folder: string): string | null {
  const root = folder.replace(/\/+$/, "");
  if (path === root) return "";
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
}

function fileIn(
  { configMap: map, secret: hidden, projected }: Volume,
  path: string,
  bySubPath: boolean,
): MountedFile | null {
  if (map) return keyed("config-map", map.name, map.items, path, bySubPath);
  if (hidden) return keyed("secret", hidden.secretName || hidden.name, hidden.items, path, bySubPath);
  for (const source of projected?.sources ?? []) {
    const found =
      (source.configMap ? keyed("config-map", source.configMap.name, source.configMap.items, path, bySubPath) : null) ??
      (source.secret ? keyed("secret", source.secret.name, source.secret.items, path, bySubPath) : null);
    if (found !== null) return found;
  }
  return null;
}

function keyed(
  kind: "config-map" | "secret",
  name: string,
  listed: readonly { readonly key: string; readonly path: string }[],
  path: string,
  bySubPath: boolean,
): MountedFile | null {
  if (path === "") return null;
  if (listed.length === 0) return path.includes("/") ? null : { kind, name, key: path, bySubPath };
  const item = listed.find((candidate) => candidate.path === path);
  return item === undefined ? null : { kind, name, key: item.key, bySubPath };
}
