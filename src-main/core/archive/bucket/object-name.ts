import { parseChunkKey, type KnownKey } from "../../common/loki-format/chunk-key.ts";

/** Loki's first commit; a name with earlier times is a file of somebody else that looks like a key. */
const FIRST_CHUNK_MS = Date.UTC(2018, 0, 1);
/** Nanoseconds of 64 bits end in 2262. */
const LAST_CHUNK_MS = Date.UTC(2262, 0, 1);

function plausible(key: KnownKey): boolean {
  const { fromMs = 0, throughMs = 0 } = key;
  return fromMs >= FIRST_CHUNK_MS && throughMs >= fromMs && throughMs < LAST_CHUNK_MS;
}

/** Times that no log has are possible under Loki's own delimiter alone: `1-2-3` is anybody's file name. */
function accepted(text: string): KnownKey | null {
  const parsed = parseChunkKey(text);
  if (parsed === null) return null;
  return parsed.form.delimiter === ":" || plausible(parsed.key) ? parsed.key : null;
}

/**
 * What the name of a copied object says of its key, where one, two or all three of the key's folders are known: `null` when it
 * is no chunk's name.
 */
export function parseObjectName(name: string): KnownKey | null {
  const full = accepted(name);
  if (full !== null) return full;
  const withoutTenant = accepted(`-/${name}`);
  if (withoutTenant !== null) {
    const { tenant: _unknown, ...known } = withoutTenant;
    return known;
  }
  const timesAlone = accepted(`-/0/${name}`);
  if (timesAlone === null) return null;
  const { tenant: _tenant, fingerprint: _fingerprint, ...known } = timesAlone;
  return known;
}

/**
 * The object's name within a path below the opened folder: the last three segments, or the last two of older schemas, or as
 * many as there are. What is before is the store's prefix. `null` when the path is no chunk's.
 */
export function objectNameIn(path: string): string | null {
  const segments = path.split("/");
  for (const count of [3, 2, 1]) {
    if (segments.length < count) continue;
    const name = segments.slice(-count).join("/");
    const known = parseObjectName(name);
    // Two segments may be a folder of anything and a flat name without its tenant.
    if (known !== null && (count === 1 || segments.length === count || known.tenant !== undefined)) return name;
  }
  return null;
}

/**
 * What else lies in a Loki bucket, by path: the index and its tables, delete requests, rules, the seed of usage statistics,
 * deletion manifests and markers.
 */
export function isOtherLokiObject(path: string): boolean {
  const segments = path.split("/");
  const name = segments.at(-1) ?? "";
  if (name === "loki_cluster_seed.json" || /\.tsdb(\.gz)?$/.test(name)) return true;
  return segments
    .slice(0, -1)
    .some((folder) => /^(index|rules|retention|delete_requests|__deletion_manifest__|.*index_\d+)$/.test(folder));
}
