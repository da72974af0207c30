import type { ObjectStore } from "./object-store.ts";
import type { KubeObject } from "./kube-object.ts";
import { knownResource } from "./resources.ts";

const CONFIG_MAPS = knownResource("", "configmaps");
/** The ConfigMap that every pod of Loki mounts, and the file in it. */
export const RUNTIME_CONFIG_MAP = "loki-runtime";
export const RUNTIME_CONFIG_KEY = "runtime-config.yaml";

/** Tells of the runtime configuration in its ConfigMap whenever it changes. One that is deleted leaves the volumes as they are. */
export function followRuntimeConfig(store: ObjectStore, tell: (text: string) => void): void {
  store.listen(({ resource, type, object }) => {
    const own = object.metadata.namespace === "loki" && object.metadata.name === RUNTIME_CONFIG_MAP;
    if (resource !== CONFIG_MAPS || !own || type === "DELETED") return;
    const text = runtimeText(object);
    if (text !== null) tell(text);
  });
}

/** `null` when the file is not in the map: it vanishes from the volume, and what was loaded stays in force. */
function runtimeText(map: KubeObject): string | null {
  const text = map.data?.[RUNTIME_CONFIG_KEY];
  if (typeof text === "string") return text;
  const binary = (map as { readonly binaryData?: Readonly<Record<string, unknown>> }).binaryData?.[RUNTIME_CONFIG_KEY];
  return typeof binary === "string" ? Buffer.from(binary, "base64").toString() : null;
}
