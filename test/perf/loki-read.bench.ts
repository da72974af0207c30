/**
 * Measures reading from Loki: answers into columns on one core, and a whole read from the lab over HTTP.
 *
 *     node test/perf/loki-read.bench.ts [--lines 1000000]
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { createPageParser } from "../../src-main/core/logs/adapters/loki/page-parser.ts";
import { parseLokiPage } from "../../src-main/core/logs/adapters/loki/loki-page.ts";
import type { TenantId } from "../../src-shared/model/tenant-id.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { neverAborted, openSource } from "../builders/loki-sources.ts";
import { RecordingLogger } from "../builders/recording-logger.ts";
import { printBenchLine } from "./bench-line.ts";

const { values: flags } = parseArgs({ options: { lines: { type: "string", default: "1000000" } } });
const lines = Number(flags.lines);

function report(what: string, perSecond: number, wanted: number): void {
  printBenchLine({
    what,
    reach: `≥ ${wanted.toLocaleString("en")} lines/s`,
    measured: `${Math.round(perSecond).toLocaleString("en")} lines/s`,
    ok: perSecond >= wanted,
  });
}

/** A page as Loki writes it: 5,000 lines of twelve streams with metadata. */
function page(line: (index: number) => string): Uint8Array {
  const streams = Array.from({ length: 12 }, (_, pod) => ({
    stream: { app: "payments", pod: `payments-${pod}`, env: "prod" },
    values: [] as unknown[],
  }));
  for (let index = 0; index < 5_000; index++) {
    const metadata = { structuredMetadata: { detected_level: "info", trace_id: `t${index}` } };
    const ts = 1_795_357_493_360_971_483n - BigInt(index) * 1_000n;
    streams[index % 12]?.values.push([`${ts}`, line(index), metadata]);
  }
  const data = { resultType: "streams", encodingFlags: ["categorize-labels"], result: streams, stats: { summary: {} } };
  return Buffer.from(JSON.stringify({ status: "success", data }));
}

function parseRate(body: Uint8Array): number {
  for (let round = 0; round < 30; round++) parseLokiPage(body, "backward");
  const from = process.cpuUsage();
  const rounds = 200;
  for (let round = 0; round < rounds; round++) parseLokiPage(body, "backward");
  const { user, system } = process.cpuUsage(from);
  return (rounds * 5_000) / ((user + system) / 1e6);
}

const logfmt = (index: number): string =>
  `level=info ts=2026-11-22T13:57:28Z caller=auth/handler.go:${index} msg="login ok" user=dave ip=10.0.0.1 dur=72854335ns size=16kB`;
const json = (index: number): string =>
  JSON.stringify({
    level: "info",
    msg: "authorised",
    trace_id: `8f3a${index}`,
    latency_ms: 15.6,
    path: "/v1/payments/refund",
    card: { bin: "5555" },
  });
report("parsing answers, logfmt lines, one core", parseRate(page(logfmt)), 500_000);
report("parsing answers, JSON lines, one core", parseRate(page(json)), 500_000);

const endNs = BigInt(Date.now() - 3_600_000) * 1_000_000n;
const startNs = endNs - 3_600_000_000_000n;
const lab = new Worker(new URL("lab-thread.ts", import.meta.url), {
  workerData: { tenant: "bench", lines, startNs: `${startNs}`, endNs: `${endNs}` },
});
const url = await new Promise<string>((resolve, reject) => lab.once("message", resolve).once("error", reject));
{
  const threads = Math.max(1, availableParallelism() - 1);
  const locate = (name: string): URL => new URL(`../../src-main/workers/${name}.worker.ts`, import.meta.url);
  await using parser = createPageParser({ locate, threads, logger: new RecordingLogger() });
  await using opened = openSource(url, { parser, tenant: "bench" as TenantId, clock: systemClock });
  for (const direction of ["backward", "forward"] as const) {
    const startedMs = performance.now();
    let rows = 0;
    let verdict = "";
    const query = { expr: '{cluster="lab"}', range: { startNs, endNs }, direction, limit: null };
    for await (const event of opened.source.read(query, neverAborted)) {
      if (event.kind === "batch") rows += event.batch.rowCount;
      if (event.kind === "end") verdict = event.completeness.verdict;
    }
    if (rows !== lines) throw new Error(`${rows} of ${lines} lines`);
    const seconds = (performance.now() - startedMs) / 1_000;
    report(
      `reading ${lines.toLocaleString("en")} lines from the lab, ${direction} (${verdict})`,
      rows / seconds,
      150_000,
    );
  }
}
await lab.terminate();
