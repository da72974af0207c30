import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Scrape } from "../../../src-main/core/health/detection/scrape.ts";
import { readTrace } from "../../../src-main/core/health/detection/read-trace.ts";
import { FIGURE_RULES, figureRules } from "../../../src-main/core/health/instance/figure-rules.ts";
import { FigureSlots } from "../../../src-main/core/health/instance/figure-slots.ts";
import { FigureWindow } from "../../../src-main/core/health/instance/figure-window.ts";
import { KEPT_FAMILIES } from "../../../src-main/core/health/scraping/kept-families.ts";
import { LOKI_COMPONENTS } from "../../../src-shared/api/sites.api.ts";
import en from "../../../src-shared/i18n/en/health.json" with { type: "json" };
import zh from "../../../src-shared/i18n/zh-CN/health.json" with { type: "json" };
import type { Figure } from "../../../src-shared/model/health/instance-details.ts";

type Series = Readonly<Record<string, number>>;

function scrape(instance: string, atMs: number, series: Series | null, tookSeconds = 0.1): Scrape {
  return { instance, component: instance.replace(/-\d+$/, ""), atMs, tookSeconds, series, ready: true };
}

function windowOf(...rounds: readonly (readonly Scrape[])[]): FigureWindow {
  const window = new FigureWindow();
  for (const scrapes of rounds) window.take({ atMs: scrapes[0]?.atMs ?? 0, scrapes, ring: null });
  return window;
}

function figure(window: FigureWindow, instance: string, key: string): Figure | undefined {
  return window.figures(instance).find((found) => found.key === key);
}

const PUTS = 'loki_s3_request_duration_seconds_count{operation="S3.PutObject",status_code="200"}';
const PUT_SECONDS = 'loki_s3_request_duration_seconds_sum{operation="S3.PutObject",status_code="200"}';

describe("the list of figures", () => {
  it("reads only what scrapes keep, and each figure has its words in both languages", () => {
    expect(new FigureSlots(FIGURE_RULES).families.filter((name) => !KEPT_FAMILIES.has(name))).toEqual([]);
    const words = (texts: Readonly<Record<string, string>>) =>
      FIGURE_RULES.map(({ key }) => key).filter((key) => (texts[`health.figure.${key}`] ?? "") === "");
    expect(words(en)).toEqual([]);
    expect(words(zh)).toEqual([]);
  });

  it("names each figure once for every component", () => {
    for (const component of LOKI_COMPONENTS) {
      const keys = figureRules(component).map(({ key }) => key);
      expect(new Set(keys).size, component).toBe(keys.length);
    }
    expect(new Set(FIGURE_RULES.map(({ key }) => key)).size).toBe(FIGURE_RULES.length);
  });
});

describe("figures of a process beside its mates", () => {
  it("show in a recording the ingester whose puts are slow, its queue, and its mates as they are", async () => {
    const window = new FigureWindow();
    const file = new URL("../../fixtures/cluster-traces/c-slow-put-ingester-2.ndjson.gz", import.meta.url).pathname;
    let rounds = 0;
    for await (const round of readTrace(file)) {
      window.take(round);
      rounds += 1;
      // Two minutes in, long after the fault began.
      if (rounds === 24) break;
    }
    const slow = figure(window, "ingester-2", "put-mean");
    expect(slow).toMatchObject({ unit: "seconds", metric: "loki_s3_request_duration_seconds" });
    expect(slow?.value).toBeGreaterThan(1.5);
    expect(slow?.matesMedian).toBeLessThan(0.1);
    expect(figure(window, "ingester-1", "put-mean")?.value).toBeLessThan(0.1);
    const queue = figure(window, "ingester-2", "flush-queue");
    expect(queue?.value).toBeGreaterThan(3 * (queue?.matesMedian ?? 0));
    expect(figure(window, "ingester-2", "cpu-cores")?.value).toBeGreaterThan(0);
    expect(figure(window, "ingester-2", "memory-streams")?.value).toBeGreaterThan(100);
    const pushes = figure(window, "distributor-1", "client-push-rate");
    expect(pushes?.value).toBeGreaterThan(1);
    expect(pushes?.matesMedian).toBeGreaterThan(1);
  });

  it("take rates and means over the last minute of rounds, and the metric as this process names it", () => {
    const thanos = 'loki_objstore_bucket_operation_duration_seconds_count{bucket="b",operation="upload"}';
    const thanosSeconds = 'loki_objstore_bucket_operation_duration_seconds_sum{bucket="b",operation="upload"}';
    const rounds = Array.from({ length: 9 }, (_, index) => [
      scrape("ingester-0", index * 15_000, { [PUTS]: index * 30, [PUT_SECONDS]: index * 3 }),
      scrape("ingester-1", index * 15_000, { [thanos]: index * 15, [thanosSeconds]: index * 30 }),
    ]);
    const window = windowOf(...rounds);
    expect(figure(window, "ingester-0", "put-rate")).toMatchObject({ value: 2, matesMedian: 1 });
    expect(figure(window, "ingester-0", "put-mean")).toMatchObject({
      value: 0.1,
      matesMedian: 2,
      metric: "loki_s3_request_duration_seconds",
    });
    expect(figure(window, "ingester-1", "put-mean")).toMatchObject({
      value: 2,
      metric: "loki_objstore_bucket_operation_duration_seconds",
    });
  });

  it("share out what was flushed by its reasons", () => {
    const flushed = (idle: number, full: number) => ({
      'loki_ingester_chunks_flushed_total{reason="idle"}': idle,
      'loki_ingester_chunks_flushed_total{reason="full"}': full,
    });
    const window = windowOf([scrape("ingester-0", 0, flushed(10, 0))], [scrape("ingester-0", 15_000, flushed(40, 10))]);
    expect(figure(window, "ingester-0", "flushed-idle")).toMatchObject({ value: 0.75, unit: "share" });
    expect(figure(window, "ingester-0", "flushed-full")?.value).toBe(0.25);
    expect(figure(window, "ingester-0", "flushed-max-age")?.value).toBe(0);
  });

  it("count failures whose label sets are not there as none, and count a counter from where it first appears", () => {
    const failed = PUTS.replace('"200"', '"500"');
    const before = scrape("ingester-0", 0, { [PUTS]: 10 });
    expect(
      figure(windowOf([before], [scrape("ingester-0", 10_000, { [PUTS]: 20 })]), "ingester-0", "put-failures"),
    ).toMatchObject({ value: 0 });
    const window = windowOf([before], [scrape("ingester-0", 10_000, { [PUTS]: 20, [failed]: 5 })]);
    expect(figure(window, "ingester-0", "put-failures")).toMatchObject({ value: 0.5 });
  });

  it("say nothing of an instance that did not answer but what its mates do, and nothing of one that is gone", () => {
    const queue = (value: number) => ({ loki_ingester_flush_queue_length: value });
    const window = windowOf([
      scrape("ingester-0", 0, null, 5),
      scrape("ingester-1", 0, queue(4)),
      scrape("ingester-2", 0, queue(8)),
    ]);
    expect(figure(window, "ingester-0", "flush-queue")).toMatchObject({ value: null, matesMedian: 6 });
    expect(figure(window, "ingester-1", "flush-queue")).toMatchObject({ value: 4, matesMedian: 8 });
    expect(window.figures("ingester-9")).toEqual([]);
    window.take({ atMs: 15_000, scrapes: [scrape("ingester-1", 15_000, queue(4))], ring: null });
    expect(window.figures("ingester-0")).toEqual([]);
    expect(figure(window, "ingester-1", "flush-queue")?.matesMedian).toBeNull();
  });

  it("leave out families that a version does not export", () => {
    const keys = windowOf([scrape("ingester-0", 0, { go_goroutines: 7 })]).figures("ingester-0");
    expect(keys.map(({ key }) => key)).toEqual(["goroutines", "answer-time"]);
  });

  it("begin anew with a new process: what the old one counted is not its", () => {
    const life = (startedAt: number, puts: number) => ({ [PUTS]: puts, process_start_time_seconds: startedAt });
    const restarted = windowOf(
      [scrape("ingester-0", 0, life(1, 900))],
      [scrape("ingester-0", 15_000, life(14, 1_000))],
      [scrape("ingester-0", 30_000, life(14, 1_030))],
    );
    expect(figure(restarted, "ingester-0", "put-rate")?.value).toBe(2);
  });

  it("survive clocks set back, a round told twice, and rounds far apart", () => {
    const at = (atMs: number, puts: number) => [scrape("ingester-0", atMs, { [PUTS]: puts })];
    expect(figure(windowOf(at(100_000, 5), at(40_000, 6)), "ingester-0", "put-rate")).toBeUndefined();
    expect(figure(windowOf(at(0, 0), at(10_000, 50), at(10_000, 50)), "ingester-0", "put-rate")?.value).toBe(5);
    expect(figure(windowOf(at(0, 0), at(300_000, 600)), "ingester-0", "put-rate")?.value).toBe(2);
  });

  it("are never negative, never endless and no more than a whole share, whatever counters do", () => {
    const value = fc.oneof(fc.nat({ max: 1_000 }), fc.constant(Number.POSITIVE_INFINITY), fc.constant(Number.NaN));
    const flushed = (reason: string) => `loki_ingester_chunks_flushed_total{reason="${reason}"}`;
    const keys = [PUTS, PUT_SECONDS, flushed("idle"), flushed("full"), "process_cpu_seconds_total"];
    const series = fc.record(Object.fromEntries(keys.map((key) => [key, value])), { requiredKeys: [] });
    fc.assert(
      fc.property(fc.array(fc.option(series), { minLength: 1, maxLength: 8 }), (scrapes) => {
        const window = windowOf(
          ...scrapes.map((told, index) => [scrape("ingester-0", index * 15_000, told as Series | null)]),
        );
        for (const { value: found, unit } of window.figures("ingester-0")) {
          if (found === null) continue;
          expect(Number.isFinite(found)).toBe(true);
          expect(found).toBeGreaterThanOrEqual(0);
          if (unit === "share") expect(found).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
