import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orderedLanes } from "../../../src-main/core/logs/adapters/loki/ordered-lanes.ts";
import {
  cutAtSelector,
  hasPipeline,
  isMetricQuery,
  longestRangeNs,
  selectorsOf,
} from "../../../src-main/core/logs/adapters/loki/query-text.ts";
import { planParts } from "../../../src-main/core/logs/adapters/loki/range-plan.ts";
import { neverAborted } from "../../builders/loki-sources.ts";
import { settle } from "../../builders/manual-clock.ts";

const DAY = 86_400_000_000_000n;

describe("the parts of a long range", () => {
  it("cover the range without gap or overlap, in query order, and are never too many or too long", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1_700_000_000_000_000_000n, max: 1_800_000_000_000_000_000n }),
        fc.bigInt({ min: 1n, max: 400n * DAY }),
        fc.constantFrom("forward" as const, "backward" as const),
        fc.option(fc.integer({ min: 0, max: 2_000_000_000 })),
        fc.boolean(),
        fc.option(fc.bigInt({ min: 3_600_000_000_000n, max: 40n * DAY })),
        (startNs, lengthNs, direction, entries, filtered, longestNs) => {
          const range = { startNs, endNs: startNs + lengthNs };
          const promised = entries === null ? null : { streams: 1, chunks: 1, bytes: 1, entries };
          const parts = planParts({ range, direction, promised, filtered, longestNs });
          const inTime = direction === "forward" ? parts : parts.toReversed();
          expect(inTime[0]?.startNs).toBe(range.startNs);
          expect(inTime.at(-1)?.endNs).toBe(range.endNs);
          for (const [index, part] of inTime.entries()) {
            expect(part.endNs).toBeGreaterThan(part.startNs);
            if (index > 0) expect(part.startNs).toBe(inTime[index - 1]?.endNs);
            if (longestNs !== null) expect(part.endNs - part.startNs).toBeLessThanOrEqual(longestNs);
          }
          if (longestNs === null) expect(parts.length).toBeLessThanOrEqual(802);
        },
      ),
    );
  });

  it("are days when nothing is known, hours when a day is much, and one when it is little", () => {
    const startNs = 20_778n * DAY;
    const month = { startNs, endNs: startNs + 30n * DAY };
    const plan = (entries: number | null) =>
      planParts({
        range: month,
        direction: "forward",
        promised: entries === null ? null : { streams: 1, chunks: 1, bytes: 1, entries },
        filtered: false,
        longestNs: null,
      }).length;
    expect(plan(null)).toBe(30);
    expect(plan(50_000)).toBe(1);
    expect(plan(1_000_000_000)).toBe(720);
  });
});

describe("lanes that run at once", () => {
  async function* numbers(lane: number, count: number, started: number[], open: Set<number>, signal: AbortSignal) {
    started.push(lane);
    open.add(lane);
    try {
      for (let index = 0; index < count; index++) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
        yield `${lane}.${index}`;
      }
    } finally {
      open.delete(lane);
    }
  }

  it("give their pieces in the order of the list and hold no more than the budget", async () => {
    const started: number[] = [];
    const open = new Set<number>();
    let produced = 0;
    let taken = 0;
    let mostAhead = 0;
    const start = async function* (lane: number, signal: AbortSignal) {
      for await (const piece of numbers(lane, 20, started, open, signal)) {
        produced++;
        mostAhead = Math.max(mostAhead, produced - taken);
        yield piece;
      }
    };
    const options = { parallel: () => 3, maxBufferedBytes: 5, sizeOf: () => 1 };
    const pieces: string[] = [];
    for await (const event of orderedLanes(6, start, options, neverAborted)) {
      if (event.kind === "piece") {
        pieces.push(event.piece);
        taken++;
        await settle();
      }
    }
    expect(pieces).toEqual(Array.from({ length: 120 }, (_, index) => `${Math.floor(index / 20)}.${index % 20}`));
    // Five held, one in the hand of each lane.
    expect(mostAhead).toBeLessThanOrEqual(5 + 3 + 1);
    expect(open.size).toBe(0);
  });

  it("stop all of them when the reader leaves", async () => {
    const started: number[] = [];
    const open = new Set<number>();
    const lanes = orderedLanes(
      10,
      (lane, signal) => numbers(lane, 1_000, started, open, signal),
      { parallel: () => 4, maxBufferedBytes: 100, sizeOf: () => 1 },
      neverAborted,
    );
    for await (const event of lanes) if (event.kind === "piece") break;
    expect(started).toEqual([0, 1, 2, 3]);
    expect(open.size).toBe(0);
  });

  it("tell a failure in its place and go on with the next", async () => {
    const start = async function* (lane: number) {
      yield lane;
      if (lane === 1) throw new Error("lane 1");
    };
    const kinds: string[] = [];
    const options = { parallel: () => 3, maxBufferedBytes: 10, sizeOf: () => 1 };
    for await (const event of orderedLanes(3, start, options, neverAborted)) kinds.push(`${event.kind} ${event.lane}`);
    expect(kinds).toEqual(["piece 0", "done 0", "piece 1", "failed 1", "piece 2", "done 2"]);
  });
});

describe("what the reader needs to know of a query's text", () => {
  it("finds selectors, also where braces stand in strings and comments", () => {
    expect(selectorsOf('{app="x}", b=~"y"} |= "{a}" # {c="d"}')).toEqual(['{app="x}", b=~"y"}']);
    expect(selectorsOf('sum(rate({a="b"}[5m])) / sum(rate({c="d"}[5m]))')).toEqual(['{a="b"}', '{c="d"}']);
    expect(cutAtSelector('({a="b"} |= "x")')).toEqual({ head: "(", selector: '{a="b"}', tail: ' |= "x")' });
    expect(cutAtSelector('{a="b"')).toBeNull();
    expect(cutAtSelector('rate({a="b"}[5m])')).toBeNull();
  });

  it("tells metric queries from log queries, also ones that it cannot parse", () => {
    for (const metric of ["1+1", "vector(1)", 'rate({a="b"}[5m])', 'approx_topk(3, sum by (a) (rate({a="b"}[5m])))']) {
      expect([metric, isMetricQuery(metric)]).toEqual([metric, true]);
    }
    for (const log of ['{a="b"}', '({a="b"})', '{a="b"} | json | x > 1', '{a="b"', '{a="b"} |~', ""]) {
      expect([log, isMetricQuery(log)]).toEqual([log, false]);
    }
  });

  it("knows how far back a query reaches and whether it leaves lines out", () => {
    expect(longestRangeNs('rate({a="b"}[1h30m] offset 1d)')).toBe(91_800_000_000_000n);
    expect(longestRangeNs('{a="b"}')).toBe(0n);
    expect(hasPipeline('{a="b"}')).toBe(false);
    expect(hasPipeline('{a="b"} | json')).toBe(true);
  });
});
