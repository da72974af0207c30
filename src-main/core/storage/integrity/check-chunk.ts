import { crc32c } from "@node-rs/crc32";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { StorageFinding, StorageFindingKind } from "../../../../src-shared/model/storage-finding.ts";
import type { ChunkFinding } from "../../common/loki-format/chunk-finding.ts";
import { compareWithKey } from "../../common/loki-format/chunk-identity.ts";
import { formatChunkKey, type ChunkKey } from "../../common/loki-format/chunk-key.ts";
import { readOuter } from "../../common/loki-format/chunk-outer.ts";
import { checkObjectChecksum, decodeChunk, type DecodedChunk } from "../../common/loki-format/decode-chunk.ts";
import { bytesInMemory } from "../../common/loki-format/object-bytes.ts";

/** What is wrong with one chunk object. */
export interface ChunkDamage {
  readonly kind: StorageFindingKind;
  /** Of the stream that the object itself names, where it belongs to the key's tenant. */
  readonly labels: LabelSet | null;
  /** Where the chunk should stand by what it says of itself; `null` where it says nothing or nothing else. */
  readonly ownKey: string | null;
  readonly entriesLost: number | null;
  readonly evidence: StorageFinding["evidence"];
}

const OF_HEAD = new Set(["metadata-unreadable", "encoding-unknown", "data-length"]);
/** What a sound chunk under another's key shows. */
const OF_KEY = new Set(["key-checksum", "key-tenant", "key-fingerprint", "key-from", "key-through"]);

/**
 * Checks a chunk object against its key. `fast` computes the checksum of the whole object, which every change of a byte
 * breaks, and compares the head with the key; what fails is decoded in both modes, to say what it is. `deep` decodes all and
 * finds what was wrong before the key was made. `null` for a sound one.
 */
export function checkChunk(bytes: Uint8Array, key: ChunkKey, mode: "fast" | "deep"): ChunkDamage | null {
  if (bytes.length === 0)
    return { kind: "zero-byte-chunk", labels: null, ownKey: null, entriesLost: null, evidence: [] };
  if (mode === "fast" && checkObjectChecksum(bytes, key) === null && headMatches(bytes, key)) return null;
  const decoded = decodeChunk(bytes, key);
  if (decoded.findings.length === 0) return null;
  const kind = damageKind(decoded);
  const metadata = decoded.outer?.metadata ?? null;
  return {
    kind,
    labels: metadata?.tenant === key.tenant ? metadata.labels : null,
    ownKey: ownKey(bytes, key, decoded),
    entriesLost: entriesLost(decoded, kind),
    evidence: decoded.findings.slice(0, 20).map(evidenceOf),
  };
}

/** A copy under another key has the checksum of the one that it was copied from. */
function headMatches(bytes: Uint8Array, key: ChunkKey): boolean {
  const metadata = readOuter(bytesInMemory(bytes)).part?.metadata ?? null;
  return metadata !== null && compareWithKey(metadata, key).length === 0;
}

function damageKind({ findings, outer }: DecodedChunk): StorageFindingKind {
  const kinds = new Set<string>(findings.map(({ kind }) => kind));
  if (kinds.has("not-a-chunk")) return "garbage-object";
  if (kinds.has("truncated")) return "truncated-chunk";
  if (outer !== null && [...kinds].every((kind) => OF_KEY.has(kind))) {
    return kinds.has("key-tenant") ? "cross-tenant-chunk" : "wrong-key-checksum";
  }
  if ([...OF_HEAD].some((kind) => kinds.has(kind))) return "bitflip-metadata";
  return kinds.has("key-checksum") ? "bitflip-block" : "inconsistent-chunk";
}

function ownKey(bytes: Uint8Array, key: ChunkKey, { outer, findings }: DecodedChunk): string | null {
  if (outer?.metadata == null || !findings.every(({ kind }) => OF_KEY.has(kind))) return null;
  const { tenant, fingerprint, fromMs, throughMs } = outer.metadata;
  const own = formatChunkKey({ tenant, fingerprint, fromMs, throughMs, checksum: crc32c(bytes) });
  return own === formatChunkKey(key) ? null : own;
}

function entriesLost({ findings }: DecodedChunk, kind: StorageFindingKind): number | null {
  // Of a chunk with a wrong checksum Loki reads nothing; how much that is, the index knows.
  return kind === "inconsistent-chunk" ? findings.reduce((sum, finding) => sum + (finding.entriesLost ?? 0), 0) : null;
}

function evidenceOf({ kind, offset, expected, actual }: ChunkFinding): StorageFinding["evidence"][number] {
  return { what: kind, offset, expected: expected ?? null, actual: actual ?? null };
}
