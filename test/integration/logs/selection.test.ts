import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RowStore } from "../../../src-main/core/logs/result-set/row-store.ts";
import type { ScanPool } from "../../../src-main/core/logs/scan/scan-pool.ts";
import type { RowPredicate } from "../../../src-main/core/logs/scan/scan-protocol.ts";
import { Selection } from "../../../src-main/core/logs/scan/selection.ts";
import type { TextMatch } from "../../../src-shared/api/logs.api.ts";
import { LOG_LEVELS } from "../../../src-shared/model/log-level.ts";
import { logBatch, type PlainRow } from "../../builders/log-batches.ts";
import { storeBench } from "../../builders/row-stores.ts";
import { scanPool } from "../../builders/scan-pools.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

let pool: ScanPool;
let folder: TemporaryDirectory;
beforeAll(() => {
  pool = scanPool();
});
afterAll(async () => {
  await pool[Symbol.asyncDispose]();
});
beforeEach(() => {
  folder = temporaryDirectory();
});
afterEach(() => {
  folder[Symbol.dispose]();
});

/** The rows selected, once every row of the store was looked at. */
async function selected(store: RowStore, predicates: readonly RowPredicate[], markers = false): Promise<number[]> {
  const selection = new Selection({ store, pool, predicates, markers });
  await caughtUp(selection);
  return Array.from({ length: selection.count }, (_, n) => selection.rowAt(n));
}

async function caughtUp(selection: Selection): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const look = () => {
      if (selection.error !== null) reject(selection.error);
      else if (selection.caughtUp) resolve();
    };
    selection.onProgress(look);
    selection.extend();
    look();
  });
}

function literal(pattern: string, caseSensitive = true): TextMatch {
  return { kind: "literal", pattern, caseSensitive };
}

function regex(pattern: string, caseSensitive = true): TextMatch {
  return { kind: "regex", pattern, caseSensitive };
}

function rowsOf(lines: readonly (string | Uint8Array)[]): PlainRow[] {
  return lines.map((line, row) => ({ timestampNs: BigInt(row), labels: {}, line }));
}

function storeOf(lines: readonly (string | Uint8Array)[]): RowStore {
  const store = storeBench(folder.path, 2 ** 30).store();
  store.append(logBatch(rowsOf(lines)));
  return store;
}

const alphabet = fc.constantFrom("a", "b", "A", "B", "aa", "ab", " ", "é", "É", "中", "文", "😀", "\n", "");
const lineArbitrary = fc.array(alphabet, { maxLength: 8 }).map((pieces) => pieces.join(""));
const needleArbitrary = fc.array(alphabet, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(""));

describe("a search for a literal", () => {
  test("finds the rows that a plain look at each line finds, and none across two lines", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(lineArbitrary, { maxLength: 60 }), needleArbitrary, async (lines, needle) => {
        fc.pre(needle !== "");
        const expected = lines.flatMap((line, row) => (line.includes(needle) ? [row] : []));
        expect(await selected(storeOf(lines), [{ match: literal(needle) }])).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  test("without regard to case finds what lower case finds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(lineArbitrary, { maxLength: 60 }), needleArbitrary, async (lines, needle) => {
        fc.pre(needle !== "");
        const lower = needle.toLowerCase();
        const expected = lines.flatMap((line, row) => (line.toLowerCase().includes(lower) ? [row] : []));
        expect(await selected(storeOf(lines), [{ match: literal(needle, false) }])).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  test("finds bytes beside others that are no UTF-8", async () => {
    const store = storeOf([Buffer.from([0xff, 0x65, 0x72, 0x72, 0xfe]), "none", Buffer.from([0xe4, 0xb8])]);
    expect(await selected(store, [{ match: literal("err") }])).toEqual([0]);
    expect(await selected(store, [{ match: literal("ERR", false) }])).toEqual([0]);
  });

  test("finds the first and the last row of every segment, in memory and spilled", async () => {
    const store = storeBench(folder.path, 16 * 2 ** 20).store();
    const count = 40_000;
    for (let from = 0; from < count; from += 2_000) {
      const rows = Array.from({ length: 2_000 }, (_, index) => {
        const row = from + index;
        return { timestampNs: BigInt(row), labels: {}, line: `${row} `.padEnd(1_000, row % 997 === 0 ? "hit " : "-") };
      });
      store.append(logBatch(rows));
      await store.admit();
    }
    store.finish();
    await store.admit();
    expect(store.partCount).toBeGreaterThan(8);
    expect(store.spilledBytes).toBeGreaterThan(0);
    const expected = Array.from({ length: count }, (_, row) => row).filter((row) => row % 997 === 0);
    expect(await selected(store, [{ match: literal("hit") }])).toEqual(expected);
    for (let part = 0; part < store.partCount; part += 1) {
      const { firstRow, rowCount } = store.part(part);
      const lastRow = firstRow + rowCount - 1;
      expect(await selected(store, [{ match: regex(`^(${firstRow}|${lastRow}) `) }])).toEqual([firstRow, lastRow]);
    }
    await store.release();
  });
});

describe("a search for a regular expression", () => {
  test.each([
    ["a.b", ["aXb", "a\nb", "ab", "a中b"], [0, 3]],
    ["(?i)error", ["ERROR x", "no", "eRRoR"], [0, 2]],
    ["err(or)? code=\\d{3}", ["err code=500", "error code=12", "error code=404!"], [0, 2]],
    ["^$", ["", "x"], [0]],
    ["\\bfoo\\b", ["foo", "afoo", "a foo."], [0, 2]],
    ["(?P<name>x+)y", ["xxy", "y"], [0]],
    ["\\pL{3}", ["äöü", "a1b"], [0]],
    ["[[:digit:]]+ms", ["12ms", "ms"], [0]],
    ["timeout|refused", ["timeout", "connection refused", "ok"], [0, 1]],
    ["a{2,3}\\z", ["aa", "baaab", "caaa"], [0, 2]],
    ["\\x{1F600}", ["a 😀", "a"], [0]],
  ])("%s means what RE2 means", async (pattern, lines, expected) => {
    expect(await selected(storeOf(lines), [{ match: regex(pattern) }])).toEqual(expected);
  });

  test("finds by the literal it cannot do without exactly what it finds without", async () => {
    const lines = [
      "trace=abc took 12ms",
      "trace= took ms",
      "TRACE=abc took 9ms",
      "took 12ms trace=zz",
      "trace=é took 1ms",
    ];
    const store = storeOf(lines);
    expect(await selected(store, [{ match: regex("trace=.+ took \\d+ms") }])).toEqual([0, 4]);
    expect(await selected(store, [{ match: regex("trace=.+ took \\d+ms", false) }])).toEqual([0, 2, 4]);
  });

  test("that never comes to its end is stopped with its thread, and other searches go on", async () => {
    await using impatient = scanPool({ threads: 1, taskLimitMs: 1_500 });
    // Every position may begin the counted end, so RE2 follows hundreds of states through millions of letters.
    const letters = Buffer.alloc(4_000_000, "c!");
    let state = 1;
    for (let index = 0; index < letters.length - 2; index += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      letters[index] = 97 + ((state >> 16) & 1);
    }
    const store = storeOf([letters, "ok"]);
    const slow = new Selection({
      store,
      pool: impatient,
      predicates: [{ match: regex("(a[ab]{200}|b[ab]{300}a)+c$") }],
      markers: false,
    });
    const quick = new Selection({ store, pool: impatient, predicates: [{ match: literal("ok") }], markers: false });
    const slowEnd = caughtUp(slow);
    const quickEnd = caughtUp(quick);
    await expect(slowEnd).rejects.toMatchObject({ code: "logs.pattern-too-slow", params: { seconds: 1.5 } });
    await quickEnd;
    expect(quick.rowAt(0)).toBe(1);
  });
});

describe("a selection", () => {
  const rows: PlainRow[] = Array.from({ length: 500 }, (_, row) => ({
    timestampNs: BigInt(row * 10),
    labels: { app: `app-${row % 3}` },
    line: `line ${row}${row % 5 === 0 ? " five" : ""}`,
    level: LOG_LEVELS[row % 8] ?? "unknown",
  }));

  test("takes the rows for which text, level, time and their opposite all hold", async () => {
    const store = storeBench(folder.path, 2 ** 30).store();
    store.append(logBatch(rows));
    const isFive = (row: number) => row % 5 === 0;
    const cases: [RowPredicate[], (row: number) => boolean][] = [
      [[{ levels: [2, 3] }], (row) => [2, 3].includes(row % 8)],
      [[{ startNs: 100n, endNs: 200n }], (row) => row >= 10 && row < 20],
      [[{ match: literal("five"), levels: [0] }], (row) => isFive(row) && row % 8 === 0],
      [[{ match: literal("five"), invert: true }], (row) => !isFive(row)],
      [[{ levels: [1], invert: true }, { match: literal("five") }], (row) => isFive(row) && row % 8 !== 1],
    ];
    for (const [predicates, holds] of cases) {
      expect(await selected(store, predicates)).toEqual(rows.flatMap((_, row) => (holds(row) ? [row] : [])));
    }
  });

  test("keeps markers in view and out of searches", async () => {
    const store = storeBench(folder.path, 2 ** 30).store();
    store.append(logBatch(rows.slice(0, 3)));
    store.appendMarker(25n, { kind: "reconnected" });
    store.append(logBatch(rows.slice(3, 6)));
    expect(await selected(store, [{ match: literal("five") }], true)).toEqual([0, 3, 6]);
    expect(await selected(store, [{ match: literal("five") }], false)).toEqual([0, 6]);
    expect(await selected(store, [{ match: literal("reconnected") }], false)).toEqual([]);
    expect(await selected(store, [{ match: literal("five"), invert: true }], false)).toEqual([1, 2, 4, 5]);
    expect(await selected(store, [{ startNs: 30n }], true)).toEqual([4, 5, 6]);
  });

  test("grows with its store and never renumbers what it has found", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 6 }), async (sizes) => {
        const store = storeBench(folder.path, 2 ** 30).store();
        const selection = new Selection({ store, pool, predicates: [{ match: literal("five") }], markers: false });
        let appended = 0;
        for (const size of sizes) {
          store.append(logBatch(rows.slice(appended, appended + size)));
          appended += Math.min(size, rows.length - appended);
          selection.extend();
        }
        store.finish();
        await caughtUp(selection);
        const expected = rows.slice(0, appended).flatMap((_, row) => (row % 5 === 0 ? [row] : []));
        expect(Array.from({ length: selection.count }, (_, n) => selection.rowAt(n))).toEqual(expected);
        for (const [n, row] of expected.entries()) {
          expect(selection.countBefore(row)).toBe(n);
          expect(selection.countBefore(row + 1)).toBe(n + 1);
          expect(selection.firstFrom(row)).toBe(row);
          expect(selection.lastBefore(row + 1)).toBe(row);
          expect(selection.firstFrom(row + 1)).toBe(expected[n + 1] ?? -1);
          expect(selection.lastBefore(row)).toBe(expected[n - 1] ?? -1);
        }
        expect(selection.rowAt(expected.length)).toBe(-1);
      }),
      { numRuns: 40 },
    );
  });

  test("is right while the store grows, is spilled and its memory used again under the search", async () => {
    const bench = storeBench(folder.path, 16 * 2 ** 20);
    const store = bench.store();
    const match = literal("hit");
    const live = new Selection({ store, pool, predicates: [{ match }], markers: false });
    const count = 60_000;
    for (let from = 0; from < count; from += 500) {
      const some = Array.from({ length: 500 }, (_, index) => {
        const row = from + index;
        return { timestampNs: BigInt(row), labels: {}, line: `${row} `.padEnd(900, row % 101 === 0 ? "hit " : "-") };
      });
      store.append(logBatch(some));
      live.extend();
      await store.admit();
    }
    store.finish();
    await caughtUp(live);
    expect(store.spilledBytes).toBeGreaterThan(30 * 2 ** 20);
    const expected = Array.from({ length: count }, (_, row) => row).filter((row) => row % 101 === 0);
    expect(Array.from({ length: live.count }, (_, n) => live.rowAt(n))).toEqual(expected);
    expect(await selected(store, [{ match }])).toEqual(expected);
    await store.release();
    expect(bench.memory.residentBytes).toBe(0);
  });
});
