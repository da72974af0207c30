import { describe, expect, it } from "vitest";
import { CachedDocument } from "../../../src-main/core/identity/cached-document.ts";
import { ManualClock } from "../../builders/manual-clock.ts";

const TIMES = { maxAgeMs: 60_000, maxStaleMs: 600_000, minIntervalMs: 10_000 };
const signal = new AbortController().signal;

function source(clock: ManualClock) {
  const state = { fetched: 0, failing: false };
  const fetch = async () => {
    state.fetched++;
    if (state.failing) throw new Error(`failure ${state.fetched}`);
    return { version: state.fetched };
  };
  return { state, documents: new CachedDocument(fetch, clock, TIMES) };
}

describe("a document of the provider", () => {
  it("is fetched once for all who need it, and again when it is old", async () => {
    const clock = new ManualClock();
    const { state, documents } = source(clock);
    const all = await Promise.all(Array.from({ length: 20 }, () => documents.current(signal)));
    expect(new Set(all).size).toBe(1);
    await clock.advance(TIMES.maxAgeMs - 1);
    await documents.current(signal);
    expect(state.fetched).toBe(1);
    await clock.advance(1);
    expect(await documents.current(signal)).toEqual({ version: 2 });
  });

  it("outlives an outage of the provider, but not for ever", async () => {
    const clock = new ManualClock();
    const { state, documents } = source(clock);
    await documents.current(signal);
    state.failing = true;
    await clock.advance(TIMES.maxStaleMs - 1);
    expect(await documents.current(signal)).toEqual({ version: 1 });
    await clock.advance(1);
    await expect(documents.current(signal)).rejects.toThrow("failure");
  });

  it("is not asked for more often than the interval, neither after success nor after failure", async () => {
    const clock = new ManualClock();
    const { state, documents } = source(clock);
    state.failing = true;
    for (let attempt = 0; attempt < 50; attempt++) {
      await expect(documents.current(signal)).rejects.toThrow("failure 1");
    }
    expect(state.fetched).toBe(1);
    state.failing = false;
    await clock.advance(TIMES.minIntervalMs);
    const known = await documents.current(signal);
    for (let attempt = 0; attempt < 50; attempt++) {
      expect(await documents.newerThan(known, signal)).toBeNull();
    }
    expect(state.fetched).toBe(2);
    await clock.advance(TIMES.minIntervalMs);
    expect(await documents.newerThan(known, signal)).toEqual({ version: 3 });
    expect(await documents.newerThan(known, signal)).toEqual({ version: 3 });
    expect(state.fetched).toBe(3);
  });

  it("is still fetched for the others when one of them gives up", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const documents = new CachedDocument(() => promise, new ManualClock(), TIMES);
    const one = new AbortController();
    const impatient = documents.current(one.signal);
    const patient = documents.current(signal);
    one.abort(new Error("gave up"));
    await expect(impatient).rejects.toThrow("gave up");
    resolve("keys");
    expect(await patient).toBe("keys");
  });

  it("is not even begun for somebody who has given up before", async () => {
    const clock = new ManualClock();
    const { state, documents } = source(clock);
    const known = await documents.current(signal);
    state.failing = true;
    await clock.advance(TIMES.maxAgeMs);
    const gone = AbortSignal.abort(new Error("gave up"));
    await expect(documents.current(gone)).rejects.toThrow("gave up");
    await expect(documents.newerThan(known, gone)).rejects.toThrow("gave up");
    expect(state.fetched).toBe(1);
  });
});
