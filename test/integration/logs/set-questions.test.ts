import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { LogsService } from "../../../src-main/core/logs/logs.service.ts";
import { logsApi, type TextMatch } from "../../../src-shared/api/logs.api.ts";
import type { LogTarget } from "../../../src-shared/api/log-target.ts";
import type { ResultSetId } from "../../../src-shared/model/ids.ts";
import { LOG_LEVELS } from "../../../src-shared/model/log-level.ts";
import { logBatch, type PlainRow } from "../../builders/log-batches.ts";
import { logsService } from "../../builders/logs-services.ts";
import { memoryLogSource } from "../../builders/memory-log-source.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const target: LogTarget = logsApi.open.input.shape.target.parse({ kind: "loki", site: "lab", tenant: "bank-a" });
const never = new AbortController().signal;
const timeout: TextMatch = { kind: "literal", pattern: "timeout", caseSensitive: true };

let folder: TemporaryDirectory;
let logs: LogsService;
const open: ResultSetId[] = [];
beforeAll(async () => {
  folder = temporaryDirectory();
  logs = await logsService(folder.path, memoryLogSource({ rows: [] }));
});
afterAll(async () => {
  await logs[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});
afterEach(async () => {
  for (const set of open.splice(0)) await logs.close({ set });
});

/** A set of rows that was read to its end, in pieces. */
async function setOf(rows: readonly PlainRow[], pieces = 3): Promise<ResultSetId> {
  const { set } = logs.sets.create("ada", target, "forward");
  open.push(set.id);
  const size = Math.max(1, Math.ceil(rows.length / pieces));
  for (let from = 0; from < rows.length; from += size) await set.append(logBatch(rows.slice(from, from + size)));
  set.store.finish();
  set.progress.setPhase("done");
  return set.id;
}

async function last<Value>(values: AsyncIterable<Value>): Promise<Value> {
  let seen: Value | null = null;
  for await (const value of values) seen = value;
  if (seen === null) throw new Error("nothing came");
  return seen;
}

async function filtered(set: ResultSetId, filter: Omit<Parameters<LogsService["filter"]>[0], "set">) {
  const view = (await logs.filter({ set, ...filter }, "ada")).set;
  open.push(view);
  for await (const state of logs.watch({ set: view }, never)) if (state.phase === "done") return state;
  throw new Error("the view was closed");
}

function rowsWhere(count: number, isHit: (row: number) => boolean): PlainRow[] {
  return Array.from({ length: count }, (_, row) => ({
    timestampNs: BigInt(row) * 1_000n,
    labels: { app: row % 2 === 0 ? "payments" : "auth" },
    line: `row ${row}${isHit(row) ? " timeout" : ""}`,
    level: LOG_LEVELS[row % 4] ?? "unknown",
    ...(row % 3 === 0 ? { metadata: { trace_id: `t${row % 6}` } } : {}),
    ...(row % 5 === 0 ? { parsed: { status: String(200 + (row % 10)) } } : {}),
  }));
}

describe("a search in a set", () => {
  test("counts the matching rows and says in which slices of the set they are", async () => {
    const set = await setOf(rowsWhere(1_000, (row) => row >= 500 && row % 10 === 0));
    const progress = await last(logs.find({ set, match: timeout, gutter: 10 }, never));
    expect(progress).toEqual({
      matches: 50,
      scannedRows: 1_000,
      totalRows: 1_000,
      done: true,
      density: [0, 0, 0, 0, 0, 10, 10, 10, 10, 10],
    });
  });

  test("steps from match to match in both directions and round the ends as a plain list would", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { maxLength: 12 }),
        fc.integer({ min: -1, max: 65 }),
        fc.boolean(),
        async (hits, fromRow, inView) => {
          const sorted = hits.toSorted((a, b) => a - b);
          let set = await setOf(rowsWhere(60, (row) => hits.includes(row)));
          let matching = sorted;
          if (inView) {
            const levels = [LOG_LEVELS[0], LOG_LEVELS[1]];
            set = (await filtered(set, { levels })).set;
            const viewRows = Array.from({ length: 60 }, (_, row) => row).filter((row) => row % 4 < 2);
            matching = sorted.filter((row) => row % 4 < 2).map((row) => viewRows.indexOf(row));
          }
          const after = matching.find((row) => row > fromRow);
          const next = await logs.findNext({ set, match: timeout, fromRow, direction: "next" }, never);
          const nextRow = after ?? matching[0] ?? -1;
          expect(next).toEqual({ row: nextRow, index: matching.indexOf(nextRow), wrapped: after === undefined });
          const before = matching.findLast((row) => row < fromRow);
          const previous = await logs.findNext({ set, match: timeout, fromRow, direction: "previous" }, never);
          const previousRow = before ?? matching.at(-1) ?? -1;
          expect(previous).toEqual({
            row: previousRow,
            index: matching.indexOf(previousRow),
            wrapped: before === undefined,
          });
        },
      ),
      { numRuns: 25 },
    );
  });

  test("goes on while the set grows, and ends when the set does", async () => {
    const { set } = logs.sets.create("ada", target, "forward");
    open.push(set.id);
    await set.append(logBatch(rowsWhere(100, (row) => row === 7)));
    const counts: number[] = [];
    for await (const { matches, done, totalRows } of logs.find({ set: set.id, match: timeout, gutter: 1 }, never)) {
      counts.push(matches);
      if (done && totalRows === 100) await set.append(logBatch(rowsWhere(100, (row) => row < 3)));
      if (done && totalRows === 200) set.progress.setPhase("done");
    }
    expect(counts.at(-1)).toBe(4);
  });

  test("refuses a pattern that is no expression, and ends quietly when nobody listens any more", async () => {
    const set = await setOf(rowsWhere(10, () => true));
    const match: TextMatch = { kind: "regex", pattern: "(", caseSensitive: true };
    await expect(logs.findNext({ set, match, fromRow: 0, direction: "next" }, never)).rejects.toMatchObject({
      code: "logs.pattern-invalid",
    });
    await expect(logs.filter({ set, match }, "ada")).rejects.toMatchObject({ code: "logs.pattern-invalid" });
    const letGo = AbortSignal.abort();
    expect((await logs.find({ set, match: timeout, gutter: 1 }, letGo).next()).done).toBe(true);
  });
});

describe("a filtered view", () => {
  test("has the rows that pass, numbered from 0, and can be filtered again", async () => {
    const set = await setOf(rowsWhere(1_000, (row) => row % 10 === 0));
    const view = await filtered(set, { match: timeout });
    expect(view).toMatchObject({ rows: 100, phase: "done" });
    const again = await filtered(view.set, { range: { startNs: 100_000n, endNs: 200_000n } });
    expect(again.rows).toBe(10);
    const inverted = await filtered(set, { match: timeout, invert: true });
    expect(inverted.rows).toBe(900);
    const window = await logs.window({ set: again.set, from: 2, count: 2 });
    expect(window).toMatchObject({ total: 10, rows: [{ row: 2, line: "row 120 timeout" }, { row: 3 }] });
    expect(await logs.rowAt({ set: view.set, timestampNs: 444_000n })).toEqual({ row: 44 });
    const bytes = Array.from({ length: 100 }, (_, n) => `row ${n * 10} timeout`.length).reduce((a, b) => a + b, 0);
    expect(view.bytes).toBe(bytes);
  });
});

describe("the histogram of a set", () => {
  test("counts every entry of a range once, by level, whatever the buckets", async () => {
    const rows = rowsWhere(997, () => false);
    const set = await setOf(rows);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 500_000 }),
        fc.integer({ min: 1, max: 600_000 }),
        async (buckets, start, length) => {
          const range = { startNs: BigInt(start), endNs: BigInt(start + length) };
          const histogram = logsApi.histogram.output.parse(await logs.histogram({ set, range, buckets }));
          const width = BigInt(histogram.bucketNs);
          const inRange = (from: bigint, to: bigint, level: string) =>
            rows.filter(({ timestampNs: ns, level: own }) => ns >= from && ns < to && own === level).length;
          for (const [index, counts] of histogram.buckets.entries()) {
            const from = range.startNs + BigInt(index) * width;
            for (const level of LOG_LEVELS) expect(counts[level] ?? 0).toBe(inRange(from, from + width, level));
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("covers all rows without a range, counts a view's rows only, and leaves markers out", async () => {
    const { set } = logs.sets.create("ada", target, "forward");
    open.push(set.id);
    await set.append(logBatch(rowsWhere(100, (row) => row < 30)));
    set.appendMarker(99_000n, { kind: "reconnected" });
    expect((await logs.histogram({ set: set.id, buckets: 4 })).whole).toBe(false);
    set.store.finish();
    set.progress.setPhase("done");
    const whole = await logs.histogram({ set: set.id, buckets: 4 });
    expect(whole).toMatchObject({ startNs: "0", bucketNs: "24751", whole: true });
    const sum = (buckets: readonly object[]) =>
      buckets.flatMap((counts) => Object.values(counts)).reduce((a: number, b: number) => a + b, 0);
    expect(sum(whole.buckets)).toBe(100);
    const view = await filtered(set.id, { match: timeout });
    expect(sum((await logs.histogram({ set: view.set, buckets: 4 })).buckets)).toBe(30);
    const empty = await setOf([]);
    expect(await logs.histogram({ set: empty, buckets: 2 })).toMatchObject({ buckets: [{}, {}] });
  });
});

describe("the field statistics of a set", () => {
  test("count labels, metadata and parsed fields with their values, of a view its own rows", async () => {
    const set = await setOf(rowsWhere(60, (row) => row % 2 === 0));
    const stats = logsApi.fieldStats.output.parse(await logs.fieldStats({ set, top: 10 }));
    expect(stats).toMatchObject({ scannedRows: 60, whole: true });
    const field = (name: string) => stats.fields.find((one) => one.name === name);
    expect(field("app")).toEqual({
      name: "app",
      from: "label",
      rows: 60,
      distinct: 2,
      exact: true,
      top: [
        { value: "auth", rows: 30 },
        { value: "payments", rows: 30 },
      ],
    });
    expect(field("trace_id")).toMatchObject({ from: "metadata", rows: 20, distinct: 2, exact: true });
    expect(field("status")).toMatchObject({ from: "parsed", rows: 12, top: [{ value: "200" }, { value: "205" }] });
    const view = await filtered(set, { match: timeout });
    const ofView = await logs.fieldStats({ set: view.set, top: 1 });
    expect(ofView.scannedRows).toBe(30);
    expect(ofView.fields.find(({ name }) => name === "app")?.top).toEqual([{ value: "payments", rows: 30 }]);
    expect(await logs.fieldStats({ set, top: 10 })).toEqual(stats);
  });

  test("say that they are not exact where there are more values than are told apart", async () => {
    const rows = Array.from({ length: 12_000 }, (_, row) => ({
      timestampNs: BigInt(row),
      labels: { app: "a" },
      line: "x",
      metadata: { id: `id-${row}`, kind: `k${row % 3}` },
    }));
    const { fields } = await logs.fieldStats({ set: await setOf(rows), top: 3 });
    expect(fields.find(({ name }) => name === "id")).toMatchObject({ rows: 12_000, exact: false, distinct: 10_000 });
    expect(fields.find(({ name }) => name === "kind")).toMatchObject({ rows: 12_000, exact: true, distinct: 3 });
  });
});
