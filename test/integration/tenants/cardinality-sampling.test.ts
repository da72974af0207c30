import { describe, expect, it } from "vitest";
import { systemClock, type Clock } from "../../../src-main/core/common/clock.ts";
import { rememberSample } from "../../../src-main/core/tenants/cardinality/remember-sample.ts";
import type { SampleCheckpoint, SampleContext } from "../../../src-main/core/tenants/cardinality/cardinality.job.ts";
import { SqliteCardinalityHistory } from "../../../src-main/core/tenants/cardinality/sqlite-cardinality-history.ts";
import { TableThread } from "../../../src-main/core/tenants/cardinality/table-thread.ts";
import { seriesFile, takeSample } from "../../../src-main/core/tenants/cardinality/take-sample.ts";
import { tenantFacts } from "../../../src-main/core/tenants/cardinality/tenant-facts.ts";
import { sampleCheckpointSchema } from "../../../src-main/core/tenants/cardinality/cardinality.job.ts";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import { cardinalityReportSchema, cardinalityRequestSchema } from "../../../src-shared/model/tenants/cardinality.ts";
import { MemorySeriesSource, type TimedSeries } from "../../builders/memory-series-source.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";
import { workerSource } from "../../builders/worker-source.ts";

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const HOUR_MS = 3_600_000;

/** Stands at one moment; pauses between requests take no time. */
const STILL: Clock = { nowMs: () => NOW_MS, sleep: async () => {}, after: () => () => {} };

function hex(at: number): string {
  return (Math.imul(at + 1, 2_654_435_761) >>> 0).toString(16).padStart(8, "0");
}

function exploded(count: number): TimedSeries[] {
  return Array.from({ length: count }, (_, at) => ({
    labels:
      at % 50 === 0
        ? { app: `a${at % 7}`, zone: `z${at}` }
        : { app: `a${at % 7}`, trace_id: `${hex(at)}${hex(at + 1)}${hex(at + 2)}${hex(at + 3)}` },
    fromMs: NOW_MS - HOUR_MS,
    toMs: NOW_MS,
  }));
}

function contextOf(
  given: Partial<SampleContext> & { readonly lastMinutes?: number; readonly selector?: string } = {},
): SampleContext & { readonly commits: SampleCheckpoint[] } {
  const commits: SampleCheckpoint[] = [];
  const { lastMinutes = 60, selector = "", ...rest } = given;
  return {
    id: jobIdSchema.parse("job-1"),
    input: cardinalityRequestSchema.parse({ site: "s", tenant: "acme", selector, lastMinutes, sampleLines: 100 }),
    checkpoint: null,
    signal: new AbortController().signal,
    logger: new RecordingLogger(),
    commit: async (checkpoint) => {
      // As a job's store does.
      commits.push(sampleCheckpointSchema.parse(JSON.parse(JSON.stringify(checkpoint))));
    },
    report: () => {},
    ...rest,
    commits,
  };
}

function threadOf(): TableThread {
  return new TableThread({ worker: workerSource("series-table"), clock: systemClock, logger: new RecordingLogger() });
}

function partsOf(folder: TemporaryDirectory, source: MemorySeriesSource, thread: TableThread) {
  return { source, thread, clock: STILL, random: () => 0.25, directory: folder.path };
}

describe("a sample", () => {
  it("of too many series for one answer is cut by a label until each answer is bearable, and misses none", async () => {
    using folder = temporaryDirectory();
    await using thread = threadOf();
    const source = new MemorySeriesSource(exploded(60_000), {
      mostPerAnswer: 30_000,
      lines: [`{"level":"info","order":"${hex(1)}"}`, `{"level":"warn","order":"${hex(2)}"}`],
    });
    const report = await takeSample(partsOf(folder, source, thread), contextOf());
    expect(report.partial).toEqual([]);
    expect([report.series, report.sampledShare, report.seriesKnown]).toEqual([60_000, 1, 60_000]);
    expect(source.asked.length).toBeGreaterThan(2);
    expect(report.labels[0]).toMatchObject({ label: "trace_id", values: 58_800, shape: "trace", idLike: true });
    expect(report.suggested).toContainEqual({ kind: "metadata", label: "trace_id" });
    expect(report.fields.map(({ field, lines }) => [field, lines])).toEqual([
      ["level", 8 * 2],
      ["order", 8 * 2],
    ]);
    expect(cardinalityReportSchema.parse(report)).toEqual(report);

    const file = seriesFile(folder.path, report.job);
    const answer = await thread.ask(
      { kind: "what-if", file, changes: [{ kind: "drop", label: "trace_id" }] },
      new AbortController().signal,
    );
    expect(answer).toMatchObject({ before: 60_000, after: 7 + 1_200, low: 1_207, high: 1_207 });
  });

  it("that was killed goes on where it was: what was read is not asked for again, and nothing is there twice", async () => {
    using folder = temporaryDirectory();
    const days = Array.from({ length: 4_000 }, (_, at): TimedSeries => {
      const fromMs = NOW_MS - 1 - (at % 4) * 24 * HOUR_MS;
      return { labels: { app: "x", id: `${at}` }, fromMs, toMs: fromMs };
    });
    const source = new MemorySeriesSource(days);
    const controller = new AbortController();
    const killed = contextOf({ lastMinutes: 5 * 24 * 60, signal: controller.signal });
    source.onSeries = (request) => {
      if (request === 3) controller.abort();
    };
    {
      await using thread = threadOf();
      await expect(takeSample(partsOf(folder, source, thread), killed)).rejects.toMatchObject({
        code: "request.cancelled",
      });
    }
    const asked = source.asked.length;
    source.onSeries = () => {};
    const checkpoint = killed.commits.at(-1) ?? null;
    expect(checkpoint?.slicesDone).toBe(2);
    await using thread = threadOf();
    const report = await takeSample(
      partsOf(folder, source, thread),
      contextOf({ lastMinutes: 5 * 24 * 60, checkpoint }),
    );
    expect(report.series).toBe(4_000);
    // Six days are touched; two were read, the third was under way.
    expect(source.asked.length - asked).toBe(4);
  });

  it("begins anew where its journal is damaged, and says nothing wrong", async () => {
    using folder = temporaryDirectory();
    await using thread = threadOf();
    const source = new MemorySeriesSource(exploded(100));
    const first = contextOf();
    await takeSample(partsOf(folder, source, thread), first);
    const checkpoint = first.commits.at(-1) ?? null;
    expect(checkpoint?.journalBytes).toBeGreaterThan(0);
    const again = await takeSample(partsOf(folder, source, thread), contextOf({ checkpoint }));
    expect(again.series).toBe(100);
  });

  it("says which part could not be read, and fails where nothing could", async () => {
    using folder = temporaryDirectory();
    await using thread = threadOf();
    const alike = Array.from({ length: 40 }, (_, at): TimedSeries => {
      const fromMs = NOW_MS - 1 - 24 * HOUR_MS * (at % 2);
      return { labels: at % 2 === 0 ? { app: "x", n: `${at}` } : { app: "x" }, fromMs, toMs: fromMs };
    });
    const source = new MemorySeriesSource(alike, { mostPerAnswer: 19 });
    source.onSeries = () => {};
    const report = await takeSample(partsOf(folder, source, thread), contextOf({ lastMinutes: 2 * 24 * 60 }));
    const notes = report.partial.filter(({ key }) => key === "slice-failed");
    expect(notes.length).toBeGreaterThan(0);
    expect(report.series).toBeGreaterThan(0);
    const one = exploded(40).map((each) => ({ ...each, labels: { app: "x" }, fromMs: NOW_MS - 1, toMs: NOW_MS }));
    const none = new MemorySeriesSource(one, { mostPerAnswer: 5 });
    await expect(takeSample(partsOf(folder, none, thread), contextOf({ lastMinutes: 5 }))).rejects.toMatchObject({
      code: "loki.failed",
    });
  });

  it("is compared with the day before, and one with a selector is kept out of the history", async () => {
    using folder = temporaryDirectory();
    await using thread = threadOf();
    await using history = new SqliteCardinalityHistory(folder.file("history.db"));
    const facts = tenantFacts("acme", { now: [], before: [], config: null });
    const of = { site: "s", tenant: "acme" };
    await history.record(of, { day: "2026-11-21", series: 50, labels: { trace_id: 5, constructor: 3 } });
    const source = new MemorySeriesSource(exploded(100));
    const taken = await takeSample(partsOf(folder, source, thread), contextOf());
    const report = await rememberSample(history, taken, facts);
    expect(report.seriesDayBefore).toBe(50);
    expect(report.labels.map(({ label, valuesDayBefore }) => [label, valuesDayBefore])).toEqual([
      ["trace_id", 5],
      ["app", 0],
      ["zone", 0],
    ]);
    expect((await history.days(of, 10)).map(({ day, series }) => [day, series])).toEqual([
      ["2026-11-21", 50],
      ["2026-11-22", 100],
    ]);
    const part = await takeSample(partsOf(folder, source, thread), contextOf({ selector: '{app="a1"}' }));
    await rememberSample(history, part, facts);
    expect((await history.days(of, 10)).at(-1)?.series).toBe(100);
  });
});
