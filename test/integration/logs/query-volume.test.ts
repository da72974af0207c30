import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { estimateCost } from "../../../src-main/core/logs/query-cost.ts";
import { queryVolume } from "../../../src-main/core/logs/query-volume.ts";
import { bucketPlan } from "../../../src-main/core/logs/bucket-plan.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";
import { NS_PER_SECOND } from "../../../src-shared/model/nano-time.ts";
import type { PlainRow } from "../../builders/log-batches.ts";
import { memoryLogSource, type MemorySourceOptions } from "../../builders/memory-log-source.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";

const never = new AbortController().signal;
const logger = new RecordingLogger();
const T0 = 1_763_632_800n * NS_PER_SECOND;
const limits = { warnBytes: 1_000_000, warnRangeHours: 24 };
const hour = { startNs: T0, endNs: T0 + 3_600n * NS_PER_SECOND };

function sum(buckets: readonly object[]): number {
  return buckets.flatMap((counts) => Object.values(counts)).reduce((a: number, b: number) => a + b, 0);
}

/** Entries at whole seconds, as most logs have them: all of them on edges of buckets. */
function everySecond(count: number): PlainRow[] {
  return Array.from({ length: count }, (_, n) => ({
    timestampNs: T0 + BigInt(n) * NS_PER_SECOND,
    labels: { app: n % 3 === 0 ? "auth" : "payments", pod: "p-0" },
    line: `line ${n}`,
    level: n % 4 === 0 ? ("error" as const) : ("info" as const),
  }));
}

describe("a plan of buckets", () => {
  test("covers a range exactly once, with runs whose inner edges are whole steps", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 18n), max: 4n * 10n ** 18n }),
        fc.bigInt({ min: 1n, max: 10n ** 17n }),
        fc.integer({ min: 1, max: 500 }),
        (startNs, length, buckets) => {
          const range = { startNs, endNs: startNs + length };
          const plan = bucketPlan(range, buckets);
          expect(plan.startNs % plan.stepNs).toBe(0n);
          expect(plan.buckets).toBeLessThanOrEqual(buckets + 1);
          expect(plan.startNs + BigInt(plan.buckets) * plan.stepNs).toBeGreaterThanOrEqual(range.endNs);
          expect(plan.runs[0]?.range.startNs).toBe(range.startNs);
          expect(plan.runs.at(-1)?.range.endNs).toBe(range.endNs);
          for (const [index, run] of plan.runs.entries()) {
            if (index > 0) expect(run.range.startNs).toBe(plan.runs[index - 1]?.range.endNs);
            expect(plan.startNs + BigInt(run.firstBucket) * plan.stepNs).toBeLessThanOrEqual(run.range.startNs);
            if (run.buckets > 1) expect((run.range.endNs - run.range.startNs) % plan.stepNs).toBe(0n);
          }
        },
      ),
    );
  });
});

describe("the volume of a query", () => {
  test("counts each entry of the range once, in its bucket and by its level, also on the buckets' edges", async () => {
    const rows = everySecond(600);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 500_000 }),
        fc.integer({ min: 1, max: 400_000 }),
        fc.integer({ min: 1, max: 80 }),
        async (startMs, lengthMs, maxBuckets) => {
          const startNs = T0 + BigInt(startMs) * 1_000_000n;
          const range = { startNs, endNs: startNs + BigInt(lengthMs) * 1_000_000n };
          const query = '{app="payments"} |= "line" # all of them';
          const volume = await queryVolume(memoryLogSource({ rows }), query, range, maxBuckets, logger, never);
          expect(volume).toMatchObject({ unit: "entries", whole: true });
          const inRange = rows.filter(
            ({ timestampNs: ns, labels }) => labels["app"] === "payments" && ns >= range.startNs && ns < range.endNs,
          );
          expect(sum(volume.buckets)).toBe(inRange.length);
          const step = BigInt(volume.bucketNs);
          for (const [index, counts] of volume.buckets.entries()) {
            const from = BigInt(volume.startNs) + BigInt(index) * step;
            const here = inRange.filter(({ timestampNs }) => timestampNs >= from && timestampNs < from + step);
            expect(counts.error ?? 0).toBe(here.filter(({ level }) => level === "error").length);
            expect(counts.info ?? 0).toBe(here.filter(({ level }) => level === "info").length);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test("asks queries that Loki's grammar accepts, errors of parsers dropped", async () => {
    const source = memoryLogSource({ rows: everySecond(10) });
    const range = { startNs: T0 + 1_500_001n, endNs: T0 + 5_500_000_001n };
    await queryVolume(source, '{app="payments"} | json | status >= 500', range, 10, logger, never);
    const metrics = source.asked.filter((query) => query.startsWith("metric "));
    expect(metrics.length).toBe(3);
    for (const query of metrics) {
      expect(parseLogQl(query.slice("metric ".length))).toMatchObject({ ok: true });
      expect(query).toContain("drop __error__, __error_details__");
      expect(query).toContain("offset 1ns");
    }
  });

  test("is told in bytes where counting entries would read too much, over the same range", async () => {
    const rows = everySecond(600);
    const source = memoryLogSource({ rows, indexBytes: 2 ** 40 });
    const range = { startNs: T0 + 10n * NS_PER_SECOND, endNs: T0 + 500n * NS_PER_SECOND };
    const volume = await queryVolume(source, '{app=~".+"}', range, 30, logger, never);
    expect(volume.unit).toBe("bytes");
    const bytes = rows.slice(10, 500).reduce((all, { line }) => all + line.length, 0);
    expect(sum(volume.buckets)).toBe(bytes);
    const step = BigInt(volume.bucketNs);
    for (const [index, counts] of volume.buckets.entries()) {
      const from = BigInt(volume.startNs) + BigInt(index) * step;
      const here = rows
        .slice(10, 500)
        .filter(({ timestampNs }) => timestampNs >= from && timestampNs < from + step)
        .reduce((all, { line }) => all + line.length, 0);
      expect(counts.unknown ?? 0).toBe(here);
    }
  });

  test("falls back to bytes when the metric query is refused, and is unsupported where there is neither", async () => {
    const options: MemorySourceOptions = { rows: everySecond(10) };
    const source = memoryLogSource(options);
    const refusing = {
      ...source,
      metric: () => Promise.reject(new AppError("loki.query-invalid", { text: "no", line: 0, column: 0 })),
    };
    expect((await queryVolume(refusing, '{app="auth"}', hour, 30, logger, never)).unit).toBe("bytes");
    const mute = memoryLogSource({ ...options, capabilities: { metricQueries: false, volume: false } });
    await expect(queryVolume(mute, '{app="auth"}', hour, 30, logger, never)).rejects.toMatchObject({
      code: "logs.unsupported",
    });
  });

  test("of a metric query is that of the logs behind it", async () => {
    const source = memoryLogSource({ rows: everySecond(100) });
    const query = 'sum by (app) (rate({app="auth"} |= "line" [5m])) > 0';
    const volume = await queryVolume(source, query, hour, 30, logger, never);
    expect(sum(volume.buckets)).toBe(34);
  });
});

describe("the cost of a query", () => {
  const kinds = (estimate: { readonly warnings: readonly { readonly kind: string }[] }) =>
    estimate.warnings.map(({ kind }) => kind);

  test("of a narrow query over a short range is nothing to ask about", async () => {
    const source = memoryLogSource({ rows: everySecond(60) });
    const estimate = await estimateCost(source, '{app="auth"} |= "x"', hour, limits, logger, never);
    expect(estimate).toMatchObject({ warnings: [], confirm: false, stats: { entries: 20, streams: 1 } });
  });

  test.each(['{app=~".+"}', '{app=~".*", pod=~".+"}', '{app!="x", pod=~"(.|\\\\n)+"}', '{app=~"[^\\\\n]+"}'])(
    "warns of the catch-all %s and offers matchers, those with most logs first",
    async (query) => {
      const source = memoryLogSource({ rows: everySecond(60) });
      const estimate = await estimateCost(source, query, hour, limits, logger, never);
      expect(kinds(estimate)).toEqual(["catch-all"]);
      expect(estimate.warnings[0]?.suggestions).toEqual(['app="payments"', 'app="auth"']);
    },
  );

  test.each(['{app=~"pay.+"}', '{app=~".+", env="prod"}', '{app=~"a|b|c"}'])("does not call %s one", async (query) => {
    const estimate = await estimateCost(memoryLogSource({ rows: [] }), query, hour, limits, logger, never);
    expect(kinds(estimate)).toEqual([]);
  });

  test("asks before many bytes and before a large catch-all; warns of many streams and of a long range", async () => {
    const rows = everySecond(60);
    const big = memoryLogSource({ rows, indexBytes: 2 ** 40, indexStreams: 50_000 });
    const week = { startNs: T0, endNs: T0 + 7n * 86_400n * NS_PER_SECOND };
    const estimate = await estimateCost(big, '{app=~".+"}', week, limits, logger, never);
    expect(kinds(estimate)).toEqual(["many-bytes", "catch-all", "many-streams", "long-range", "no-line-filter"]);
    expect(estimate.confirm).toBe(true);
    expect(estimate.warnings[0]?.params).toEqual({ bytes: 2 ** 40, limitBytes: 1_000_000 });
    const blind = memoryLogSource({ rows, capabilities: { stats: false } });
    expect(await estimateCost(blind, '{app=~".+"}', hour, limits, logger, never)).toMatchObject({ confirm: true });
  });

  test("tells a limit that Loki would refuse it by, and leaves broken queries to the editor", async () => {
    const source = memoryLogSource({ rows: [] });
    const limited = {
      ...source,
      stats: () => Promise.reject(new AppError("loki.limit-exceeded", { text: "too long", limit: "max_query_length" })),
    };
    const estimate = await estimateCost(limited, '{app="auth"}', hour, limits, logger, never);
    expect(estimate).toMatchObject({
      confirm: true,
      warnings: [{ kind: "over-limit", params: { text: "too long", limit: "max_query_length" } }],
    });
    expect(await estimateCost(source, "{app=", hour, limits, logger, never)).toEqual({ warnings: [], confirm: false });
  });
});
