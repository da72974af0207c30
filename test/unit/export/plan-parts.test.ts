import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { IndexStats } from "../../../src-shared/model/log-query.ts";
import { NS_PER_SECOND, type TimeRange } from "../../../src-shared/model/nano-time.ts";
import { cutAt, planParts } from "../../../src-main/core/export/plan-parts.ts";
import { memoryLogSource } from "../../builders/memory-log-source.ts";

const SECOND = NS_PER_SECOND;
const HOUR = 3_600n * SECOND;
const DAY = 24n * HOUR;
const START = BigInt(Date.UTC(2026, 10, 20)) * 1_000_000n;
const never = new AbortController().signal;

/** A source whose index knows so many lines a nanosecond of each range. */
function indexed(linesIn: (range: TimeRange) => number, bytesPerLine = 100) {
  const asked: TimeRange[] = [];
  const source = {
    ...memoryLogSource({ rows: [] }),
    stats: async (_selector: string, range: TimeRange): Promise<IndexStats> => {
      asked.push(range);
      const entries = linesIn(range);
      return { streams: 1, chunks: 1, entries, bytes: entries * bytesPerLine };
    },
  };
  return { source, asked };
}

const evenly =
  (perSecond: number) =>
  ({ startNs, endNs }: TimeRange) =>
    Math.round((Number(endNs - startNs) / 1e9) * perSecond);

const request = { selector: '{app="x"}', filtered: false };

async function plan(range: TimeRange, linesIn: (range: TimeRange) => number, more: object = {}) {
  const { source, asked } = indexed(linesIn);
  const parts = await planParts({ ...request, range, ...more }, source, never);
  const ranges = parts.map(({ startNs, endNs }) => ({ startNs: BigInt(startNs), endNs: BigInt(endNs) }));
  return { parts, ranges, asked };
}

describe("the parts of an export", () => {
  it("are without gaps, overlap nowhere, and end at the end of a day, whatever the range and density", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt({ min: -DAY, max: 3n * DAY }),
        fc.bigInt({ min: 1n, max: 5n * DAY }),
        fc.integer({ min: 0, max: 5_000 }),
        async (offset, length, perSecond) => {
          const range = { startNs: START + offset, endNs: START + offset + length };
          const { ranges } = await plan(range, evenly(perSecond), { partLines: 2_000_000 });
          expect(ranges[0]?.startNs).toBe(range.startNs);
          expect(ranges.at(-1)?.endNs).toBe(range.endNs);
          for (const [index, { startNs, endNs }] of ranges.entries()) {
            expect(endNs).toBeGreaterThan(startNs);
            expect(startNs / DAY).toBe((endNs - 1n) / DAY);
            if (index > 0) expect(startNs).toBe(ranges[index - 1]?.endNs);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it("hold about as much as wanted where lines are spread evenly", async () => {
    const { parts } = await plan({ startNs: START, endNs: START + DAY }, evenly(1_000), { partLines: 500_000 });
    expect(parts.every(({ lines }) => (lines ?? 0) <= 500_000)).toBe(true);
    expect(parts.length).toBeLessThan(400);
    expect(parts.reduce((sum, { lines }) => sum + (lines ?? 0), 0)).toBe(86_400_000);
  });

  it("are short where much happens and long where little does", async () => {
    const burst = START + 10n * HOUR;
    const linesIn = ({ startNs, endNs }: TimeRange) => {
      const from = startNs > burst ? startNs : burst;
      const to = endNs < burst + 60n * SECOND ? endNs : burst + 60n * SECOND;
      return to > from ? Math.round(Number(to - from) / 1e9) * 100_000 : 0;
    };
    const { parts, ranges } = await plan({ startNs: START, endNs: START + DAY }, linesIn, { partLines: 500_000 });
    expect(parts.length).toBeLessThan(60);
    expect(Math.max(...parts.map(({ lines }) => lines ?? 0))).toBeLessThanOrEqual(1_000_000);
    expect(ranges[0]?.endNs).toBeGreaterThanOrEqual(START + 9n * HOUR);
  });

  it("are never shorter than a second, however much one holds", async () => {
    const { ranges } = await plan({ startNs: START, endNs: START + 10n * SECOND }, evenly(50_000_000));
    expect(ranges).toHaveLength(10);
  });

  it("are longer for a query that leaves most lines out", async () => {
    const range = { startNs: START, endNs: START + DAY };
    const plain = await plan(range, evenly(1_000));
    const filtered = await plan(range, evenly(1_000), { filtered: true });
    expect(filtered.parts.length).toBeLessThan(plain.parts.length / 2);
  });

  it("stay few enough to be remembered, for a year of very much", async () => {
    const { parts, asked } = await plan({ startNs: START, endNs: START + 30n * DAY }, evenly(200_000));
    expect(parts.length).toBeLessThan(20_000);
    expect(asked.length).toBeLessThan(20_000);
  });

  it("are days where there is no index, or none after all", async () => {
    const range = { startNs: START + HOUR, endNs: START + 2n * DAY + HOUR };
    const days = cutAt(range, DAY).map(({ startNs, endNs }) => ({
      startNs: `${startNs}`,
      endNs: `${endNs}`,
      lines: null,
    }));
    expect(days).toHaveLength(3);
    const without = memoryLogSource({ rows: [], capabilities: { stats: false } });
    expect(await planParts({ ...request, range }, without, never)).toEqual(days);
    const refused = {
      ...memoryLogSource({ rows: [] }),
      stats: () => Promise.reject(new AppError("logs.unsupported", { capability: "stats" })),
    };
    expect(await planParts({ ...request, range }, refused, never)).toEqual(days);
  });

  it("are asked about in pieces where a tenant's limit forbids a whole day", async () => {
    const range = { startNs: START, endNs: START + 2n * DAY };
    const limited = ({ startNs, endNs }: TimeRange) => {
      const text = "the query time range exceeds the limit (query length: 24h, limit: 12h)";
      if (endNs - startNs > 12n * HOUR) throw new AppError("loki.limit-exceeded", { text, limit: "max_query_length" });
      return evenly(10)({ startNs, endNs });
    };
    const { parts } = await plan(range, limited, { partLines: 500_000 });
    expect(parts).toHaveLength(4);
    expect(parts.map(({ lines }) => lines)).toEqual([432_000, 432_000, 432_000, 432_000]);
  });

  it("are not guessed when the index fails", async () => {
    const failing = {
      ...memoryLogSource({ rows: [] }),
      stats: () => Promise.reject(new AppError("loki.unreachable", { host: "x", problem: "y" })),
    };
    const range = { startNs: START, endNs: START + DAY };
    await expect(planParts({ ...request, range }, failing, never)).rejects.toMatchObject({ code: "loki.unreachable" });
  });
});
