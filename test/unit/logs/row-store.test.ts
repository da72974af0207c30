import { open } from "node:fs/promises";
import { existsSync, readdirSync, statSync } from "node:fs";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MARKER_LEVEL } from "../../../src-main/core/logs/result-set/packed-rows.ts";
import type { RowStore, StoredRow } from "../../../src-main/core/logs/result-set/row-store.ts";
import type { SpillFile } from "../../../src-main/core/logs/result-set/spill-file.ts";
import { LOG_LEVELS } from "../../../src-shared/model/log-level.ts";
import { logBatch, type PlainRow } from "../../builders/log-batches.ts";
import { storeBench } from "../../builders/row-stores.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const ROOMY = 2 ** 30;
const TIGHT = 16 * 2 ** 20;

let folder: TemporaryDirectory;
beforeEach(() => {
  folder = temporaryDirectory();
});
afterEach(() => {
  folder[Symbol.dispose]();
});

interface SeenRow {
  readonly timestampNs: bigint;
  readonly labels: object;
  readonly level: number;
  readonly line: string;
  readonly lineBytes: number;
  readonly extra: string;
}

async function seen(store: RowStore, rows: Iterable<number>, maxLineBytes = Infinity): Promise<SeenRow[]> {
  const answer: SeenRow[] = [];
  await store.visit(rows, maxLineBytes, (row: StoredRow) => {
    answer.push({
      timestampNs: row.timestampNs,
      labels: store.streams.labels(row.stream),
      level: row.level,
      line: row.line.toString("latin1"),
      lineBytes: row.lineBytes,
      extra: row.extra.toString(),
    });
  });
  return answer;
}

function expected(row: PlainRow): SeenRow {
  const line = Buffer.from(typeof row.line === "string" ? Buffer.from(row.line) : row.line);
  const extra = {
    ...(row.metadata === undefined ? {} : { m: row.metadata }),
    ...(row.parsed === undefined ? {} : { p: row.parsed }),
  };
  return {
    timestampNs: row.timestampNs,
    labels: row.labels,
    level: LOG_LEVELS.indexOf(row.level ?? "unknown"),
    line: line.toString("latin1"),
    lineBytes: line.length,
    extra: Object.keys(extra).length === 0 ? "" : JSON.stringify(extra),
  };
}

const labelsArbitrary = fc.dictionary(fc.constantFrom("app", "pod", "env"), fc.string({ maxLength: 5 }));
const rowArbitrary: fc.Arbitrary<PlainRow> = fc.record(
  {
    timestampNs: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    labels: labelsArbitrary,
    line: fc.oneof(fc.string({ unit: "grapheme", maxLength: 60 }), fc.uint8Array({ maxLength: 60 })),
    level: fc.constantFrom(...LOG_LEVELS),
    metadata: labelsArbitrary,
    parsed: labelsArbitrary,
  },
  { requiredKeys: ["timestampNs", "labels", "line"] },
);

function allRows(store: RowStore): number[] {
  return Array.from({ length: store.rowCount }, (_, row) => row);
}

/** Rows of about a kilobyte, so that a few thousand fill several segments. */
function bulkyRows(count: number, from = 0): PlainRow[] {
  return Array.from({ length: count }, (_, index) => {
    const row = from + index;
    return {
      timestampNs: BigInt(row) * 1_000n,
      labels: { app: `app-${row % 7}` },
      line: `row ${row} `.padEnd(1_000, "."),
      level: LOG_LEVELS[row % LOG_LEVELS.length] ?? "unknown",
      metadata: { trace_id: `t${row}` },
    };
  });
}

describe("a row store", () => {
  test("gives back every row of any batches as it was appended, bytes that are no UTF-8 included", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(rowArbitrary, { maxLength: 20 }), { maxLength: 12 }), async (batches) => {
        const store = storeBench(folder.path, ROOMY).store();
        for (const rows of batches) store.append(logBatch(rows));
        const model = batches.flat().map(expected);
        expect(store.rowCount).toBe(model.length);
        expect(store.lineBytes).toBe(model.reduce((sum, row) => sum + row.lineBytes, 0));
        expect(await seen(store, allRows(store))).toEqual(model);
        store.finish();
        expect(await seen(store, allRows(store))).toEqual(model);
        await store.release();
      }),
      { numRuns: 60 },
    );
  });

  test("knows a stream once, whatever the order of its labels and the batch it comes in", () => {
    const store = storeBench(folder.path, ROOMY).store();
    store.append(logBatch([{ timestampNs: 1n, labels: { app: "a", env: "p" }, line: "1" }]));
    store.append(logBatch([{ timestampNs: 2n, labels: { env: "p", app: "a" }, line: "2" }]));
    store.append(logBatch([{ timestampNs: 3n, labels: { env: "q", app: "a" }, line: "3" }]));
    expect(store.streams.all).toEqual([
      { app: "a", env: "p" },
      { app: "a", env: "q" },
    ]);
  });

  test("holds a marker at its place, between the rows that came before and after it", async () => {
    const store = storeBench(folder.path, ROOMY).store();
    store.append(logBatch([{ timestampNs: 1n, labels: {}, line: "before" }]));
    store.appendMarker(2n, { kind: "gap", startNs: "1", endNs: "3", cause: "cut" });
    store.append(logBatch([{ timestampNs: 3n, labels: {}, line: "after" }]));
    const rows = await seen(store, allRows(store));
    expect(rows.map((row) => row.line)).toEqual(["before", "", "after"]);
    expect(rows[1]?.level).toBe(MARKER_LEVEL);
    expect(JSON.parse(rows[1]?.extra ?? "")).toEqual({ kind: "gap", startNs: "1", endNs: "3", cause: "cut" });
  });

  test("reads the same rows from disk as from memory, in order, scattered and cut", async () => {
    const bench = storeBench(folder.path, TIGHT);
    const store = bench.store();
    const rows = bulkyRows(30_000);
    for (let from = 0; from < rows.length; from += 1_000) {
      store.append(logBatch(rows.slice(from, from + 1_000)));
      await store.admit();
    }
    store.finish();
    await store.admit();
    expect(store.spilledBytes).toBeGreaterThan(10 * 2 ** 20);
    expect(bench.memory.residentBytes).toBeLessThanOrEqual(TIGHT);
    const model = rows.map(expected);
    expect(await seen(store, allRows(store))).toEqual(model);
    const scattered = [0, 1, 127, 128, 129, 4_095, 4_096, 12_345, 20_000, 29_999];
    expect(await seen(store, scattered)).toEqual(scattered.map((row) => model[row]));
    const cut = await seen(store, scattered, 6);
    expect(cut.map((row) => row.line)).toEqual(scattered.map((row) => model[row]?.line.slice(0, 6)));
    expect(cut.every((row) => row.lineBytes === 1_000)).toBe(true);
    await store.release();
  });

  test("spills what was not looked at for longest, and keeps what was", async () => {
    const bench = storeBench(folder.path, 2 * TIGHT);
    const looked = bench.store();
    const forgotten = bench.store();
    looked.append(logBatch(bulkyRows(3_500)));
    looked.finish();
    forgotten.append(logBatch(bulkyRows(3_500)));
    forgotten.finish();
    const growing = bench.store();
    for (let from = 0; from < 20_000; from += 500) {
      await seen(looked, [10]);
      growing.append(logBatch(bulkyRows(500, from)));
      await growing.admit();
    }
    expect(forgotten.spilledBytes).toBeGreaterThan(0);
    expect(looked.spilledBytes).toBe(0);
    for (const store of [looked, forgotten, growing]) await store.release();
    expect(bench.memory.residentBytes).toBe(0);
  });

  test("holds a line of twenty megabytes in a segment of its own and reads pieces of it, from memory and from disk", async () => {
    const store = storeBench(folder.path, TIGHT).store();
    const huge = Buffer.alloc(20 * 2 ** 20, "0123456789");
    store.append(
      logBatch([
        { timestampNs: 1n, labels: {}, line: "small" },
        { timestampNs: 2n, labels: {}, line: huge },
        { timestampNs: 3n, labels: {}, line: "after" },
      ]),
    );
    store.finish();
    const piece = async () => (await store.linePiece(1, 10_000_001, 12)).bytes.toString();
    expect(await piece()).toBe("123456789012");
    await store.admit();
    expect(store.spilledBytes).toBeGreaterThan(huge.length);
    expect(await piece()).toBe("123456789012");
    expect((await seen(store, [0, 1, 2], 5)).map((row) => row.line)).toEqual(["small", "01234", "after"]);
    expect((await store.linePiece(1, huge.length, 10)).bytes.length).toBe(0);
    await store.release();
  });

  test("refuses a row it does not have", async () => {
    const store = storeBench(folder.path, ROOMY).store();
    store.append(logBatch(bulkyRows(3)));
    await expect(seen(store, [3])).rejects.toMatchObject({ code: "logs.row-unknown", params: { row: 3 } });
    await expect(store.linePiece(-1, 0, 1)).rejects.toMatchObject({ code: "logs.row-unknown" });
  });

  test("keeps its file private and removes it when the last user lets go", async () => {
    const store = storeBench(folder.path, TIGHT).store();
    store.append(logBatch(bulkyRows(20_000)));
    await store.admit();
    const file = folder.file("1.rows");
    expect(statSync(file).mode & 0o077).toBe(0);
    store.retain();
    await store.release();
    expect(existsSync(file)).toBe(true);
    await store.release();
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

describe("a disk that is full while spilling", () => {
  /** Writes go to `/dev/full`, which refuses every byte as a full disk does. */
  async function openFullDisk(path: string): Promise<SpillFile> {
    const full = await open("/dev/full", "r+");
    return {
      path,
      append: async (bytes) => {
        await full.write(bytes);
        return 0;
      },
      read: () => Promise.reject(new Error("nothing was written")),
      [Symbol.asyncDispose]: () => full.close(),
    };
  }

  test("is told to the reader, and every row that was read is still there", async () => {
    const store = storeBench(folder.path, TIGHT, openFullDisk).store();
    let appended = 0;
    const fill = async () => {
      for (; appended < 60_000;) {
        store.append(logBatch(bulkyRows(1_000, appended)));
        appended += 1_000;
        await store.admit();
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: "logs.spill-failed", params: { problem: "ENOSPC" } });
    expect(store.rowCount).toBe(appended);
    expect(appended).toBeLessThan(30_000);
    expect(await seen(store, allRows(store))).toEqual(bulkyRows(appended).map(expected));
    await store.release();
  });

  test("is asked again by the next reader, so that a set may grow once there is room", async () => {
    let full = true;
    const inner = await open(folder.file("real"), "w+");
    let end = 0;
    const bench = storeBench(folder.path, TIGHT, (path) =>
      Promise.resolve({
        path,
        append: async (bytes: Uint8Array) => {
          if (full) throw Object.assign(new Error("full"), { code: "ENOSPC" });
          const position = end;
          end += bytes.length;
          await inner.write(bytes, 0, bytes.length, position);
          return position;
        },
        read: async (target: Uint8Array, position: number) => {
          await inner.read(target, 0, target.length, position);
        },
        [Symbol.asyncDispose]: () => inner.close(),
      }),
    );
    const store = bench.store();
    store.append(logBatch(bulkyRows(20_000)));
    await expect(store.admit()).rejects.toMatchObject({ code: "logs.spill-failed" });
    full = false;
    await store.admit();
    expect(bench.memory.residentBytes).toBeLessThanOrEqual(TIGHT);
    expect(await seen(store, allRows(store))).toEqual(bulkyRows(20_000).map(expected));
    await store.release();
  });
});
