import { describe, expect, it } from "vitest";
import { lastFlush } from "../../../src-main/core/health/operations/last-flush.ts";

const KEY = 'loki_ingester_chunks_flushed_total{reason="idle"}';
const FULL = 'loki_ingester_chunks_flushed_total{reason="full"}';

function history(series: Readonly<Record<string, readonly (readonly [number, number])[]>>) {
  return {
    read: (_instance: string, wanted: (key: string) => boolean) =>
      Promise.resolve(
        new Map(
          Object.entries(series)
            .filter(([key]) => wanted(key))
            .map(([key, points]) => [key, points.map(([atMs, value]) => ({ atMs, value }))]),
        ),
      ),
  };
}

describe("when an ingester last flushed", () => {
  it("is when any of its counters last grew", async () => {
    const points = {
      [KEY]: [
        [0, 5],
        [10, 6],
        [20, 6],
      ],
      [FULL]: [
        [0, 1],
        [10, 1],
        [20, 1],
      ],
    } as const;
    expect(await lastFlush(history(points), "i", 100)).toEqual({ atMs: 10, sinceMs: 0 });
  });

  it("is not known when it was not seen to, and nothing is when nothing is kept", async () => {
    expect(
      await lastFlush(
        history({
          [KEY]: [
            [0, 5],
            [10, 5],
          ],
        }),
        "i",
        100,
      ),
    ).toEqual({ atMs: null, sinceMs: 0 });
    expect(await lastFlush(history({ loki_other: [[0, 5]] }), "i", 100)).toBeNull();
  });

  it("is not a counter that went back with a new process, but what that one flushed", async () => {
    expect(
      await lastFlush(
        history({
          [KEY]: [
            [0, 500],
            [10, 0],
            [20, 0],
          ],
        }),
        "i",
        100,
      ),
    ).toEqual({ atMs: null, sinceMs: 0 });
    expect(
      await lastFlush(
        history({
          [KEY]: [
            [0, 500],
            [10, 0],
            [20, 3],
          ],
        }),
        "i",
        100,
      ),
    ).toEqual({ atMs: 20, sinceMs: 0 });
  });
});
