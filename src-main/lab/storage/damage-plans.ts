import { formatChunkKey, parseChunkKey } from "../../core/common/loki-format/chunk-key.ts";
import type { BucketDamage } from "../../../src-shared/model/lab-fault.ts";
import { mix, SeededRandom, textSeed } from "../traffic/seeded-random.ts";
import type { WrittenChunk, WrittenIndex } from "./loki-bucket.ts";
import { buildChunk } from "./loki-chunk.ts";
import { buildTsdbIndex } from "./tsdb-index.ts";
import { seriesOf } from "./index-files.ts";

/** What is done to one object: other bytes, or `null` for none. */
export interface DamageStep {
  readonly key: string;
  readonly bytes: Buffer | null;
}

/** What there is to damage: whole chunks, oldest first, and whole index files. */
export interface DamageSource {
  readonly chunks: readonly WrittenChunk[];
  readonly indexes: readonly WrittenIndex[];
  readonly seed: number;
}

/** So many chunks a damage, of different tenants. */
const CHUNKS = 3;
const DANGLING = 12;

/** What a damage does to the bucket; nothing where there is nothing to do it to. The same seed damages the same objects. */
export function planDamage(kind: BucketDamage, source: DamageSource): readonly DamageStep[] {
  const random = new SeededRandom(mix(source.seed, textSeed(kind)));
  const chosen = chooseChunks(source.chunks, random);
  switch (kind) {
    case "zero-byte-chunk":
      return chosen.map(({ key }) => ({ key, bytes: Buffer.alloc(0) }));
    case "truncated-chunk":
      return chosen.map(({ key, bytes }) => ({ key, bytes: copyOf(bytes, Math.floor(bytes.length * 0.6)) }));
    case "bitflip-metadata":
      return chosen.map(({ key, bytes }) => ({ key, bytes: flipped(bytes, 60 + random.int(0, 20)) }));
    case "bitflip-block":
      return chosen.map(({ key, bytes }) => ({ key, bytes: flipped(bytes, insideBlock(bytes, random)) }));
    case "missing-chunk":
      return chosen.map(({ key }) => ({ key, bytes: null }));
    case "wrong-key-checksum":
      return chosen.flatMap(({ key, tenant }) =>
        othersBytes(key, source.chunks, random, (other) => other.tenant === tenant),
      );
    case "cross-tenant-chunk":
      return chosen.flatMap(({ key, tenant }) =>
        othersBytes(key, source.chunks, random, (other) => other.tenant !== tenant),
      );
    case "duplicate-chunk":
      return chosen.flatMap(({ key, bytes }) => {
        const parsed = parseChunkKey(key);
        if (parsed === null) return [];
        return [{ key: formatChunkKey({ ...parsed.key, throughMs: parsed.key.throughMs + 7 }), bytes }];
      });
    case "orphan-chunk":
      return chosen.map(orphanOf);
    case "garbage-object":
      return chosen.flatMap(({ tenant, key }, at) => garbageOf(tenant, key, at, random));
    case "corrupt-gz-index":
      return compacted(source.indexes)
        .slice(0, 1)
        .map(({ key, bytes }) => ({ key, bytes: inverted(bytes) }));
    case "missing-index-of-day":
      return indexOfDay(source.indexes);
    case "duplicate-index-file":
      return compacted(source.indexes)
        .slice(0, 1)
        .map(({ key, bytes }) => ({ key: key.replace(/(\d{19})-compactor/, nextNumber), bytes }));
    case "dangling-references":
      return danglingIndex(source.chunks, random);
  }
}

/** Some of each tenant, neither the youngest nor the oldest: what a restore brings back is then still there to be queried. */
function chooseChunks(chunks: readonly WrittenChunk[], random: SeededRandom): WrittenChunk[] {
  const tenants = [...Map.groupBy(chunks, ({ tenant }) => tenant).values()];
  return tenants.slice(0, CHUNKS).flatMap((own) => {
    const first = Math.floor(own.length * 0.3);
    const chosen = own[random.int(first, Math.max(first, Math.floor(own.length * 0.95) - 1))];
    return chosen === undefined ? [] : [chosen];
  });
}

function copyOf(bytes: Buffer, length = bytes.length): Buffer {
  return Buffer.from(bytes.subarray(0, length));
}

function flipped(bytes: Buffer, at: number): Buffer {
  const damaged = copyOf(bytes);
  damaged[at] = (damaged[at] ?? 0) ^ 8;
  return damaged;
}

/** A byte of the blocks: they are by far the most of what is behind the symbols, and end before the table. */
function insideBlock(bytes: Buffer, random: SeededRandom): number {
  const inner = 4 + bytes.readUInt32BE(0);
  const symbols = Number(bytes.readBigUInt64BE(bytes.length - 32));
  const first = inner + 6 + symbols + 4;
  const table = inner + Number(bytes.readBigUInt64BE(bytes.length - 8));
  return random.int(first, Math.max(first, table - 5));
}

/** The bytes of another chunk. */
function othersBytes(
  key: string,
  chunks: readonly WrittenChunk[],
  random: SeededRandom,
  may: (other: WrittenChunk) => boolean,
): DamageStep[] {
  const others = chunks.filter((other) => other.key !== key && may(other));
  const other = others[random.int(0, Math.max(0, others.length - 1))];
  return other === undefined ? [] : [{ key, bytes: other.bytes }];
}

/** A sound chunk of a pod that no index knows. */
function orphanOf({ tenant, labels, fromMs }: WrittenChunk): DamageStep {
  const timestampNs = BigInt(fromMs) * 1_000_000n;
  const blocks = [
    Array.from({ length: 40 }, (_, at) => ({
      timestampNs: timestampNs + BigInt(at) * 1_000_000_000n,
      line: Buffer.from(`level=info msg="shutting down" step=${at}`),
      metadata: { detected_level: "info" },
    })),
  ];
  const built = buildChunk({ version: 4, codec: "snappy", tenant, labels: { ...labels, pod: "drained-0" }, blocks });
  return { key: built.name, bytes: built.bytes };
}

function garbageOf(tenant: string, key: string, at: number, random: SeededRandom): DamageStep[] {
  const parsed = parseChunkKey(key);
  if (at > 0 || parsed === null)
    return [{ key: `${tenant}/README.txt`, bytes: Buffer.from("Do not delete. Ask the platform team.\n") }];
  const bytes = Buffer.from(Array.from({ length: 3_000 }, () => random.int(0, 255)));
  return [
    { key: formatChunkKey({ ...parsed.key, fingerprint: 0xdead_beef_dead_beefn, checksum: 0x0bad_f00d }), bytes },
  ];
}

/** Of the oldest table first, then by tenant. */
function compacted(indexes: readonly WrittenIndex[]): WrittenIndex[] {
  return indexes.filter(({ tenant }) => tenant !== null).toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function inverted(bytes: Buffer): Buffer {
  const damaged = copyOf(bytes);
  const first = Math.min(200, Math.floor(bytes.length / 2));
  for (let at = first; at < first + 40 && at < damaged.length; at += 1) damaged[at] = ~(damaged[at] ?? 0) & 0xff;
  return damaged;
}

/** All that names a tenant's chunks of the oldest day, also the files of ingesters. */
function indexOfDay(indexes: readonly WrittenIndex[]): DamageStep[] {
  const last = compacted(indexes).find(({ table }, _at, [first]) => table === first?.table);
  if (last === undefined) return [];
  const { table } = last;
  const tenants = compacted(indexes).filter((index) => index.table === table);
  const tenant = tenants.at(-1)?.tenant;
  return indexes
    .filter((index) => index.table === table && (index.tenant === null || index.tenant === tenant))
    .map(({ key }) => ({ key, bytes: null }));
}

function nextNumber(_whole: string, digits: string): string {
  return `${BigInt(digits) + 1n}-compactor`;
}

/** An index file that names chunks which never were: what an ingester leaves that died between its index and its chunks. */
function danglingIndex(chunks: readonly WrittenChunk[], random: SeededRandom): DamageStep[] {
  const [youngest] = chunks.toSorted((a, b) => b.fromMs - a.fromMs);
  if (youngest === undefined) return [];
  const day = Math.floor(youngest.fromMs / 86_400_000);
  const own = chunks.filter(({ fromMs, throughMs }) =>
    [fromMs, throughMs].every((ms) => Math.floor(ms / 86_400_000) === day),
  );
  const named = own.slice(-DANGLING).map((chunk) => ({ ...chunk, checksum: random.int(1, 0xffff_fffe) }));
  const table = `index_${day}`;
  const createdMs = youngest.flushedMs;
  const { bytes } = buildTsdbIndex({ tenant: "", table, createdMs, series: seriesOf(named, true), version: 3 });
  const name = `${Math.floor(createdMs / 1_000)}-loki-ingester-0-${createdMs}999999.tsdb.gz`;
  return [{ key: `index/${table}/${name}`, bytes }];
}
