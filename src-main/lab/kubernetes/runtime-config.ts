import { createHash } from "node:crypto";
import { parse } from "yaml";
import type { RuntimeConfig } from "../metrics/simulated-pod.ts";
import { canonicalJson } from "./controllers/template-hash.ts";
import { isRecord } from "./field-set.ts";
import { type KubeObject, textAt } from "./kube-object.ts";
import type { ObjectStore } from "./object-store.ts";
import { knownResource } from "./resources.ts";

const CONFIG_MAPS = knownResource("", "configmaps");
const NAME = "loki-runtime";
const FILE = "runtime-config.yaml";
/** What Loki's runtime configuration may hold. */
const SECTIONS: ReadonlySet<string> = new Set(["overrides", "configs", "multi_kv_config"]);

/** Tells of the runtime configuration in its ConfigMap, as it is and whenever it changes. */
export function followRuntimeConfig(store: ObjectStore, tell: (config: RuntimeConfig) => void): void {
  const known = store.find(CONFIG_MAPS, "loki", NAME);
  if (known !== null) tell(runtimeConfig(known));
  store.listen(({ resource, type, object }) => {
    const own = object.metadata.namespace === "loki" && object.metadata.name === NAME;
    if (resource === CONFIG_MAPS && own && type !== "DELETED") tell(runtimeConfig(object));
  });
}

function runtimeConfig(map: KubeObject): RuntimeConfig {
  const text = map.data?.[FILE];
  let parsed: unknown;
  try {
    parsed = parse(typeof text === "string" ? text : textAt(map.data, FILE));
  } catch {
    // What cannot be parsed is what Loki cannot load: it goes on with what it had, and says so.
    return { sha256: null };
  }
  const valid = parsed === null || (isRecord(parsed) && Object.keys(parsed).every((section) => SECTIONS.has(section)));
  return { sha256: valid ? createHash("sha256").update(canonicalJson(parsed)).digest("hex") : null };
}
