/**
 * Measures the reconciliation of a million references of real index files with a million objects, in a process of its own for
 * the sake of its memory.
 *
 *     node test/perf/storage-reconciliation.bench.ts
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ChunkBook } from "../../src-main/core/storage/integrity/chunk-book.ts";
import { IndexPass } from "../../src-main/core/storage/integrity/index-pass.ts";
import { DEFAULT_LAYOUT, objectKind, type ObjectKind } from "../../src-main/core/storage/integrity/object-kind.ts";
import { reconciled } from "../../src-main/core/storage/integrity/reconcile.ts";
import { EVERYTHING, ScanReach } from "../../src-main/core/storage/integrity/scan-reach.ts";
import type { StorageFinding } from "../../src-shared/model/storage-finding.ts";
import { formatChunkKey } from "../../src-main/core/common/loki-format/chunk-key.ts";
import { streamHash } from "../../src-shared/logql/pipeline/stream-hash.ts";
import { buildTsdbIndex, type TsdbChunkRecipe } from "../builders/tsdb-index.ts";
import { temporaryDirectory } from "../builders/temporary-directory.ts";
import { printBenchLine } from "./bench-line.ts";

const CHUNKS_OF_STREAM = 100;
const TABLES = 20;
const DAY_MS = 86_400_000;
const FIRST_DAY = 20_777;

/** Compares `count` references of real index files with as many objects, and prints time and memory. */
async function measureReconciliation(count: number, folder: string): Promise<void> {
  const perTable = count / TABLES;
  const before = process.memoryUsage().rss;
  let most = before;
  const look = () => (most = Math.max(most, process.memoryUsage().rss));
  const started = performance.now();
  const book = new ChunkBook();
  for (let table = 0; table < TABLES; table += 1) {
    for (const { labels, chunks } of seriesOf(FIRST_DAY + table, perTable)) {
      const fingerprint = streamHash(labels);
      for (const { fromMs, throughMs, checksum } of chunks) {
        const chunk = { tenant: "acme", fingerprint, fromMs, throughMs, checksum };
        book.add(formatChunkKey(chunk), chunk, 1_500_000);
      }
    }
    look();
  }
  const pass = new IndexPass(book);
  for (const path of readdirSync(folder)) {
    const key = path.replaceAll("@", "/");
    const { index } = indexObject(key);
    pass.take(key, index, readFileSync(join(folder, path)));
    look();
  }
  const parts = { book, pass, spill: pass.spill, layout: DEFAULT_LAYOUT, reach: new ScanReach(EVERYTHING) };
  const findings: StorageFinding[] = [];
  for await (const finding of reconciled({ ...parts, labelsOf: async () => null, settled: () => true })) {
    findings.push(finding);
  }
  look();
  const tookMs = performance.now() - started;
  if (pass.references !== count || book.size !== count || findings.length > 0) {
    throw new Error(`${pass.references} references, ${book.size} objects, ${findings.length} findings`);
  }
  const megabytes = (most - before) / 1e6;
  printBenchLine({
    what: `reconciliation of ${count.toLocaleString("en")} index entries with as many objects`,
    reach: "≤ 60 s, ≤ 500 MB",
    measured: `${(tookMs / 1e3).toFixed(1)} s, ${Math.round(megabytes)} MB more (${Math.round(most / 1e6)} MB in all)`,
    ok: tookMs <= 60_000 && most <= 500e6,
  });
}

function* seriesOf(
  day: number,
  chunks: number,
): Generator<{
  readonly labels: Readonly<Record<string, string>>;
  readonly chunks: readonly TsdbChunkRecipe[];
}> {
  for (let stream = 0; stream < chunks / CHUNKS_OF_STREAM; stream += 1) {
    yield {
      labels: { app: `app-${stream % 40}`, pod: `pod-${stream}` },
      chunks: Array.from({ length: CHUNKS_OF_STREAM }, (_, at) => {
        const fromMs = day * DAY_MS + at * 800_000;
        const checksum = Math.imul(stream * 131 + at + day, 2_654_435_761) >>> 0;
        return { fromMs, throughMs: fromMs + 799_999, kibibytes: 4_000, entries: 12_000, checksum };
      }),
    };
  }
}

function indexObject(key: string): Extract<ObjectKind, { readonly kind: "index" }> {
  const kind = objectKind(key);
  if (kind.kind !== "index") throw new Error(`${key} is no index`);
  return kind;
}

/** In another process: what it takes to make them is none of what is measured. */
function writeIndexes(count: number, folder: string): void {
  for (let day = FIRST_DAY; day < FIRST_DAY + TABLES; day += 1) {
    const series = [...seriesOf(day, count / TABLES)];
    const table = `index_${day}`;
    const { name, bytes } = buildTsdbIndex({ tenant: "acme", table, createdMs: 1_795_355_222_658, series });
    writeFileSync(join(folder, `index@${table}@acme@${name}`), bytes);
  }
}

const COUNT = 1_000_000;
const [, , writeInto] = process.argv;
if (writeInto === undefined) {
  using directory = temporaryDirectory();
  execFileSync(process.execPath, [import.meta.filename, directory.path]);
  await measureReconciliation(COUNT, directory.path);
} else writeIndexes(COUNT, writeInto);
