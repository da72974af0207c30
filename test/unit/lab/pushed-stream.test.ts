import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyTally, mergeEntries } from "../../../src-main/lab/store/entry-merge.ts";
import { PushedStream } from "../../../src-main/lab/store/pushed-stream.ts";
import type { StoredEntry } from "../../../src-main/lab/store/entry.ts";
import { TenantStore } from "../../../src-main/lab/store/tenant-store.ts";
import type { LabStream } from "../../../src-main/lab/store/stream.ts";

const entryArbitrary = fc.record({
  timestampNs: fc.bigInt({ min: 1_795_000_000_000_000_000n, max: 1_795_000_000_000_000_060n }),
  line: fc.constantFrom("a", "b", "中文 <x>", "\u001b[31mred"),
  metadata: fc.constantFrom<Record<string, string>>({}, { trace_id: "1" }, { trace_id: "2", user: "ü" }),
});

function keyOf({ timestampNs, line, metadata }: StoredEntry): string {
  return `${timestampNs} ${line} ${JSON.stringify(metadata)}`;
}

function readAll(
  streams: readonly LabStream[],
  startNs: bigint,
  endNs: bigint,
  backward: boolean,
): { stream: string; entry: StoredEntry }[] {
  const found: { stream: string; entry: StoredEntry }[] = [];
  mergeEntries(
    { streams, startNs, endNs, backward, lost: () => false, tally: emptyTally() },
    ({ chunk, index, stream }) => {
      if (chunk !== null) found.push({ stream: stream.labelText, entry: chunk.entryAt(index) });
      return true;
    },
  );
  return found;
}

describe("a pushed stream", () => {
  it("holds what was pushed in any order, sorted, each different entry once", () => {
    fc.assert(
      fc.property(fc.array(entryArbitrary, { maxLength: 80 }), fc.nat(79), (entries, flushAt) => {
        const stream = new PushedStream({ app: "x" });
        for (const [index, entry] of entries.entries()) {
          stream.append(entry);
          if (index === flushAt) stream.flush();
        }
        const read = readAll([stream], 0n, 2n ** 62n, false).map(({ entry }) => entry);
        expect(read.map(keyOf).sort()).toEqual([...new Set(entries.map(keyOf))].sort());
        const times = read.map(({ timestampNs }) => timestampNs);
        expect(times).toEqual(times.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
      }),
    );
  });

  it("several streams merge into one order, and backward is its exact reverse", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), entryArbitrary), { maxLength: 120 }), (entries) => {
        const streams = [0, 1, 2, 3].map((n) => new PushedStream({ app: "x", n: String(n) }));
        for (const [which, entry] of entries) streams[which]?.append(entry);
        const [startNs, endNs] = [1_795_000_000_000_000_010n, 1_795_000_000_000_000_050n];
        const forward = readAll(streams, startNs, endNs, false);
        expect(readAll(streams, startNs, endNs, true)).toEqual(forward.toReversed());
        const expected = new Set(
          entries
            .filter(([, { timestampNs }]) => timestampNs >= startNs && timestampNs < endNs)
            .map(([which, entry]) => `${which} ${keyOf(entry)}`),
        );
        expect(forward).toHaveLength(expected.size);
      }),
    );
  });
});

describe("what a tenant pushed", () => {
  it("stays below its bound: the oldest chunks go, the newest stay", () => {
    const store = new TenantStore(300_000);
    const stream = store.openPushed({ app: "x" });
    for (let n = 0; n < 10_000; n += 1) {
      store.append(stream, {
        timestampNs: 1_795_000_000_000_000_000n + BigInt(n),
        line: `line ${n} ${"x".repeat(40)}`,
        metadata: {},
      });
    }
    expect(stream.sizeBytes).toBeGreaterThan(300_000);
    store.enforceRetention();
    expect(stream.sizeBytes).toBeLessThanOrEqual(300_000);
    expect(stream.newestNs()).toBe(1_795_000_000_000_009_999n);
    expect(stream.oldestNs()).toBeGreaterThan(1_795_000_000_000_000_000n);
  });
});
