/**
 * Measures a million findings: how long they take to be kept and compared, a page of them, and a filter that looks at all of them,
 * while the loop of the process that asks stays free.
 *
 *     node test/perf/storage-findings.bench.ts
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { jobIdSchema } from "../../src-shared/model/ids.ts";
import { WHOLE_BUCKET, type FindingFilter } from "../../src-shared/model/storage/scan.ts";
import { storeIdSchema } from "../../src-shared/model/storage/store.ts";
import type { StorageFinding } from "../../src-shared/model/storage-finding.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { DeskThread } from "../../src-main/core/storage/scans/desk-thread.ts";
import { FindingStage } from "../../src-main/core/storage/scans/finding-stage.ts";
import { FindingsStore } from "../../src-main/core/storage/scans/findings.store.ts";
import { emptySummary } from "../../src-main/core/storage/scans/scan-order.ts";
import { finishScan, scanRow } from "../../src-main/core/storage/scans/scan-rows.ts";
import { RecordingLogger } from "../builders/recording-logger.ts";
import { temporaryDirectory } from "../builders/temporary-directory.ts";
import { workerSource } from "../builders/worker-source.ts";
import { printBenchLine } from "./bench-line.ts";

const COUNT = 1_000_000;
const [FIRST, SECOND] = [
  jobIdSchema.parse("11111111-1111-4111-8111-111111111111"),
  jobIdSchema.parse("22222222-2222-4222-8222-222222222222"),
];
const signal = new AbortController().signal;

function* findings(from: number): Generator<StorageFinding> {
  for (let at = from; at < from + COUNT; at += 1) {
    const fingerprint = Math.imul(at, 2_654_435_761) >>> 0;
    const tenant = `team-${at % 50}`;
    const fromMs = 1_795_132_800_000 + (at % 20_000) * 100_000;
    yield {
      kind: at % 3 === 0 ? "missing-chunk" : "orphan-chunk",
      severity: at % 3 === 0 ? "critical" : "warning",
      key: `${tenant}/${fingerprint.toString(16)}/${fromMs.toString(16)}:${(fromMs + 99).toString(16)}:${at.toString(16)}`,
      tenant,
      streams: [{ fingerprint: fingerprint.toString(16), labels: { app: `app-${at % 40}`, pod: `pod-${at % 9_000}` } }],
      streamCount: 1,
      fromMs,
      throughMs: fromMs + 99,
      bytes: 1_500_000,
      entriesLost: null,
      chunks: 1,
      evidence: [{ what: "named-by-compacted-index", offset: null, expected: null, actual: "index/index_20777/x.gz" }],
    };
  }
}

using directory = temporaryDirectory();
const file = directory.file("findings.db");
const request = {
  store: storeIdSchema.parse("bench"),
  mode: "fast" as const,
  scope: WHOLE_BUCKET,
  incremental: false,
  bytesPerSecond: null,
};
{
  using store = new FindingsStore({ file, clock: systemClock, onDamaged: () => {} });
  for (const [scan, from] of [
    [FIRST, 0],
    [SECOND, 1_000],
  ] as const) {
    const started = performance.now();
    store.run((database) => {
      using stage = new FindingStage(database);
      for (const finding of findings(from)) stage.add(finding);
      stage.flush();
      const before = scanRow(database, FIRST);
      const compared = before === null ? null : { with: FIRST, ...stage.compare(before.range, () => true) };
      if (compared !== null && compared.appeared !== 1_000) throw new Error(JSON.stringify(compared));
      const order = { scan, request, title: "bench", principal: "bench", startedAtMs: from };
      const summary = { ...emptySummary(order), state: "finished" as const, compared };
      finishScan(database, { summary, stage, days: [], daysLeftOut: 0, growth: null }, from);
    });
    const tookMs = performance.now() - started;
    printBenchLine({
      what: `a million findings kept${from === 0 ? "" : " and compared with a million"}`,
      reach: "≤ 60 s",
      measured: `${(tookMs / 1e3).toFixed(1)} s, ${Math.round(process.memoryUsage().rss / 1e6)} MB in all`,
      ok: tookMs <= 60_000,
    });
  }
}
await using desk = new DeskThread({
  worker: workerSource("storage-desk"),
  clock: systemClock,
  logger: new RecordingLogger(),
  onDamaged: () => {},
});
const ask = (filter: FindingFilter, offset: number) =>
  desk.ask({ kind: "page", file, scan: SECOND, filter, offset, limit: 100 }, signal);
await ask({}, 0);
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const questions: readonly (readonly [what: string, filter: FindingFilter, offset: number, reachMs: number])[] = [
  ["a page in the middle", {}, 500_000, 300],
  ["a page of one tenant and kind", { tenant: "team-7", kinds: ["missing-chunk"] }, 3_000, 300],
  ["a page of one tenant's day", { tenant: "team-7", day: "2026-11-28" }, 0, 1_000],
  ["a page by a text, looked for in all", { contains: "POD-8765" }, 0, 10_000],
  ["the next page by the same text", { contains: "POD-8765" }, 10, 10_000],
];
for (const [what, filter, offset, reachMs] of questions) {
  const started = performance.now();
  const { findings: found, total } = await ask(filter, offset);
  const tookMs = performance.now() - started;
  printBenchLine({
    what: `findings: ${what}`,
    reach: `≤ ${reachMs} ms`,
    measured: `${tookMs.toFixed(0)} ms, ${found.length} of ${total}`,
    ok: tookMs <= reachMs && found.length > 0,
  });
}
delay.disable();
printBenchLine({
  what: "findings: the loop of the process that asks",
  reach: "≤ 50 ms",
  measured: `${(delay.max / 1e6).toFixed(0)} ms at most`,
  ok: delay.max / 1e6 <= 50,
});
