/**
 * Measures the scan of a local bucket: chunks of realistic size against their keys and decoded, by two threads.
 *
 *     node test/perf/storage-scan.bench.ts
 */
import { writeFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { StorageCheckPool } from "../../src-main/core/storage/check/storage-check-pool.ts";
import { FolderObjectStore } from "../../src-main/core/storage/folder-object-store.ts";
import { scanBucket } from "../../src-main/core/storage/integrity/integrity-scan.ts";
import { buildChunk, type ChunkEntry } from "../builders/loki-chunk.ts";
import { RecordingLogger } from "../builders/recording-logger.ts";
import { workerSource } from "../builders/worker-source.ts";
import { temporaryDirectory } from "../builders/temporary-directory.ts";
import { printBenchLine } from "./bench-line.ts";

const CHUNKS = 120;
const ROUNDS = 5;

const signal = new AbortController().signal;

/** The same numbers in every run. */
function numbers(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((state / 0x7fff_ffff) * below);
  };
}

const number = numbers();

/** Blocks of 256 KiB of JSON lines, as many as come to 1.5 MB of snappy. */
function blocksOf(count: number): readonly (readonly ChunkEntry[])[] {
  let timestampNs = 1_795_354_897_453_591_789n;
  return Array.from({ length: count }, () => {
    const entries: ChunkEntry[] = [];
    for (let bytes = 0; bytes < 262_144;) {
      timestampNs += BigInt(number(20_000_000));
      const trace = number(2 ** 31).toString(16) + number(2 ** 31).toString(16);
      const customer = number(100_000);
      const line = Buffer.from(JSON.stringify({ level: "warn", msg: "charge accepted", customer, trace }));
      bytes += line.length;
      entries.push({ timestampNs, line, metadata: { detected_level: "warn" } });
    }
    return entries;
  });
}

using directory = temporaryDirectory();
const some = Array.from({ length: 6 }, () => blocksOf(14));
let totalBytes = 0;
let unpackedBytes = 0;
for (let at = 0; at < CHUNKS; at += 1) {
  const blocks = some[at % some.length] ?? [];
  const labels = { app: "billing", pod: `billing-${at}` };
  const { name, bytes } = buildChunk({ version: 4, codec: "snappy", tenant: "acme", labels, blocks });
  mkdirSync(dirname(directory.file(name)), { recursive: true });
  writeFileSync(directory.file(name), bytes);
  totalBytes += bytes.length;
  unpackedBytes += blocks.length * 262_144;
}

await using store = new FolderObjectStore(directory.path);
await using pool = new StorageCheckPool({
  locate: workerSource,
  logger: new RecordingLogger(),
  threads: 2,
});
const size = `${CHUNKS} chunks of ${(totalBytes / CHUNKS / 1e6).toFixed(2)} MB, ratio ${(unpackedBytes / totalBytes).toFixed(1)}`;
for (const [mode, wanted] of [
  ["fast", 800],
  ["deep", 150],
] as const) {
  let best = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    const { chunks, findings } = await scanBucket({ store, mode, checker: pool.ofFolder(store.title) }, signal);
    const tookMs = performance.now() - started;
    // No index names them: one finding of the day.
    const damaged = findings.some(({ kind }) => kind !== "missing-index-of-day");
    if (chunks !== CHUNKS || damaged) throw new Error("the chunks are not sound");
    // The first rounds start the threads, and the machine has other work too.
    best = Math.max(best, totalBytes / 1e3 / tookMs);
  }
  printBenchLine({
    what: `${mode} scan of local chunks, two threads, ${size}`,
    reach: `≥ ${wanted} MB/s`,
    measured: `${Math.round(best)} MB/s of compressed chunks`,
    ok: best >= wanted,
  });
}
