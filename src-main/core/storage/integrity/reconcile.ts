import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import {
  MAX_FINDING_STREAMS,
  STORAGE_SEVERITIES,
  type StorageFinding,
} from "../../../../src-shared/model/storage-finding.ts";
import { parseChunkKey, type ChunkKey } from "../../common/loki-format/chunk-key.ts";
import { tableDayMs } from "../../common/loki-format/tsdb/index-key.ts";
import { daysOf } from "./chunk-book.ts";
import { ownsChunk, ownsKey } from "../shards/scan-shard.ts";
import type { BrokenIndex, DanglingReference, IndexPass } from "./index-pass.ts";
import type { DamagedChunk, ObjectFacts, UnreadableObject } from "./integrity-scan.ts";
import type { BucketLayout } from "./object-kind.ts";

const DAY_MS = 86_400_000;

/** Whose labels are looked up one by one; a bucket without an index has orphans by the million. */
const MAX_ORPHANS_READ = 1_000;

/**
 * Findings of objects and indexes, the worst first, then by key. What follows from another is part of it: chunks whose only
 * index cannot be read are no orphans of their own.
 */
export async function reconciled(
  facts: ObjectFacts,
  pass: IndexPass,
  layout: BucketLayout,
  labelsOf: (key: string) => Promise<LabelSet | null>,
): Promise<readonly StorageFinding[]> {
  const { shard = null } = facts;
  const findings: StorageFinding[] = [
    ...facts.damaged.map((damaged) => damagedFinding(damaged, facts, pass)),
    ...facts.garbage.map(({ key, sizeBytes }) =>
      plain({ kind: "garbage-object", severity: "info", key, bytes: sizeBytes }),
    ),
    ...facts.unreadable.map((unreadable) => unreadableFinding(unreadable, pass)),
    ...[...pass.dangling.values()].map(danglingFinding),
    ...pass.duplicates.map(({ key, of, index, sizeBytes }) =>
      plain({
        kind: "duplicate-index-file",
        severity: "warning",
        key,
        bytes: sizeBytes,
        ...rangeOfTable(index.table),
        tenant: tenantOf(index),
        evidence: [told("same-index", of)],
      }),
    ),
  ].filter(({ key }) => shard === null || ownsKey(shard, key));
  const broken = new Map(pass.broken.map((index) => [index.key, { ...index, unindexed: new Unindexed() }]));
  const missing = new Map<string, Unindexed & { day: number; tenant: string }>();
  let read = 0;
  for (const { key, chunk, sizeBytes } of facts.book.orphans()) {
    if (shard !== null && !ownsChunk(shard, chunk)) continue;
    const uncovered = daysOf(chunk).filter((day) => !pass.covered.has(`${day} ${chunk.tenant}`));
    const [day] = uncovered;
    if (day === undefined) {
      read += 1;
      // oxlint-disable-next-line no-await-in-loop -- orphans are few where the index is whole
      findings.push(orphanFinding(key, chunk, sizeBytes, read <= MAX_ORPHANS_READ ? await labelsOf(key) : null));
      continue;
    }
    const culprit = [...broken.values()].find(({ index }) => isOf(index, day, chunk.tenant));
    if (culprit !== undefined) {
      culprit.unindexed.add(chunk, sizeBytes);
      continue;
    }
    const id = `${day} ${chunk.tenant}`;
    const group = missing.get(id) ?? Object.assign(new Unindexed(), { day, tenant: chunk.tenant });
    missing.set(id, group);
    group.add(chunk, sizeBytes);
  }
  findings.push(...[...broken.values()].map((each) => brokenFinding(each, each.unindexed)));
  for (const group of missing.values()) findings.push(missingIndexFinding(group, layout, pass));
  return findings.toSorted(
    (a, b) =>
      STORAGE_SEVERITIES.indexOf(a.severity) - STORAGE_SEVERITIES.indexOf(b.severity) ||
      (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
  );
}

/** Chunks that are whole and that no query finds. */
class Unindexed {
  chunks = 0;
  bytes = 0;
  fromMs = Number.POSITIVE_INFINITY;
  throughMs = Number.NEGATIVE_INFINITY;
  readonly fingerprints = new Set<bigint>();

  add({ fromMs, throughMs, fingerprint }: ChunkKey, sizeBytes: number): void {
    this.chunks += 1;
    this.bytes += sizeBytes;
    this.fromMs = Math.min(this.fromMs, fromMs);
    this.throughMs = Math.max(this.throughMs, throughMs);
    this.fingerprints.add(fingerprint);
  }

  get told(): Pick<StorageFinding, "streams" | "streamCount" | "chunks"> {
    return {
      streams: [...this.fingerprints].slice(0, MAX_FINDING_STREAMS).map((fingerprint) => stream(fingerprint, null)),
      streamCount: this.fingerprints.size,
      chunks: this.chunks,
    };
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
  { book }: ObjectFacts,
  pass: IndexPass,
): StorageFinding {
  const known = pass.described.get(key);
  const own = damage.ownKey;
  // The same bytes stand where they belong as well: nothing is lost that was ever under this key alone.
  const ownChunk = own === null ? undefined : parseChunkKey(own)?.key;
  const copied =
    ownChunk !== undefined &&
    book.has(ownChunk) &&
    damage.kind === "wrong-key-checksum" &&
    !damage.evidence.some(({ what }) => what === "key-checksum");
  const referenced = book.isReferenced(chunk);
  const kind = copied ? "duplicate-chunk" : damage.kind;
  return plain({
    kind,
    severity: referenced ? "critical" : kind === "garbage-object" || kind === "duplicate-chunk" ? "info" : "warning",
    key,
    bytes: sizeBytes,
    streams: [stream(chunk.fingerprint, known?.labels ?? (kind === "wrong-key-checksum" ? null : damage.labels))],
    entriesLost: damage.entriesLost ?? known?.entries ?? null,
    evidence: [...damage.evidence, ...(own === null ? [] : [told("own-key", own)])],
  });
}

function unreadableFinding({ object, code }: UnreadableObject, pass: IndexPass): StorageFinding {
  const { key, sizeBytes: bytes } = object;
  const finding = plain({ kind: "unreadable-object", severity: "critical", key, bytes, evidence: [told(code)] });
  const known = pass.described.get(key);
  const fingerprint = parseChunkKey(key)?.key.fingerprint;
  if (known === undefined || fingerprint === undefined) return finding;
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

function isOf(index: BrokenIndex["index"], day: number, tenant: string): boolean {
  return tableDayMs(index.table) === day * DAY_MS && (index.kind === "uploaded" || index.tenant === tenant);
}

function brokenFinding({ key, index, sizeBytes, reading, problem }: BrokenIndex, unindexed: Unindexed): StorageFinding {
  const range =
    unindexed.chunks > 0 ? { fromMs: unindexed.fromMs, throughMs: unindexed.throughMs } : rangeOfTable(index.table);
  return plain({
    kind: reading === null ? "corrupt-gz-index" : "corrupt-index",
    severity: "critical",
    key,
    tenant: tenantOf(index),
    bytes: sizeBytes,
    ...range,
    ...unindexed.told,
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
): StorageFinding {
  return plain({
    kind: "missing-index-of-day",
    severity: "critical",
    key: `${indexPrefix}${pass.tableOf(group.day)}/${group.tenant}/`,
    tenant: group.tenant,
    bytes: group.bytes,
    fromMs: group.fromMs,
    throughMs: group.throughMs,
    ...group.told,
  });
}
