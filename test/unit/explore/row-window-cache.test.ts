import { describe, expect, it } from "vitest";
import type { RowWindow } from "../../../src-shared/api/logs.api.ts";
import { PAGE_ROWS, RowWindowCache } from "../../../src-renderer/features/explore/rows/row-window-cache.ts";
import { syntheticLogs } from "../../builders/synthetic-logs.ts";

const logs = syntheticLogs({ newestNs: 1_763_633_647_000_000_000n, stepNs: 1_000n });

interface Asked {
  readonly from: number;
  readonly signal: AbortSignal;
  answer(total?: number): Promise<void>;
  fail(): Promise<void>;
}

/** A cache whose requests are answered by the test, and whose frames pass when the test says so. */
function setup(total: number) {
  const asked: Asked[] = [];
  const frames: (() => void)[] = [];
  const failures: unknown[] = [];
  let serverTotal = total;
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  const cache = new RowWindowCache({
    onNextFrame: (run) => frames.push(run),
    onFailure: (error) => failures.push(error),
    fetchWindow: (from, count, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<RowWindow>();
      signal.addEventListener("abort", () => reject(new Error("cancelled")));
      asked.push({
        from,
        signal,
        answer: async (now = serverTotal) => {
          const rows = Array.from({ length: Math.max(0, Math.min(count, now - from)) }, (_, at) => logs.row(from + at));
          resolve({ version: 1, total: now, from, streams: [...logs.streams], rows });
          await settle();
        },
        fail: async () => {
          reject(new Error("refused"));
          await settle();
        },
      });
      return promise;
    },
  });
  cache.setTotal(total);
  const frame = (): void => {
    for (const run of frames.splice(0)) run();
  };
  frame();
  return {
    cache,
    asked,
    frame,
    failures,
    settle,
    grow: (rows: number) => {
      serverTotal = rows;
      cache.setTotal(rows);
    },
  };
}

describe("the window cache", () => {
  it("asks for the pages in sight and one further in the direction of travel", () => {
    const { cache, asked } = setup(100_000);
    cache.want(1_000, 1_040, 1);
    expect(asked.map(({ from }) => from / PAGE_ROWS)).toEqual([7, 8, 9]);
  });

  it("looks ahead upwards when the reader scrolls up, and not before the first row", () => {
    const { cache, asked } = setup(100_000);
    cache.want(10_000, 10_030, -1);
    expect(asked.map(({ from }) => from / PAGE_ROWS)).toEqual([78, 77]);
    cache.want(0, 40, -1);
    expect(asked.at(-1)?.from).toBe(0);
  });

  it("gives rows and their labels once they are here, and nothing before", async () => {
    const { cache, asked } = setup(1_000);
    cache.want(0, 40, 0);
    expect(cache.row(5)).toBeUndefined();
    await asked[0]?.answer();
    expect(cache.row(5)).toEqual(logs.row(5));
    expect(cache.labels(5)).toHaveProperty("pod");
  });

  it("raises its version at most once a frame, however many pages arrive", async () => {
    const { cache, asked, frame } = setup(100_000);
    let told = 0;
    cache.subscribe(() => {
      told += 1;
    });
    cache.want(0, 300, 1);
    for (const request of asked.slice()) await request.answer();
    expect(told).toBe(0);
    frame();
    expect(told).toBe(1);
  });

  it("cancels what has scrolled away when there is no room, and lets the oldest finish", () => {
    const { cache, asked } = setup(1_000_000);
    for (const row of [0, 100_000, 200_000, 300_000]) cache.want(row, row + 40, 0);
    expect(asked[0]?.signal.aborted).toBe(false);
    expect(asked.filter(({ signal }) => signal.aborted).length).toBeGreaterThan(0);
    const alive = asked.filter(({ signal }) => !signal.aborted);
    expect(alive.length).toBeLessThanOrEqual(4);
    expect(alive.some(({ from }) => from <= 300_000 && 300_000 < from + PAGE_ROWS)).toBe(true);
  });

  it("keeps a few thousand rows of a walk over a million", async () => {
    const { cache, asked } = setup(1_000_000);
    for (let row = 0; row < 60_000; row += 500) {
      cache.want(row, row + 40, 1);
      for (const request of asked.splice(0)) await request.answer();
    }
    expect(cache.load.rows).toBeLessThanOrEqual(24 * PAGE_ROWS);
    expect(cache.row(59_500)).toBeDefined();
    expect(cache.row(0)).toBeUndefined();
  });

  it("asks again for the last page when the set has grown, and keeps its old rows meanwhile", async () => {
    const { cache, asked, grow } = setup(50);
    cache.want(0, 40, 0);
    await asked[0]?.answer();
    grow(120);
    expect(asked).toHaveLength(2);
    expect(cache.row(30)).toBeDefined();
    await asked[1]?.answer();
    expect(cache.row(119)).toEqual(logs.row(119));
  });

  it("does not ask without end for rows that the core does not have after all", async () => {
    const { cache, asked } = setup(1_000);
    cache.want(0, 40, 0);
    for (const request of asked.slice()) await request.answer(10);
    expect(asked).toHaveLength(2);
  });

  it("asks for a failed page again when the reader moves, not at once", async () => {
    const { cache, asked, failures } = setup(10_000);
    cache.want(0, 40, 0);
    await asked[0]?.fail();
    const after = asked.length;
    cache.want(0, 40, 0);
    expect(asked).toHaveLength(after);
    expect(failures).toHaveLength(1);
    cache.want(3_000, 3_040, 0);
    cache.want(0, 40, 0);
    expect(asked.length).toBeGreaterThan(after);
  });

  it("says nothing of what it cancelled itself, and nothing at all when it is gone", async () => {
    const { cache, asked, failures, frame, settle } = setup(10_000);
    cache.want(0, 40, 0);
    cache[Symbol.dispose]();
    await settle();
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(failures).toEqual([]);
    frame();
    expect(cache.load).toEqual({ rows: 0, inFlight: 0 });
  });
});
