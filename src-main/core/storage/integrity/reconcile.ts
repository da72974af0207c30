import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import { MAX_FINDING_STREAMS, type StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import { parseChunkKey, type ChunkKey } from "../../common/loki-format/chunk-key.ts";
import { tableDayMs } from "../../common/loki-format/tsdb/index-key.ts";
import { daysOf, type ChunkBook } from "./chunk-book.ts";
import type { BrokenIndex, IndexPass } from "./index-pass.ts";
import type { BucketLayout } from "./object-kind.ts";
import type { ScanReach } from "./scan-reach.ts";
import type { DamagedChunk, DanglingReference, ScanSpill, UnreadableObject } from "./scan-spill.ts";

const DAY_MS = 86_400_000;

/** Streams that a finding names, with a chunk that tells the labels where no index does. */
type StreamLabels = (chunk: ChunkKey, key: string) => Promise<LabelSet | null | "gone">;

/** What was found out of a bucket, to be put together. */
export interface Reconciled {
  readonly book: ChunkBook;
  readonly spill: ScanSpill;
  readonly pass: IndexPass;
  readonly layout: BucketLayout;
  readonly reach: ScanReach;
  /** Labels of a stream by the index of another day or the chunk itself; `gone` where that is not there any more. */
  readonly labelsOf: StreamLabels;
  /** Whether an index would name it by now: ingesters put chunks first and their index a while later. */
  readonly settled: (chunk: ChunkKey) => boolean;
}

/**
 * Findings of objects and indexes, one at a time and in no order. What follows from another is part of it: chunks whose only
 * index cannot be read are no orphans of their own.
 */
export async function* reconciled(parts: Reconciled): AsyncGenerator<StorageFinding> {
  for (const finding of ofObjects(parts)) if (parts.reach.finding(finding)) yield finding;
  for await (const finding of ofIndexes(parts)) if (parts.reach.finding(finding)) yield finding;
}

function* ofObjects({ book, spill, pass, reach }: Reconciled): Generator<StorageFinding> {
  for (const damaged of spill.damaged()) {
    if (reach.owns(damaged.key)) yield damagedFinding(damaged, book, pass);
  }
  for (const { key, sizeBytes } of spill.garbage()) {
    if (reach.owns(key)) yield plain({ kind: "garbage-object", severity: "info", key, bytes: sizeBytes });
  }
  for (const unreadable of spill.unreadable()) {
    if (reach.owns(unreadable.object.key)) yield unreadableFinding(unreadable, pass);
  }
  for (const dangling of spill.dangling()) if (reach.owns(dangling.key)) yield danglingFinding(dangling);
  for (const { key, of, index, sizeBytes } of pass.duplicates) {
    if (!reach.owns(key)) continue;
    yield plain({
      kind: "duplicate-index-file",
      severity: "warning",
      key,
      bytes: sizeBytes,
      ...rangeOfTable(index.table),
      tenant: tenantOf(index),
      evidence: [told("same-index", of)],
    });
  }
}

async function* ofIndexes(parts: Reconciled): AsyncGenerator<StorageFinding> {
  const { book, pass, layout, reach, labelsOf } = parts;
  const broken = pass.broken.map((index) => ({ ...index, unindexed: new Unindexed() }));
  const brokenOf = Map.groupBy(broken, ({ index }) => tableDayMs(index.table));
  const missing = new Map<string, Unindexed & { day: number; tenant: string }>();
  for (const { key, chunk, sizeBytes, sound } of book.orphans()) {
    if (!reach.chunk(chunk)) continue;
    const days = daysOf(chunk);
    if (days.some((day) => pass.isUnread(day, chunk.tenant))) continue;
    // Files of a table overlap, and others of the day that can be read say nothing of what this one named.
    const culprit = days
      .flatMap((each) => brokenOf.get(each * DAY_MS) ?? [])
      .find(({ index }) => mayHaveNamed(index, chunk));
    if (culprit !== undefined) {
      culprit.unindexed.add(chunk, key, sizeBytes);
      continue;
    }
    const day = days.find((each) => !pass.covered.has(`${each} ${chunk.tenant}`));
    if (day === undefined) {
      // What nobody has read may be anything.
      if (!sound || !parts.settled(chunk)) continue;
      // oxlint-disable-next-line no-await-in-loop -- orphans are few where the index is whole
      const labels = await labelsOf(chunk, key);
      if (labels !== "gone") yield orphanFinding(key, chunk, sizeBytes, labels);
      continue;
    }
    const id = `${day} ${chunk.tenant}`;
    const group = missing.get(id) ?? Object.assign(new Unindexed(), { day, tenant: chunk.tenant });
    missing.set(id, group);
    group.add(chunk, key, sizeBytes);
  }
  // Which shard's chunks they are about, is all that a shard tells of an index.
  // oxlint-disable-next-line no-await-in-loop -- their streams are asked for one by one
  for (const each of broken) yield brokenFinding(each, each.unindexed, await each.unindexed.told(labelsOf));
  // oxlint-disable-next-line no-await-in-loop -- as above
  for (const group of missing.values()) yield missingIndexFinding(group, layout, pass, await group.told(labelsOf));
}

/** What an index would name, of a finding about it. */
type ToldStreams = Pick<StorageFinding, "streams" | "streamCount" | "chunks">;

/** Chunks that are whole and that no query finds. */
class Unindexed {
  chunks = 0;
  bytes = 0;
  fromMs = Number.POSITIVE_INFINITY;
  throughMs = Number.NEGATIVE_INFINITY;
  readonly #fingerprints = new Set<bigint>();
  readonly #first: { readonly chunk: ChunkKey; readonly key: string }[] = [];

  add(chunk: ChunkKey, key: string, sizeBytes: number): void {
    this.chunks += 1;
    this.bytes += sizeBytes;
    this.fromMs = Math.min(this.fromMs, chunk.fromMs);
    this.throughMs = Math.max(this.throughMs, chunk.throughMs);
    if (this.#fingerprints.has(chunk.fingerprint)) return;
    this.#fingerprints.add(chunk.fingerprint);
    if (this.#first.length < MAX_FINDING_STREAMS) this.#first.push({ chunk, key });
  }

  async told(labelsOf: StreamLabels): Promise<ToldStreams> {
    const streams: StorageFinding["streams"] = [];
    for (const { chunk, key } of this.#first) {
      // oxlint-disable-next-line no-await-in-loop -- a handful
      const labels = await labelsOf(chunk, key);
      streams.push(stream(chunk.fingerprint, labels === "gone" ? null : labels));
    }
    return { streams, streamCount: this.#fingerprints.size, chunks: this.chunks };
  }
}

function stream(fingerprint: bigint, labels: LabelSet | null): StorageFinding["streams"][number] {
  return { fingerprint: fingerprint.toString(16), labels: labels === null ? null : { ...labels } };
}

function told(
  what: string,
  actual: string | null = null,
  expected: string | null = null,
): StorageFinding["evidence"][number] {
  return { what, offset: null, expected, actual };
}

function plain(
  finding: Pick<StorageFinding, "kind" | "severity" | "key" | "bytes"> & Partial<StorageFinding>,
): StorageFinding {
  const parsed = parseChunkKey(finding.key)?.key;
  const one = parsed === undefined ? [] : [stream(parsed.fingerprint, null)];
  return {
    tenant: parsed?.tenant ?? null,
    streams: one,
    streamCount: one.length,
    fromMs: parsed?.fromMs ?? null,
    throughMs: parsed?.throughMs ?? null,
    entriesLost: null,
    chunks: parsed === undefined ? 0 : 1,
    evidence: [],
    ...finding,
  };
}

function damagedFinding(
  { key, chunk, sizeBytes, damage }: DamagedChunk,
  book: ChunkBook,
  pass: IndexPass,
): StorageFinding {
  const known = pass.spill.described(key);
  const own = damage.ownKey;
  // The same bytes stand where they belong as well: nothing is lost that was ever under this key alone.
  const ownChunk = own === null ? undefined : parseChunkKey(own)?.key;
  const copied =
    ownChunk !== undefined &&
    book.has(ownChunk) &&
    damage.kind === "wrong-key-checksum" &&
    !damage.evidence.some(({ what }) => what === "key-checksum");
  const referenced = book.isReferenced(chunk);
  const neighbours = pass.labelsOf(chunk.tenant, chunk.fingerprint);
  const kind = copied ? "duplicate-chunk" : damage.kind;
  return plain({
    kind,
    severity: referenced ? "critical" : kind === "garbage-object" || kind === "duplicate-chunk" ? "info" : "warning",
    key,
    bytes: sizeBytes,
    streams: [
      stream(chunk.fingerprint, known?.labels ?? neighbours ?? (kind === "wrong-key-checksum" ? null : damage.labels)),
    ],
    entriesLost: damage.entriesLost ?? known?.entries ?? null,
    evidence: [...damage.evidence, ...(own === null ? [] : [told("own-key", own)])],
  });
}

function unreadableFinding({ object, code }: UnreadableObject, pass: IndexPass): StorageFinding {
  const { key, sizeBytes: bytes } = object;
  const finding = plain({ kind: "unreadable-object", severity: "critical", key, bytes, evidence: [told(code)] });
  const known = pass.spill.described(key);
  const fingerprint = parseChunkKey(key)?.key.fingerprint;
  if (known === null || fingerprint === undefined) return finding;
  return { ...finding, streams: [stream(fingerprint, known.labels)], entriesLost: known.entries };
}

/** What the compactor still names is lost; what only ingesters have uploaded again may have been deleted on purpose. */
function danglingFinding({
  key,
  tenant,
  fingerprint,
  labels,
  kibibytes,
  entries,
  compacted,
  index,
}: DanglingReference): StorageFinding {
  return plain({
    kind: "missing-chunk",
    severity: compacted ? "critical" : "warning",
    key,
    tenant,
    bytes: 0,
    streams: [stream(fingerprint, labels)],
    entriesLost: compacted ? entries : null,
    evidence: [
      told(compacted ? "named-by-compacted-index" : "named-by-uploaded-index-alone", index),
      told("uncompressed-kib", String(kibibytes)),
      told("entries", String(entries)),
    ],
  });
}

function orphanFinding(key: string, chunk: ChunkKey, bytes: number, labels: LabelSet | null): StorageFinding {
  return plain({ kind: "orphan-chunk", severity: "warning", key, bytes, streams: [stream(chunk.fingerprint, labels)] });
}

function tenantOf(index: BrokenIndex["index"]): string | null {
  return index.kind === "compacted" ? index.tenant : null;
}

function rangeOfTable(table: string): Pick<StorageFinding, "fromMs" | "throughMs"> {
  const day = tableDayMs(table);
  return { fromMs: day, throughMs: day === null ? null : day + DAY_MS - 1 };
}

/** An ingester's index takes chunks for 15 minutes before the next one is begun, and is uploaded within one more. */
const UPLOADED_SPAN_MS = 16 * 60_000;

/**
 * Whether an index file that cannot be read can have named a chunk of its day: a compacted one has the bounds of its chunks in
 * its name, an uploaded one knows of none that was written after it was closed.
 */
function mayHaveNamed(index: BrokenIndex["index"], chunk: ChunkKey): boolean {
  if (index.kind === "uploaded") return chunk.throughMs <= index.createdMs + UPLOADED_SPAN_MS;
  return index.tenant === chunk.tenant && index.fromMs <= chunk.fromMs && chunk.throughMs <= index.throughMs;
}

function brokenFinding(
  { key, index, sizeBytes, reading, problem }: BrokenIndex,
  unindexed: Unindexed,
  streams: ToldStreams,
): StorageFinding {
  const range =
    unindexed.chunks > 0 ? { fromMs: unindexed.fromMs, throughMs: unindexed.throughMs } : rangeOfTable(index.table);
  return plain({
    kind: reading === null ? "corrupt-gz-index" : "corrupt-index",
    severity: "critical",
    key,
    tenant: tenantOf(index),
    bytes: sizeBytes,
    ...range,
    ...streams,
    evidence:
      reading === null
        ? [told("gzip", problem)]
        : reading.findings.slice(0, 20).map(({ kind, offset, expected, actual }) => ({
            what: kind,
            offset,
            expected: expected ?? null,
            actual: actual ?? null,
          })),
  });
}

function missingIndexFinding(
  group: Unindexed & { readonly day: number; readonly tenant: string },
  { indexPrefix }: BucketLayout,
  pass: IndexPass,
  streams: ToldStreams,
): StorageFinding {
  return plain({
    kind: "missing-index-of-day",
    severity: "critical",
    key: `${indexPrefix}${pass.tableOf(group.day)}/${group.tenant}/`,
    tenant: group.tenant,
    bytes: group.bytes,
    fromMs: group.fromMs,
    throughMs: group.throughMs,
    ...streams,
  });
}
