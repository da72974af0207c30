import { gunzipSync } from "node:zlib";
import { parseIndexKey } from "../../../common/loki-format/tsdb/index-key.ts";
import type { ObjectKind, BucketLayout } from "../../integrity/object-kind.ts";
import { verdictOfFailure } from "../../integrity/chunk-verdict.ts";
import { readListedObject } from "../../integrity/read-object.ts";
import type { ObjectInfo, ObjectStore } from "../../object-store.ts";

const SEED = "loki_cluster_seed.json";
const RULES = "rules/";
const OTHER_MAX_BYTES = 256 * 2 ** 20;

/**
 * What Loki keeps beside chunks and TSDB index and cannot make again: `other` are delete requests, rules and the cluster's seed;
 * `boltdb` is the index of schemas up to v12. `null` for everything else: bloom blocks are made again, markers and manifests
 * are of the moment, and what is the console's own or a stranger's is nobody's to bring back.
 */
export function otherKind(key: string, kind: ObjectKind, layout: BucketLayout): "other" | "boltdb" | null {
  if (kind.kind !== "known" || layout.foreignPrefixes.some((prefix) => key.startsWith(prefix))) return null;
  if (key === SEED || key.startsWith(RULES)) return "other";
  if (!key.startsWith(layout.indexPrefix)) return null;
  const index = parseIndexKey(key.slice(layout.indexPrefix.length));
  if (index?.kind === "delete-requests") return "other";
  return index?.kind === "boltdb" ? "boltdb" : null;
}

/** Whether such an object can be read as what it is: there are no checksums in it but those of gzip. */
export async function isOtherReadable(store: ObjectStore, object: ObjectInfo, signal: AbortSignal): Promise<boolean> {
  if (object.sizeBytes === 0) return false;
  if (!object.key.endsWith(".gz") && !object.key.endsWith(".json")) return true;
  try {
    const reading = await readListedObject(store, object, OTHER_MAX_BYTES, signal);
    if (reading === "too-large") return false;
    return object.key.endsWith(".gz") ? unpacks(reading.bytes) : isJson(reading.bytes);
  } catch (error) {
    if (signal.aborted) throw error;
    verdictOfFailure(error);
    return false;
  }
}

function unpacks(bytes: Uint8Array): boolean {
  try {
    gunzipSync(bytes, { maxOutputLength: OTHER_MAX_BYTES });
    return true;
  } catch {
    // What does not unpack, or to far more than such a file has, is not what it was.
    return false;
  }
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(bytes).toString("utf8"));
    return true;
  } catch {
    return false;
  }
}
