/**
 * Measures judging: rounds of 600 processes as they answer at a real cluster (recorded pages of each component, counters
 * moving on), through the judge of a site; and a history of six hours told to it again, as after a restart.
 *
 *     node test/perf/health-verdicts.bench.ts [--instances 600] [--rounds 40] [--history-hours 6]
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Scrape, ScrapeRound } from "../../src-main/core/health/detection/scrape.ts";
import { SeriesHistory } from "../../src-main/core/health/history/series-history.ts";
import { parseExposition } from "../../src-main/core/health/scraping/exposition-parser.ts";
import { KEPT_FAMILIES } from "../../src-main/core/health/scraping/kept-families.ts";
import type { RoundReport } from "../../src-main/core/health/scraping/scraper.ts";
import { EdgeMeter } from "../../src-main/core/health/topology/edge-meter.ts";
import { SiteJudge } from "../../src-main/core/health/verdicts/site-judge.ts";
import { RecordingLogger } from "../builders/recording-logger.ts";
import { printBenchLine } from "./bench-line.ts";

const INTERVAL_MS = 15_000;
const START_MS = Date.UTC(2026, 0, 1);
const REACH_MS = 100;

/** Of 600: a third ingesters. */
const SHARES: readonly (readonly [component: string, page: string, share: number])[] = [
  ["ingester", "ingester-1", 200],
  ["querier", "querier-1", 200],
  ["distributor", "distributor-1", 100],
  ["query-frontend", "query-frontend", 30],
  ["index-gateway", "index-gateway", 30],
  ["query-scheduler", "query-scheduler", 10],
  ["ruler", "ruler", 29],
  ["compactor", "compactor", 1],
];
const COUNTER = /(?:_total|_sum|_count|loki_cache_hits|loki_cache_fetched_keys)(?:\{|$)/;

function template(page: string): ReadonlyMap<string, number> {
  const body = readFileSync(`test/fixtures/health/metrics/${page}.txt`);
  return new Map(Object.entries(parseExposition(body, (name) => KEPT_FAMILIES.has(name)).series));
}

interface Process {
  readonly instance: string;
  readonly component: string;
  readonly page: ReadonlyMap<string, number>;
}

function processes(count: number): readonly Process[] {
  return SHARES.flatMap(([component, page, share]) => {
    const read = template(page);
    const instances = Math.max(1, Math.round((share * count) / 600));
    return Array.from({ length: instances }, (_, index) => ({
      instance: `${component}-${index}`,
      component,
      page: read,
    }));
  });
}

/** Counters of a process at a round: they grow by a little of what they were, each process at a pace of its own. */
function scrape({ instance, component, page }: Process, round: number, pace: number): Scrape {
  const series: Record<string, number> = {};
  for (const [key, value] of page) {
    if (key === "process_start_time_seconds") series[key] = START_MS / 1_000 - 86_400;
    else series[key] = value > 0 && COUNTER.test(key) ? value * (1 + (round * pace) / 500) : value;
  }
  return { instance, component, atMs: START_MS + round * INTERVAL_MS, tookSeconds: 0.02 * pace, series, ready: true };
}

function roundOf(all: readonly Process[], round: number): ScrapeRound {
  const scrapes = all.map((process, index) => scrape(process, round, 0.95 + ((index * 7 + round) % 11) / 100));
  const ring = all
    .filter(({ component }) => component === "ingester")
    .map(({ instance }, index) => ({ id: instance, address: `10.0.0.${index}:9095`, state: "ACTIVE", zone: "a" }));
  return { atMs: START_MS + round * INTERVAL_MS, scrapes, ring };
}

function reportOf(round: ScrapeRound): RoundReport {
  const targets = round.scrapes.map(({ instance, component }) => ({
    instance,
    component,
    zone: null,
    node: null,
    outcome: "answered" as const,
    error: null,
    sizeBytes: 0,
    samples: 0,
    brokenLines: 0,
    repeatedKeys: 0,
  }));
  return { round, targets, ringFrom: "distributor-0", ringError: null, listError: null, tookMs: 0 };
}

function line(what: string, value: number, unit: string, reach: number | null): void {
  const ratio = reach === null ? "" : ` (${(value / reach).toFixed(2)} of the limit)`;
  printBenchLine({
    what,
    reach: reach === null ? "" : `≤ ${reach} ${unit}`,
    measured: `${value.toFixed(1)} ${unit}${ratio}`,
    ok: reach === null ? null : value <= reach,
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function judging(count: number, rounds: number): void {
  const all = processes(count);
  const judge = new SiteJudge();
  const meter = new EdgeMeter();
  const judged: number[] = [];
  const metered: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const report = reportOf(roundOf(all, round));
    const start = performance.now();
    const { instances } = judge.round(report);
    judged.push(performance.now() - start);
    if (instances.length !== all.length) throw new Error(`${instances.length} of ${all.length} were judged`);
    const blamed = instances.filter(({ verdict }) => verdict === "gray" || verdict === "down");
    if (blamed.length > 0) throw new Error(`${blamed[0]?.instance} is blamed`);
    const meterStart = performance.now();
    meter.take(report.round);
    meter.topology();
    metered.push(performance.now() - meterStart);
  }
  const series = all.reduce((sum, { page }) => sum + page.size, 0);
  const what = `${all.length} processes, ${series} series`;
  // The first rounds meet every key for the first time and are not what a site that is watched pays.
  const warm = judged.slice(Math.min(5, rounds - 1));
  line(`verdicts of ${what}: a round, median`, median(warm), "ms", REACH_MS);
  line(`verdicts of ${what}: a round, slowest`, Math.max(...warm), "ms", null);
  line(`topology of ${what}: a round, median`, median(metered.slice(Math.min(5, rounds - 1))), "ms", null);
  line("resident memory after that", process.memoryUsage().rss / 2 ** 20, "MB", null);
}

async function replaying(hours: number, folder: string): Promise<void> {
  const all = processes(30);
  using history = await SeriesHistory.open({ directory: folder, logger: new RecordingLogger() });
  const rounds = Math.round((hours * 3_600_000) / INTERVAL_MS);
  for (let round = 0; round < rounds; round++) history.append(roundOf(all, round));
  const judge = new SiteJudge();
  const start = performance.now();
  let told = 0;
  for await (const round of history.rounds(0, Number.MAX_SAFE_INTEGER)) {
    judge.replay(round);
    told += 1;
  }
  if (told !== rounds) throw new Error(`${told} of ${rounds} rounds were told again`);
  const what = `${hours} h of ${all.length} processes`;
  line(`history of ${what}, told to the judge again`, (performance.now() - start) / 1_000, "s", 10);
  line(`history of ${what}, on disk`, history.sizeBytes / 2 ** 20, "MiB", null);
  line("resident memory after that", process.memoryUsage().rss / 2 ** 20, "MB", null);
}

const { values: flags } = parseArgs({
  options: {
    instances: { type: "string", default: "600" },
    rounds: { type: "string", default: "40" },
    "history-hours": { type: "string", default: "6" },
  },
});
judging(Number(flags.instances), Number(flags.rounds));
const folder = mkdtempSync(join(tmpdir(), "kubemate-bench-"));
try {
  await replaying(Number(flags["history-hours"]), folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
