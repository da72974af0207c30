import { describe, expect, it } from "vitest";
import { emptyTally, mergeEntries } from "../../../src-main/lab/store/entry-merge.ts";
import { ChunkCache } from "../../../src-main/lab/traffic/chunk-cache.ts";
import { BLOCK_MS, GeneratedStream } from "../../../src-main/lab/traffic/generated-stream.ts";
import { bankWorkloads } from "../../../src-main/lab/traffic/workloads.ts";
import { ManualClock } from "../../builders/manual-clock.ts";

const START = Date.UTC(2026, 10, 20, 10);
const ns = (ms: number) => BigInt(ms) * 1_000_000n;

function streamsAt(clock: ManualClock, seed = 7): GeneratedStream[] {
  const cache = new ChunkCache(64 * 2 ** 20);
  const earliestMs = () => START - 3_600_000;
  return bankWorkloads().map(
    ({ source, tenant }) => new GeneratedStream({ source, tenant, seed, clock, cache, earliestMs }),
  );
}

function read(stream: GeneratedStream, startMs: number, endMs: number): string[] {
  const found: string[] = [];
  mergeEntries(
    {
      streams: [stream],
      startNs: ns(startMs),
      endNs: ns(endMs),
      backward: false,
      lost: () => false,
      tally: emptyTally(),
    },
    ({ chunk, index }) => {
      if (chunk !== null) found.push(chunk.bytes.toString("utf8", chunk.starts[index], chunk.starts[index + 1]));
      return true;
    },
  );
  return found;
}

describe("traffic", () => {
  it("is the same for the same seed and time, whenever and however often it is read", () => {
    const lines = (clock: ManualClock, seed?: number) =>
      streamsAt(clock, seed)
        .flatMap((stream) => read(stream, START - 60_000, START))
        .join("\n");
    const early = lines(new ManualClock(START));
    expect(lines(new ManualClock(START + 1_800_000)) === early).toBe(true);
    expect(lines(new ManualClock(START), 8) === early).toBe(false);
  });

  it("flows with the clock: what it has not reached cannot be read, and nothing that was read changes", async () => {
    const clock = new ManualClock(START + 10_000);
    const [stream] = streamsAt(clock);
    if (stream === undefined) throw new Error("no traffic");
    const before = read(stream, START - 60_000, START + 600_000);
    expect(before.every((line) => line < `["${ns(START + 10_000) + 1n}`)).toBe(true);
    await clock.advance(60_000);
    const after = read(stream, START - 60_000, START + 600_000);
    expect(after.length).toBeGreaterThan(before.length);
    expect(after.slice(0, before.length)).toEqual(before);
  });

  it("the index promises exactly the entries that reading finds", () => {
    for (const stream of streamsAt(new ManualClock(START + 90_000))) {
      const refs = stream.chunks(ns(START - 2 * BLOCK_MS), ns(START + BLOCK_MS));
      for (const ref of refs) {
        const held = read(stream, Number(ref.startNs / 1_000_000n), Number(ref.throughNs / 1_000_000n) + 1).length;
        expect(Math.abs(held - ref.entries)).toBeLessThanOrEqual(1);
      }
    }
  });

  it("holds what makes log lines hard: other scripts, escape sequences, a bidi override, stack traces, a very long line", () => {
    const clock = new ManualClock(START);
    const lines = streamsAt(clock).flatMap((stream) => read(stream, START - 3_600_000, START));
    const some = (pattern: RegExp) => lines.some((line) => pattern.test(line));
    expect(some(/[\u4e00-\u9fff]/)).toBe(true);
    expect(some(/\\u001b\[31m/)).toBe(true);
    expect(some(/\u202e/)).toBe(true);
    expect(some(/\\n\\tat com\.bank/)).toBe(true);
    expect(lines.some((line) => line.length > 10_000)).toBe(true);
    for (const level of ["debug", "info", "warn", "error", "critical", "unknown"]) {
      expect(
        lines.some((line) => line.includes(`"detected_level":"${level}"`)),
        level,
      ).toBe(true);
    }
  });

  it("a tenant's incident shows as a burst of errors that passes", () => {
    const clock = new ManualClock(START);
    const payments = streamsAt(clock).filter(({ labels }) => labels["app"] === "payments");
    const perMinute = Array.from({ length: 60 }, (_, minute) => {
      const from = START - 3_600_000 + minute * 60_000;
      return payments
        .flatMap((stream) => read(stream, from, from + 60_000))
        .filter((line) => line.includes("E_TIMEOUT")).length;
    });
    expect(Math.max(...perMinute)).toBeGreaterThan(50);
    expect(perMinute.filter((count) => count === 0).length).toBeGreaterThan(30);
  });

  it("what memory holds of it is bounded", () => {
    const clock = new ManualClock(START);
    const cache = new ChunkCache(2 * 2 ** 20);
    const streams = bankWorkloads().map(
      ({ source, tenant }) =>
        new GeneratedStream({ source, tenant, seed: 7, clock, cache, earliestMs: () => START - 3_600_000 }),
    );
    for (const stream of streams) read(stream, START - 1_200_000, START);
    expect(cache.sizeBytes).toBeLessThanOrEqual(2 * 2 ** 20);
  });
});
