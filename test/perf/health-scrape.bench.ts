/**
 * Measures scraping: rounds over in-process HTTP targets (served by a thread of their own, so that this process's main
 * thread is the scraper alone), and what the history makes of them.
 *
 *     node test/perf/health-scrape.bench.ts [--targets 600] [--rounds 4]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { createDirectTransport } from "../../src-main/core/clusters/adapters/direct-transport.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { SeriesHistory } from "../../src-main/core/health/history/series-history.ts";
import { directTargets } from "../../src-main/core/health/scraping/direct-targets.ts";
import { KEPT_FAMILIES } from "../../src-main/core/health/scraping/kept-families.ts";
import { Scraper } from "../../src-main/core/health/scraping/scraper.ts";
import { RecordingLogger } from "../builders/recording-logger.ts";
import { printBenchLine } from "./bench-line.ts";

const SERIES = 2_000;
const KEPT = 120;
const INTERVAL_MS = 15_000;

/** A page of 2,000 series, 120 of them of families that are kept; a third of those moves between two scrapes. */
function page(scrape: number): Buffer {
  const families = [...KEPT_FAMILIES];
  const lines: string[] = [];
  for (let index = 0; index < KEPT; index++) {
    const family = families[index % families.length] ?? "";
    const moved = index % 3 === 0 ? scrape * (index + 1) * (index % 2 === 0 ? 1 : 0.3137) : index;
    lines.push(`${family}{route="/logproto.Pusher/Push",tenant="tenant-${index % 7}",part="${index}"} ${moved}`);
  }
  for (let index = KEPT; index < SERIES; index++) {
    const labels = `method="GET",route="loki_api_v1_${index % 40}",status_code="200",le="${index % 12}"`;
    lines.push(`loki_other_${Math.floor(index / 50)}_duration_seconds_bucket{${labels}} ${index + scrape}`);
  }
  return Buffer.from(`${lines.join("\n")}\n`);
}

function serve(): void {
  let asked = 0;
  let pages: readonly Buffer[] = [];
  const server = createServer((request, response) => {
    if (request.url !== "/metrics") {
      response.end("ready\n");
      return;
    }
    asked += 1;
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(pages[Math.floor(asked / 200) % pages.length]);
  });
  pages = Array.from({ length: 20 }, (_, scrape) => page(scrape));
  server.listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as AddressInfo).port, []));
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function report(what: string, value: number, unit: string, reach: number | null = null): void {
  const measured = `${Math.round(value * 10) / 10} ${unit}`;
  const ok = reach === null ? null : value <= reach;
  printBenchLine({ what, reach: reach === null ? "" : `≤ ${reach} ${unit}`, measured, ok });
}

async function measure(folder: string): Promise<void> {
  const { values: flags } = parseArgs({
    options: { targets: { type: "string", default: "600" }, rounds: { type: "string", default: "4" } },
  });
  const count = Number(flags.targets);
  const rounds = Number(flags.rounds);
  const worker = new Worker(new URL(import.meta.url));
  const port = await new Promise<number>((resolve) => worker.once("message", resolve));
  await using transport = createDirectTransport({
    url: `http://127.0.0.1:${port}`,
    auth: { kind: "none" },
    secret: () => Promise.reject(new Error("none is needed")),
    clock: systemClock,
    maxConnections: 64,
  });
  const [way] = await directTargets(transport).targets(new AbortController().signal);
  if (way === undefined) throw new Error("no target");
  const targets = Array.from({ length: count }, (_, index) => ({
    ...way,
    instance: `ingester-${index}`,
    component: "ingester",
  }));
  const before = process.memoryUsage().rss;
  const scraper = new Scraper({ clock: systemClock, source: { targets: () => Promise.resolve(targets) } });
  using history = await SeriesHistory.open({ directory: folder, logger: new RecordingLogger() });
  const scraping: number[] = [];
  const keeping: number[] = [];
  const bytes: number[] = [];
  let peak = 0;
  for (let round = 0; round <= rounds; round++) {
    const start = cpuMs();
    const { round: scraped, targets: outcomes } = await scraper.round(new AbortController().signal);
    scraping.push(cpuMs() - start);
    const failed = outcomes.filter(({ outcome }) => outcome !== "answered");
    if (failed.length > 0) throw new Error(`${failed.length} targets failed: ${String(failed[0]?.error)}`);
    const size = history.sizeBytes;
    const append = performance.now();
    history.append({ ...scraped, atMs: round * INTERVAL_MS });
    keeping.push(performance.now() - append);
    bytes.push(history.sizeBytes - size);
    peak = Math.max(peak, process.memoryUsage().rss);
  }
  const mean = (some: readonly number[]) => some.slice(1).reduce((sum, one) => sum + one, 0) / rounds;
  const of = `${count} targets of ${SERIES} series`;
  report(`${of}: main thread for a round of 15 s`, (mean(scraping) / INTERVAL_MS) * 100, "% of a core", 25);
  report(`${of}: resident memory, the targets' own thread among it`, peak / 2 ** 20, "MB", 400);
  report(`${of}: resident memory before`, before / 2 ** 20, "MB");
  report(`history, first round of a segment (${count} × ${KEPT})`, (bytes[0] ?? 0) / 1_024, "KiB");
  report("history, a round in which a third moved", mean(bytes) / 1_024, "KiB");
  report("history, keeping a round", mean(keeping), "ms");
  const read = performance.now();
  await history.read("ingester-7", () => true, 0, rounds * INTERVAL_MS);
  report(`history, an instance over ${rounds + 1} rounds`, performance.now() - read, "ms");
  await worker.terminate();
}

if (isMainThread) {
  const folder = mkdtempSync(join(tmpdir(), "kubemate-bench-"));
  try {
    await measure(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else {
  serve();
}
