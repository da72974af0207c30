import { parseChunkKey, type ChunkKey } from "../../common/loki-format/chunk-key.ts";
import { parseIndexKey, type IndexKey } from "../../common/loki-format/tsdb/index-key.ts";

/** What an object is by its key alone. */
export type ObjectKind =
  | { readonly kind: "chunk"; readonly chunk: ChunkKey }
  | { readonly kind: "index"; readonly index: Extract<IndexKey, { kind: "uploaded" | "compacted" }> }
  /** Loki's or the console's, and not looked into. */
  | { readonly kind: "known" }
  | { readonly kind: "unknown" };

export interface BucketLayout {
  /** `index/` as a rule (`index.path_prefix` of the schema). */
  readonly indexPrefix: string;
  /** Keys of whoever else uses the bucket, the console's quarantine among them. */
  readonly foreignPrefixes: readonly string[];
}

export const DEFAULT_LAYOUT: BucketLayout = { indexPrefix: "index/", foreignPrefixes: [] };

const SEED = "loki_cluster_seed.json";
/** The ruler's groups, and what the bloom builder keeps. */
const KNOWN_PREFIXES = ["rules/", "bloom/", "dataobj/", "__deletion_manifest__/"];

/** Tells objects of a Loki bucket apart (layout: Loki 3.7 `pkg/storage`, schema v12 and later). */
export function objectKind(key: string, { indexPrefix, foreignPrefixes }: BucketLayout = DEFAULT_LAYOUT): ObjectKind {
  if (key === SEED || [...KNOWN_PREFIXES, ...foreignPrefixes].some((prefix) => key.startsWith(prefix))) {
    return { kind: "known" };
  }
  if (key.startsWith(indexPrefix)) {
    const index = parseIndexKey(key.slice(indexPrefix.length));
    if (index === null) return { kind: "unknown" };
    return index.kind === "uploaded" || index.kind === "compacted" ? { kind: "index", index } : { kind: "known" };
  }
  const parsed = parseChunkKey(key);
  return parsed === null ? { kind: "unknown" } : { kind: "chunk", chunk: parsed.key };
}
