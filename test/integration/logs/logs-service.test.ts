import { existsSync, readdirSync } from "node:fs";
import { open as openFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LogsService } from "../../../src-main/core/logs/logs.service.ts";
import type { TailEvent } from "../../../src-main/core/logs/log-source.ts";
import { logsApi, type ResultSetState } from "../../../src-shared/api/logs.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { LOG_LEVELS } from "../../../src-shared/model/log-level.ts";
import type { ResultSetId } from "../../../src-shared/model/ids.ts";
import type { LogTarget } from "../../../src-shared/api/log-target.ts";
import { logBatch, type PlainRow } from "../../builders/log-batches.ts";
import { fixedSettings, logsService } from "../../builders/logs-services.ts";
import { memoryLogSource } from "../../builders/memory-log-source.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const ALL = { startNs: 0n, endNs: 10n ** 12n };
const target: LogTarget = logsApi.open.input.shape.target.parse({ kind: "loki", site: "lab", tenant: "bank-a" });
const never = new AbortController().signal;
const ada = { principal: "ada", role: "operator" } as const;

let folder: TemporaryDirectory;
beforeEach(() => {
  folder = temporaryDirectory();
});
afterEach(() => {
  folder[Symbol.dispose]();
});

function rows(count: number): PlainRow[] {
  return Array.from({ length: count }, (_, row) => ({
    timestampNs: BigInt(row) * 1_000n,
    labels: { app: row % 2 === 0 ? "payments" : "auth", pod: `p-${row % 5}` },
    line: `row ${row}${row % 10 === 0 ? " timeout" : ""}`,
    level: LOG_LEVELS[row % 8] ?? "unknown",
    metadata: { trace_id: `t${row % 50}` },
  }));
}

function request(query = '{app=~".+"}', direction: "forward" | "backward" = "forward", limit: number | null = null) {
  return { target, range: ALL, query, direction, limit };
}

async function stateWhen(
  logs: LogsService,
  set: ResultSetId,
  holds: (state: ResultSetState) => boolean,
): Promise<ResultSetState> {
  for await (const state of logs.watch({ set }, never)) if (holds(state)) return state;
  throw new Error("the set was closed");
}

const isDone = ({ phase }: ResultSetState) => phase === "done";

async function opened(logs: LogsService, input = request()): Promise<ResultSetState> {
  return await stateWhen(logs, (await logs.open(input, ada, never)).set, isDone);
}

describe("an opened query", () => {
  test("is read to its end, in its direction, and shown by windows that say what they hold", async () => {
    await using logs = await logsService(folder.path, memoryLogSource({ rows: rows(2_500), batchRows: 700 }));
    const forward = await opened(logs);
    expect(forward).toMatchObject({
      rows: 2_500,
      phase: "done",
      firstNs: "0",
      lastNs: "2499000",
      direction: "forward",
    });
    expect(forward.completeness).toEqual({ verdict: "complete", reasons: [] });
    const window = logsApi.window.output.parse(await logs.window({ set: forward.set, from: 1_000, count: 400 }));
    expect(window).toMatchObject({ total: 2_500, from: 1_000, version: forward.version });
    expect(window.rows).toHaveLength(400);
    expect(window.rows[7]).toMatchObject({
      kind: "entry",
      row: 1_007,
      timestampNs: "1007000",
      line: "row 1007",
      lineBytes: 8,
      level: LOG_LEVELS[1_007 % 8],
      metadata: { trace_id: "t7" },
    });
    const row = window.rows[7];
    expect(row?.kind === "entry" ? window.streams[row.stream] : null).toEqual({ app: "auth", pod: "p-2" });
    expect((await logs.window({ set: forward.set, from: 2_400, count: 400 })).rows).toHaveLength(100);
    expect((await logs.window({ set: forward.set, from: 9_999, count: 10 })).rows).toEqual([]);

    const backward = await opened(logs, request(undefined, "backward", 100));
    expect(backward).toMatchObject({ rows: 100, firstNs: "2499000", lastNs: "2400000" });
    expect(backward.completeness.reasons).toEqual([{ kind: "limit-reached", limit: 100 }]);
  });

  test("shows long lines cut at a character's end, and reads on from there without losing one", async () => {
    const line = "日本語テキスト🙂".repeat(1_000);
    const source = memoryLogSource({ rows: [{ timestampNs: 1n, labels: { app: "a" }, line }] });
    await using logs = await logsService(folder.path, source);
    const { set } = await opened(logs);
    const [row] = (await logs.window({ set, from: 0, count: 1 })).rows;
    const shown = row?.kind === "entry" ? row.line : "";
    expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(4_096);
    expect(Buffer.byteLength(shown)).toBeGreaterThan(4_092);
    expect(line.startsWith(shown)).toBe(true);
    for (const length of [1, 5, 1_000, 1_048_576]) {
      let text = "";
      let offset: number | null = 0;
      while (offset !== null && text.length < 3_000) {
        const piece: Awaited<ReturnType<typeof logs.lineText>> = await logs.lineText({ set, row: 0, offset, length });
        expect(piece.lineBytes).toBe(Buffer.byteLength(line));
        text += piece.text;
        offset = piece.nextOffset;
      }
      expect(line.startsWith(text)).toBe(true);
      if (offset === null) expect(text).toBe(line);
    }
  });

  test("shows bytes that are no UTF-8 as U+FFFD and keeps them for who copies", async () => {
    const bytes = Buffer.from([0x61, 0xff, 0xfe, 0x62]);
    const source = memoryLogSource({ rows: [{ timestampNs: 1n, labels: { app: "a" }, line: bytes }] });
    await using logs = await logsService(folder.path, source);
    const { set } = await opened(logs);
    expect((await logs.window({ set, from: 0, count: 1 })).rows[0]).toMatchObject({ line: "a��b", lineBytes: 4 });
    const { text } = await logs.copy({ set, from: 0, to: 1, format: "ndjson" });
    expect(JSON.parse(text)).toMatchObject({ line: "a��b", lineBase64: bytes.toString("base64") });
  });

  test("finds the row nearest to an instant, in both directions", async () => {
    const source = memoryLogSource({
      rows: [10n, 20n, 20n, 20n, 40n].map((timestampNs) => ({ timestampNs, labels: { app: "a" }, line: "x" })),
    });
    await using logs = await logsService(folder.path, source);
    const forward = (await opened(logs)).set;
    const backward = (await opened(logs, request(undefined, "backward"))).set;
    const at = async (set: ResultSetId, timestampNs: bigint) => (await logs.rowAt({ set, timestampNs })).row;
    for (const [ns, up, down] of [
      [0n, 0, 4],
      [14n, 0, 4],
      [16n, 1, 1],
      [20n, 1, 1],
      [29n, 1, 1],
      [31n, 4, 0],
      [99n, 4, 0],
    ] as const) {
      expect([ns, await at(forward, ns), await at(backward, ns)]).toEqual([ns, up, down]);
    }
    const empty = await opened(logs, request('{app="none"}'));
    expect(await at(empty.set, 5n)).toBe(-1);
  });

  test("that fails in the middle keeps its rows and says what it did not read", async () => {
    const source = memoryLogSource({
      rows: rows(100),
      batchRows: 30,
      beforeBatch: (yielded) => {
        if (yielded === 60) throw new AppError("loki.failed", { status: 500, text: "boom" });
      },
    });
    await using logs = await logsService(folder.path, source);
    const { set } = await logs.open(request(undefined, "backward"), ada, never);
    const state = await stateWhen(logs, set, ({ phase }) => phase === "failed");
    expect(state).toMatchObject({ rows: 60, error: { code: "loki.failed", retryable: true } });
    expect(state.completeness).toEqual({
      verdict: "incomplete",
      reasons: [{ kind: "split-failed", startNs: "0", endNs: "40000", code: "loki.failed" }],
    });
    expect((await logs.window({ set, from: 59, count: 1 })).rows[0]).toMatchObject({ line: "row 40 timeout" });
  });

  test("that is stopped lets go of its source, keeps its rows and says that it was stopped", async () => {
    const waiting: (() => void)[] = [];
    const stuck = memoryLogSource({
      rows: rows(100),
      batchRows: 10,
      beforeBatch: (yielded) =>
        yielded === 50
          ? new Promise<void>((resolve) => {
              waiting.push(resolve);
            })
          : undefined,
    });
    await using logs = await logsService(folder.path, stuck);
    const { set } = await logs.open(request(), ada, never);
    await stateWhen(logs, set, ({ rows: count }) => count === 50);
    const stopping = logs.stop({ set });
    waiting.shift()?.();
    const state = await stopping;
    expect(state).toMatchObject({ phase: "stopped", rows: 50 });
    expect(state.completeness.reasons).toEqual([{ kind: "stopped" }]);
    await expect.poll(() => stuck.opened()).toBe(0);
  });

  test("over a range that ends before it begins is refused, and so are sets nobody knows", async () => {
    await using logs = await logsService(folder.path, memoryLogSource({ rows: [] }));
    const reversed = { ...request(), range: { startNs: 5n, endNs: 5n } };
    await expect(logs.open(reversed, ada, never)).rejects.toMatchObject({ code: "logs.range-reversed" });
    await expect(logs.volume({ ...reversed, buckets: 5 }, ada, never)).rejects.toMatchObject({
      code: "logs.range-reversed",
    });
    const set = logsApi.close.input.shape.set.parse("set-x");
    await expect(logs.window({ set, from: 0, count: 1 })).rejects.toMatchObject({
      code: "logs.result-set-unknown",
      params: { id: "set-x" },
    });
    expect(await logs.close({ set })).toEqual({ closed: false });
  });

  test("with an error in its query ends as failed, with Loki's words and place", async () => {
    await using logs = await logsService(folder.path, memoryLogSource({ rows: [] }));
    const { set } = await logs.open(request("{app="), ada, never);
    const state = await stateWhen(logs, set, ({ phase }) => phase === "failed");
    expect(state.error).toMatchObject({ code: "loki.query-invalid" });
  });
});

describe("the sets of one person", () => {
  test("are bounded: the one nobody watches and nobody looked at for longest gives way", async () => {
    await using logs = await logsService(folder.path, memoryLogSource({ rows: rows(3) }));
    const first = await opened(logs);
    const watching = new AbortController();
    const watch = logs.watch({ set: first.set }, watching.signal);
    await watch.next();
    const second = await opened(logs);
    for (let count = 0; count < 31; count += 1) await opened(logs);
    await expect(logs.window({ set: second.set, from: 0, count: 1 })).rejects.toMatchObject({
      code: "logs.result-set-unknown",
    });
    expect((await logs.window({ set: first.set, from: 0, count: 1 })).total).toBe(3);
    watching.abort();
    expect((await watch.next()).done).toBe(true);
  });

  test("leave nothing on disk: a closed set at once, the others with the console", async () => {
    const big = Array.from({ length: 24_000 }, (_, row) => ({
      timestampNs: BigInt(row),
      labels: { app: "a" },
      line: `${row} `.padEnd(1_000, "x"),
    }));
    const settings = fixedSettings({ "logs.memoryMaxBytes": 16 * 2 ** 20 });
    const logs = await logsService(folder.path, memoryLogSource({ rows: big }), { settings });
    const state = await opened(logs);
    const other = await opened(logs);
    expect(state.spilledBytes + other.spilledBytes).toBeGreaterThan(0);
    const [session = ""] = readdirSync(folder.file("spill"));
    const held = folder.file(`spill/${session}/${state.set}`);
    expect(existsSync(held)).toBe(true);
    const last = await logs.window({ set: state.set, from: 23_999, count: 1 });
    expect(last.rows[0]).toMatchObject({ lineBytes: 1_000, timestampNs: "23999" });
    await logs.close({ set: state.set });
    expect(existsSync(held)).toBe(false);
    await logs[Symbol.asyncDispose]();
    expect(readdirSync(folder.file("spill"))).toEqual([]);
  });

  test("stop growing when the disk is full, and say so", async () => {
    const big = Array.from({ length: 40_000 }, (_, row) => ({
      timestampNs: BigInt(row),
      labels: { app: "a" },
      line: `${row} `.padEnd(1_000, "x"),
    }));
    await using logs = await logsService(folder.path, memoryLogSource({ rows: big }), {
      settings: fixedSettings({ "logs.memoryMaxBytes": 16 * 2 ** 20 }),
      openSpillFile: async (path) => {
        // A device that refuses every byte, as a full disk does.
        const full = await openFile("/dev/full", "r+");
        return {
          path,
          append: async (bytes) => (await full.write(bytes)).bytesWritten,
          read: () => Promise.reject(new Error("nothing was written")),
          [Symbol.asyncDispose]: () => full.close(),
        };
      },
    });
    const { set } = await logs.open(request(), ada, never);
    const state = await stateWhen(logs, set, ({ phase }) => phase === "failed");
    expect(state.error).toMatchObject({ code: "logs.spill-failed", params: { problem: "ENOSPC" } });
    expect(state.completeness).toEqual({ verdict: "incomplete", reasons: [{ kind: "disk-full", droppedRows: 0 }] });
    expect(state.rows).toBeGreaterThan(10_000);
    const from = state.rows - 1;
    expect((await logs.window({ set, from, count: 1 })).rows[0]).toMatchObject({ timestampNs: String(from) });
  });
});

describe("a tail", () => {
  test("shows rows and markers in their order, counts gaps and drops, and follows its connection's state", async () => {
    const gate: (() => void)[] = [];
    const step = () => new Promise<void>((resolve) => gate.push(resolve));
    const events = async function* (signal: AbortSignal): AsyncGenerator<TailEvent> {
      yield { kind: "state", state: "following" };
      yield { kind: "batch", batch: logBatch(rows(3)) };
      await step();
      yield { kind: "state", state: "reconnecting" };
      yield {
        kind: "marker",
        timestampNs: 3_000n,
        marker: { kind: "gap", startNs: "2000", endNs: "9000", cause: "loki.unreachable" },
      };
      yield {
        kind: "marker",
        timestampNs: 9_000n,
        marker: { kind: "dropped", entries: 7, streams: [{ app: "auth" }] },
      };
      yield { kind: "marker", timestampNs: 9_000n, marker: { kind: "dropped", entries: 5, streams: [] } };
      await step();
      yield { kind: "state", state: "following" };
      yield { kind: "batch", batch: logBatch(rows(2)) };
      await new Promise<void>((_, reject) => {
        signal.addEventListener("abort", () => reject(new AppError("request.cancelled", {})), { once: true });
      });
    };
    await using logs = await logsService(folder.path, memoryLogSource({ rows: [], tailEvents: events }));
    const { set } = await logs.tail({ target, query: '{app="auth"}' }, ada, never);
    await stateWhen(logs, set, (state) => state.phase === "tailing" && state.rows === 3);
    gate.shift()?.();
    const cut = await stateWhen(logs, set, ({ phase, dropped }) => phase === "reconnecting" && dropped === 12);
    expect(cut).toMatchObject({ gaps: 1, rows: 6 });
    expect(cut.completeness).toEqual({
      verdict: "incomplete",
      reasons: [
        { kind: "tail-gap", startNs: "2000", endNs: "9000" },
        { kind: "tail-dropped", entries: 12 },
      ],
    });
    await expect.poll(() => gate.length).toBe(1);
    gate.shift()?.();
    await stateWhen(logs, set, (state) => state.phase === "tailing" && state.rows === 8);
    const { rows: shown } = logsApi.window.output.parse(await logs.window({ set, from: 2, count: 4 }));
    expect(shown.map((row) => (row.kind === "marker" ? row.marker.kind : row.line))).toEqual([
      "row 2",
      "gap",
      "dropped",
      "dropped",
    ]);
    const stopped = await logs.stop({ set });
    expect(stopped.phase).toBe("stopped");
    expect(stopped.completeness.reasons.map(({ kind }) => kind)).not.toContain("stopped");
  });

  test("is filtered live: the view grows with it and keeps its markers", async () => {
    const gate: (() => void)[] = [];
    const events = async function* (signal: AbortSignal): AsyncGenerator<TailEvent> {
      yield { kind: "state", state: "following" };
      yield { kind: "batch", batch: logBatch(rows(100)) };
      await new Promise<void>((resolve) => gate.push(resolve));
      yield { kind: "marker", timestampNs: 1n, marker: { kind: "reconnected" } };
      yield { kind: "batch", batch: logBatch(rows(100)) };
      await new Promise<void>((_, reject) => {
        signal.addEventListener("abort", () => reject(new AppError("request.cancelled", {})), { once: true });
      });
    };
    await using logs = await logsService(folder.path, memoryLogSource({ rows: [], tailEvents: events }));
    const { set: base } = await logs.tail({ target, query: '{app="auth"}' }, ada, never);
    const match = { kind: "literal", pattern: "timeout", caseSensitive: true } as const;
    const { set } = await logs.filter({ set: base, match }, "ada");
    expect(await stateWhen(logs, set, ({ rows: count }) => count === 10)).toMatchObject({ phase: "tailing" });
    gate.shift()?.();
    await stateWhen(logs, set, ({ rows: count }) => count === 21);
    expect((await logs.window({ set, from: 10, count: 1 })).rows[0]).toMatchObject({ kind: "marker", row: 10 });
    await logs.close({ set: base });
    expect((await logs.window({ set, from: 20, count: 1 })).rows[0]).toMatchObject({ line: "row 90 timeout" });
    expect((await stateWhen(logs, set, ({ phase }) => phase === "stopped")).rows).toBe(21);
  });
});
