import { describe, expect, test } from "vitest";
import { changeFeed, nextChange, type Subscribe } from "../../../src-main/core/logs/result-set/change-feed.ts";
import { RowRate } from "../../../src-main/core/logs/result-set/row-rate.ts";
import { ManualClock, settle } from "../../builders/manual-clock.ts";

function counter() {
  const listeners = new Set<() => void>();
  const subscribe: Subscribe = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    value: 0,
    listeners,
    subscribe,
    raise() {
      this.value += 1;
      for (const listener of listeners) listener();
    },
  };
}

describe("a feed of changes", () => {
  test("tells at most ten values a second, and always the last", async () => {
    const clock = new ManualClock();
    const source = counter();
    const abort = new AbortController();
    const seen: number[] = [];
    const feed = changeFeed(
      { read: () => source.value, ended: () => source.value === 1_000, changes: [source.subscribe] },
      clock,
      abort.signal,
    );
    const reading = (async () => {
      for await (const value of feed) seen.push(value);
    })();
    for (let step = 0; step < 1_000; step += 1) {
      source.raise();
      await clock.advance(2);
    }
    await clock.advance(200);
    await reading;
    expect(seen.at(-1)).toBe(1_000);
    expect(seen.length).toBeLessThanOrEqual(22);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(source.listeners.size).toBe(0);
  });

  test("waits for a change when there is none, reads again when it is asked to, and ends quietly with its signal", async () => {
    const clock = new ManualClock();
    const source = counter();
    const abort = new AbortController();
    const seen: number[] = [];
    let refreshMs: number | null = null;
    const reading = (async () => {
      const feed = {
        read: () => source.value,
        ended: () => false,
        changes: [source.subscribe],
        refreshMs: () => refreshMs,
      };
      for await (const value of changeFeed(feed, clock, abort.signal)) seen.push(value);
    })();
    await clock.advance(60_000);
    expect(seen).toEqual([0]);
    refreshMs = 1_000;
    source.raise();
    await clock.advance(5_000);
    // The change at once, then one a second after each pause.
    expect(seen).toEqual([0, 1, 1, 1, 1, 1]);
    abort.abort();
    await settle();
    await reading;
    expect(source.listeners.size).toBe(0);
  });

  test("whoever waits for a change is told that it was cancelled", async () => {
    const abort = new AbortController();
    const source = counter();
    const waiting = nextChange([source.subscribe], abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: "request.cancelled" });
    await expect(nextChange([source.subscribe], abort.signal)).rejects.toMatchObject({ code: "request.cancelled" });
    expect(source.listeners.size).toBe(0);
  });
});

describe("the rate of rows", () => {
  test("is that of the last seconds, and falls when none come any more", async () => {
    const clock = new ManualClock();
    const rate = new RowRate(clock);
    for (let step = 0; step < 100; step += 1) {
      rate.add(2_000);
      await clock.advance(100);
    }
    expect(rate.perSecond()).toBeGreaterThan(19_000);
    expect(rate.perSecond()).toBeLessThan(21_000);
    await clock.advance(2_000);
    expect(rate.perSecond()).toBeLessThan(15_000);
    await clock.advance(60_000);
    expect(rate.perSecond()).toBe(0);
  });
});
