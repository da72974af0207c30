/**
 * Measures reading Loki's chunks on one core: whole objects against their keys, every block and every entry, and opening a
 * copied bucket with two threads.
 *
 *     node test/perf/loki-chunk.bench.ts
 */
import { systemClock } from "../../src-main/core/common/clock.ts";
import { checkObjectChecksum, decodeChunk } from "../../src-main/core/common/loki-format/decode-chunk.ts";
import type { ChunkCodec } from "../../src-main/core/common/loki-format/decompress.ts";
import { ArchiveScanPool } from "../../src-main/core/archive/scan/archive-scan-pool.ts";
import { openBucketFolder } from "../../src-main/core/archive/bucket/open-bucket-folder.ts";
import { unpackLokiBucket } from "../builders/loki-bucket.ts";
import { buildChunk, type BuiltChunk, type ChunkEntry } from "../builders/loki-chunk.ts";
import { RecordingLogger } from "../builders/recording-logger.ts";
import { temporaryDirectory } from "../builders/temporary-directory.ts";
import { printBenchLine } from "./bench-line.ts";

/** The same numbers in every run. */
function numbers(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((state / 0x7fff_ffff) * below);
  };
}

/** As an ingester cuts it: 24 blocks of 256 KiB of JSON lines, each with one pair of structured metadata. */
function chunkOf(codec: ChunkCodec): BuiltChunk {
  const number = numbers();
  let timestampNs = 1_795_354_897_453_591_789n;
  const blocks = Array.from({ length: 24 }, () => {
    const entries: ChunkEntry[] = [];
    for (let bytes = 0; bytes < 262_144;) {
      timestampNs += BigInt(number(20_000_000));
      const trace = number(2 ** 31).toString(16) + number(2 ** 31).toString(16);
      const line = Buffer.from(
        JSON.stringify({
          level: "warn",
          msg: "charge accepted",
          amount: number(100_000) / 100,
          customer: number(100_000),
          trace,
        }),
      );
      bytes += line.length;
      entries.push({ timestampNs, line, metadata: { detected_level: "warn" } });
    }
    return entries;
  });
  return buildChunk({ version: 4, codec, tenant: "acme", labels: { app: "billing", level: "warn" }, blocks });
}

/** Bytes of the object a second of this thread's own time. */
function rate(bytes: number, run: () => void): number {
  for (let warm = 0; warm < 5; warm++) run();
  const from = process.threadCpuUsage();
  let rounds = 0;
  for (const started = performance.now(); performance.now() - started < 1_500; rounds++) run();
  const { user, system } = process.threadCpuUsage(from);
  return (bytes * rounds) / ((user + system) / 1e6);
}

function report(what: string, bytesPerSecond: number, wanted: number | null): void {
  const megabytes = bytesPerSecond / 1e6;
  printBenchLine({
    what,
    reach: wanted === null ? "" : `≥ ${wanted} MB/s`,
    measured: `${Math.round(megabytes)} MB/s of compressed chunks`,
    ok: wanted === null ? null : megabytes >= wanted,
  });
}

for (const [codec, wanted] of [
  ["snappy", 75],
  ["lz4", null],
  ["gzip", null],
  ["zstd", null],
] as const) {
  const { bytes, key } = chunkOf(codec);
  const decode = () => {
    if (decodeChunk(bytes, key).findings.length > 0) throw new Error("the chunk is not sound");
  };
  report(`every block and entry of ${codec} chunks, one core`, rate(bytes.length, decode), wanted);
  if (codec === "snappy") {
    const checked = rate(bytes.length, () => checkObjectChecksum(bytes, key));
    report("whole chunks against their keys, one core", checked, 400);
  }
}

using directory = temporaryDirectory();
unpackLokiBucket(directory.file("bucket"));
const logger = new RecordingLogger();
await using pool = new ArchiveScanPool({
  locate: (name) => new URL(`../../src-main/workers/${name}.worker.ts`, import.meta.url),
  clock: systemClock,
  logger,
  threads: 2,
});
const parts = {
  inspector: pool,
  workDirectory: directory.file("work"),
  unpackMaxBytes: 0,
  clock: systemClock,
  logger,
  signal: new AbortController().signal,
};
await openBucketFolder([directory.file("bucket")], {}, parts);
const started = performance.now();
const outcome = await openBucketFolder([directory.file("bucket")], {}, parts);
const tookMs = performance.now() - started;
const chunks = outcome?.kind === "opened" ? outcome.contents.blocks.length : 0;
printBenchLine({
  what: `opening a copied bucket, two threads, ${chunks} chunks`,
  reach: "≥ 1,204 chunks/s",
  measured: `${Math.round((chunks / tookMs) * 1_000).toLocaleString("en")} chunks/s`,
  ok: (chunks / tookMs) * 1_000 >= 1_204,
});
