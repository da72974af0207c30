/**
 * Measures planning a restore as of an instant over a million versions: a bucket whose pages are made when they are asked for,
 * with index files that name all of its chunks, and some of these deleted or overwritten.
 *
 *     node --expose-gc test/perf/storage-restore-plan.bench.ts
 */
import { randomUUID } from "node:crypto";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { planIdSchema } from "../../src-shared/model/ids.ts";
import { formatChunkKey } from "../../src-main/core/common/loki-format/chunk-key.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { StorageCheckPool } from "../../src-main/core/storage/check/storage-check-pool.ts";
import type { GetOptions, ObjectBody, ObjectStore, ObjectVersion } from "../../src-main/core/storage/object-store.ts";
import { IndexReader } from "../../src-main/core/storage/restore/plan/index-reader.ts";
import { makeRestorePlan } from "../../src-main/core/storage/restore/plan/make-plan.ts";
import { NO_SCAN } from "../../src-main/core/storage/restore/plan/scan-word.ts";
import { streamHash } from "../../src-shared/logql/pipeline/stream-hash.ts";
import { buildChunk } from "../builders/loki-chunk.ts";
import { RecordingLogger } from "../builders/recording-logger.ts";
import { openedStore } from "../builders/restore-planning.ts";
import { buildTsdbIndex } from "../builders/tsdb-index.ts";
import { temporaryDirectory } from "../builders/temporary-directory.ts";
import { workerSource } from "../builders/worker-source.ts";
import { printBenchLine } from "./bench-line.ts";

const DAY_MS = 86_400_000;
const FIRST_DAY = 20_777;
const DAYS = 20;
const STREAMS = 2_500;
/** Of one stream on one day. */
const CHUNKS = 10;
const AS_OF_MS = Date.UTC(2026, 11, 20);
/** Of these, versions are read and proved. */
const DELETED_OF = 50;
const OVERWRITTEN_OF = 500;

interface Stream {
  readonly labels: Readonly<Record<string, string>>;
  readonly fingerprint: bigint;
}

/** A bucket of a million versions, made of nothing but numbers. */
class SyntheticBucket {
  readonly #streams: readonly Stream[];
  readonly #checksums: Uint32Array;
  readonly #indexes: readonly { readonly key: string; readonly bytes: Uint8Array }[];

  constructor() {
    this.#streams = Array.from({ length: STREAMS }, (_, at) => {
      const labels = { app: `app-${at % 40}`, pod: `pod-${at}` };
      return { labels, fingerprint: streamHash(labels) };
    }).toSorted((a, b) => (a.fingerprint.toString(16) < b.fingerprint.toString(16) ? -1 : 1));
    this.#checksums = new Uint32Array(this.count);
    for (let at = 0; at < this.count; at += 1)
      this.#checksums[at] = this.#isRead(at) ? this.#chunk(at).key.checksum : at;
    this.#indexes = Array.from({ length: DAYS }, (_, day) => this.#index(day));
  }

  get count(): number {
    return STREAMS * DAYS * CHUNKS;
  }

  get deleted(): number {
    return Math.ceil(this.count / DELETED_OF);
  }

  get overwritten(): number {
    return Array.from({ length: this.count }, (_, at) => at).filter(isOverwritten).length;
  }

  store(): ObjectStore {
    const unsupported = () => Promise.reject(new AppError("storage.unsupported", { store: "s3://bench", action: "-" }));
    return {
      title: "s3://bench",
      list: async () => ({ objects: [], prefixes: [], nextToken: null }),
      listVersions: async ({ token }) => this.#page(token === undefined ? 0 : Number(token)),
      versioning: async () => "enabled",
      head: unsupported,
      get: async (key, options) => this.#body(key, options),
      put: unsupported,
      beginUpload: unsupported,
      uploadPart: unsupported,
      listParts: unsupported,
      listUploads: unsupported,
      completeUpload: unsupported,
      abortUpload: unsupported,
      copy: unsupported,
      delete: unsupported,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  /** 500 keys of two versions each. */
  #page(from: number): Awaited<ReturnType<ObjectStore["listVersions"]>> {
    const versions: ObjectVersion[] = [];
    const end = Math.min(from + 500, this.count);
    for (let at = from; at < end; at += 1) versions.push(...this.#versions(at));
    if (end < this.count) return { versions, prefixes: [], nextToken: String(end) };
    for (const { key, bytes } of this.#indexes) versions.push(version(key, bytes.length, "first", 0, true));
    return { versions, prefixes: [], nextToken: null };
  }

  #versions(at: number): readonly ObjectVersion[] {
    const key = this.#key(at);
    const old = version(key, 1_000, `e${at}`, 0, false);
    if (isDeleted(at)) return [{ ...version(key, 0, "", 1, true), isDeleteMarker: true }, old];
    return [version(key, 1_000, isOverwritten(at) ? "other" : `e${at}`, 1, true), old];
  }

  /** Of the stream in the key's order, then of the time. */
  #place(at: number): { readonly stream: Stream; readonly fromMs: number } {
    const stream = this.#streams[Math.floor(at / (DAYS * CHUNKS))];
    if (stream === undefined) throw new Error(`no chunk ${at}`);
    const inStream = at % (DAYS * CHUNKS);
    const day = FIRST_DAY + Math.floor(inStream / CHUNKS);
    return { stream, fromMs: day * DAY_MS + (inStream % CHUNKS) * 8_000_000 };
  }

  #key(at: number): string {
    const { stream, fromMs } = this.#place(at);
    const { fingerprint } = stream;
    const checksum = this.#checksums[at] ?? 0;
    return formatChunkKey({ tenant: "acme", fingerprint, fromMs, throughMs: fromMs + 7_000_000, checksum });
  }

  #isRead(at: number): boolean {
    return isDeleted(at) || isOverwritten(at);
  }

  #chunk(at: number): ReturnType<typeof buildChunk> {
    const { stream, fromMs } = this.#place(at);
    const entryAt = (ms: number) => ({ timestampNs: BigInt(ms) * 1_000_000n, line: Buffer.from(`line of ${at}`) });
    return buildChunk({
      version: 4,
      codec: "snappy",
      tenant: "acme",
      labels: stream.labels,
      blocks: [[entryAt(fromMs), entryAt(fromMs + 7_000_000)]],
    });
  }

  #index(day: number): { readonly key: string; readonly bytes: Uint8Array } {
    const table = `index_${FIRST_DAY + day}`;
    const series = this.#streams.map(({ labels }, stream) => ({
      labels,
      chunks: Array.from({ length: CHUNKS }, (_, place) => {
        const at = stream * DAYS * CHUNKS + day * CHUNKS + place;
        const { fromMs } = this.#place(at);
        const checksum = this.#checksums[at] ?? 0;
        return { fromMs, throughMs: fromMs + 7_000_000, kibibytes: 4, entries: 2, checksum };
      }),
    }));
    const { name, bytes } = buildTsdbIndex({ tenant: "acme", table, createdMs: AS_OF_MS - DAY_MS, series });
    return { key: `index/${table}/acme/${name}`, bytes };
  }

  #body(key: string, { versionId }: GetOptions): ObjectBody {
    const index = this.#indexes.find((each) => each.key === key);
    const at = Number(/^e(\d+)$/.exec(versionId ?? "")?.[1] ?? -1);
    const bytes = index?.bytes ?? (at >= 0 ? this.#chunk(at).bytes : Buffer.from("something else"));
    const info = { key, sizeBytes: bytes.length, etag: "", modifiedMs: 0, versionId: versionId ?? null };
    const chunks = (async function* whole() {
      yield bytes;
    })();
    return { info, lengthBytes: bytes.length, chunks, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
}

/** The version's id says which chunk it is, for want of anything kept. */
function version(key: string, sizeBytes: number, id: string, after: number, isLatest: boolean): ObjectVersion {
  const modifiedMs = AS_OF_MS - DAY_MS + after * 2 * DAY_MS;
  const versionId = after === 0 ? id : `${id}-again`;
  return { key, sizeBytes, etag: id, modifiedMs, versionId, isLatest, isDeleteMarker: false };
}

function isDeleted(at: number): boolean {
  return at % DELETED_OF === 0;
}

function isOverwritten(at: number): boolean {
  return !isDeleted(at) && at % OVERWRITTEN_OF === 1;
}

const bucket = new SyntheticBucket();
using work = temporaryDirectory();
const logger = new RecordingLogger();
await using pool = new StorageCheckPool({ locate: workerSource, logger });
await using indexReader = new IndexReader({ locate: workerSource, logger });
globalThis.gc?.();
const before = process.memoryUsage().rss;
let most = before;
const store = bucket.store();
const opened = openedStore("bench", store);
const started = performance.now();
const { plan } = await makeRestorePlan(
  {
    id: planIdSchema.parse(randomUUID()),
    root: work.file("plans"),
    clock: systemClock,
    bucket: { opened, checker: pool.ofStore(store) },
    source: null,
    into: null,
    indexReader,
    scan: NO_SCAN,
    targets: null,
    rate: () => null,
    loki: () => Promise.resolve(null),
    preflight: () => Promise.resolve([]),
  },
  {
    store: opened.id,
    source: { kind: "versions", asOfMs: AS_OF_MS },
    scope: { tenants: null, fromMs: null, throughMs: null },
    findings: null,
    verify: "fast",
    into: null,
    bytesPerSecond: null,
  },
  () => {
    most = Math.max(most, process.memoryUsage.rss());
  },
  new AbortController().signal,
);
const tookMs = performance.now() - started;
const { counts } = plan;
const asked = bucket.deleted + bucket.overwritten;
if (counts.restorable !== asked || counts.lost > 0 || counts.sound !== bucket.count - asked + DAYS) {
  throw new Error(JSON.stringify({ counts, asked, problems: plan.problems }));
}
printBenchLine({
  what: `restore planning over ${counts.versionsListed.toLocaleString("en")} versions, ${asked.toLocaleString("en")} chunks read and proved`,
  reach: "≤ 90 s",
  measured: `${(tookMs / 1e3).toFixed(1)} s, ${Math.round((most - before) / 1e6)} MB more (${Math.round(most / 1e6)} MB in all)`,
  ok: tookMs <= 90_000,
});
