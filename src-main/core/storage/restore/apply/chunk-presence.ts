import type { RestorePlan } from "../../../../../src-shared/model/storage/restore.ts";
import { formatChunkKey, type ChunkKey } from "../../../common/loki-format/chunk-key.ts";
import { readTsdbIndex } from "../../../common/loki-format/tsdb/read-tsdb-index.ts";
import { ChunkBook } from "../../integrity/chunk-book.ts";
import { objectKind, type BucketLayout } from "../../integrity/object-kind.ts";
import { INDEX_MAX_BYTES, unpackIndex } from "../../integrity/unpack-index.ts";
import type { ObjectStore } from "../../object-store.ts";

/** All chunks that stand in a bucket now; a million take some 60 MB. */
export async function chunksThere(store: ObjectStore, layout: BucketLayout, signal: AbortSignal): Promise<ChunkBook> {
  const book = new ChunkBook();
  for (let token: string | null = null; ;) {
    const page = await store.list({ prefix: "", ...(token === null ? {} : { token }) }, signal);
    for (const { key, sizeBytes } of page.objects) {
      const kind = objectKind(key, layout);
      if (kind.kind === "chunk") book.add(key, kind.chunk, sizeBytes);
    }
    if (page.nextToken === null || page.nextToken === token) return book;
    token = page.nextToken;
  }
}

/** Why an index file must wait; `null` where it may be put. */
export type IndexHindrance =
  | { readonly problem: "index-unreadable" }
  | { readonly problem: "index-names-failed" | "index-names-missing"; readonly chunk: string };

/**
 * Whether an index file may be put: every chunk that it names is there, or known to be lost. `failed` are keys that the
 * restore itself could not bring back; a chunk of a stream that the plan counts as lost is known.
 */
export function indexHindrance(
  packed: Uint8Array,
  key: string,
  facts: {
    readonly layout: BucketLayout;
    readonly there: ChunkBook;
    readonly failed: ReadonlySet<string>;
    readonly isKnownLost: (chunk: ChunkKey) => boolean;
  },
): IndexHindrance | null {
  const kind = objectKind(key, facts.layout);
  if (kind.kind !== "index") return null;
  const { bytes } = unpackIndex(packed, INDEX_MAX_BYTES);
  if (bytes === null) return { problem: "index-unreadable" };
  let found: IndexHindrance | null = null;
  const reading = readTsdbIndex(bytes, kind.index, ({ tenant, fingerprint, chunks }) => {
    for (let at = 0; at < chunks.count && found?.problem !== "index-names-failed"; at += 1) {
      const named = {
        tenant,
        fingerprint,
        fromMs: chunks.fromMs[at] ?? 0,
        throughMs: chunks.throughMs[at] ?? 0,
        checksum: chunks.checksum[at] ?? 0,
      };
      const present = facts.there.keyOf(named);
      const chunk = present ?? formatChunkKey(named);
      if (facts.failed.has(chunk)) found = { problem: "index-names-failed", chunk };
      else if (present === null && !facts.isKnownLost(named)) found ??= { problem: "index-names-missing", chunk };
    }
  });
  if (reading.toc === null || reading.findings.length > 0) return { problem: "index-unreadable" };
  return found;
}

/** What a plan knows to be lost, by stream and time; of one whose list is cut nothing can be held against an index file. */
export function knownLost({ lost, lostStreams, counts, request }: RestorePlan): (chunk: ChunkKey) => boolean {
  if (lost.length < lostStreams) return () => true;
  const { tenants, fromMs, throughMs } = request.scope;
  const byStream = new Map<string, { readonly fromMs: number; readonly throughMs: number }[]>();
  for (const stream of lost) {
    const name = streamName(stream.tenant, stream.fingerprint);
    const times = byStream.get(name) ?? [];
    times.push(stream);
    byStream.set(name, times);
  }
  return (chunk) => {
    if (tenants !== null && tenants.length > 0 && !tenants.includes(chunk.tenant)) return true;
    if ((fromMs !== null && chunk.throughMs < fromMs) || (throughMs !== null && chunk.fromMs > throughMs)) return true;
    const times = byStream.get(streamName(chunk.tenant, chunk.fingerprint.toString(16))) ?? [];
    return counts.lost > 0 && times.some((time) => chunk.fromMs <= time.throughMs && chunk.throughMs >= time.fromMs);
  };
}

function streamName(tenant: string, fingerprint: string): string {
  return `${tenant}/${fingerprint.replace(/^0+(?=.)/, "")}`;
}
