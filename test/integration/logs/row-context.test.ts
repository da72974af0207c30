import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { logsApi } from "../../../src-shared/api/logs.api.ts";
import type { LogTarget } from "../../../src-shared/api/log-target.ts";
import type { Direction } from "../../../src-shared/model/log-query.ts";
import { NS_PER_SECOND } from "../../../src-shared/model/nano-time.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import type { PlainRow } from "../../builders/log-batches.ts";
import { logsService } from "../../builders/logs-services.ts";
import { memoryLogSource } from "../../builders/memory-log-source.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const target: LogTarget = logsApi.open.input.shape.target.parse({ kind: "loki", site: "lab", tenant: "bank-a" });
const never = new AbortController().signal;
const ada = { principal: "ada", role: "operator" } as const;
const clock = new ManualClock();
const NOW = BigInt(clock.nowMs()) * 1_000_000n;
const START = NOW - 60n * NS_PER_SECOND;

let folder: TemporaryDirectory;
beforeEach(() => {
  folder = temporaryDirectory();
});
afterEach(() => {
  folder[Symbol.dispose]();
});

/** Reads a query into a set, then the context of one of its rows; answers with the lines around and the anchor's place. */
async function contextOf(
  rows: readonly PlainRow[],
  options: {
    readonly query?: string;
    readonly direction?: Direction;
    readonly row: number;
    readonly before: number;
    readonly after: number;
    readonly labels?: string[];
    /** What the source has when the context is asked for. */
    readonly laterRows?: readonly PlainRow[];
  },
) {
  let source = memoryLogSource({ rows, batchRows: 7 });
  await using logs = await logsService(folder.path, source, { clock, openSource: () => Promise.resolve(source) });
  const range = { startNs: START - 10n ** 15n, endNs: NOW };
  const direction = options.direction ?? "forward";
  const { set } = await logs.open(
    { target, range, query: options.query ?? '{app=~".+"}', direction, limit: null },
    ada,
    never,
  );
  await expect.poll(() => logs.sets.registry.get(set).progress.phase).toBe("done");
  if (options.laterRows !== undefined) source = memoryLogSource({ rows: options.laterRows });
  const { row, before, after, labels } = options;
  const input = { set, row, before, after, ...(labels === undefined ? {} : { labels }) };
  const state = await logs.context(input, ada, never);
  const shown = state.rows === 0 ? [] : (await logs.window({ set: state.set, from: 0, count: 400 })).rows;
  const lines = shown.map((one) => (one.kind === "entry" ? one.line : one.marker.kind));
  return { state, lines, asked: source.asked };
}

const app = { app: "payments", pod: "p-1" };
const other = { app: "auth", pod: "p-9" };

describe("the context of a row", () => {
  test("is the lines before and after it in its own stream, in the order of time", async () => {
    const rows = Array.from({ length: 40 }, (_, n) => ({
      timestampNs: START + BigInt(n) * NS_PER_SECOND,
      labels: n % 2 === 0 ? app : other,
      line: `line ${n}`,
    }));
    const { state, lines, asked } = await contextOf(rows, { row: 20, before: 3, after: 2 });
    expect(lines).toEqual(["line 14", "line 16", "line 18", "line 20", "line 22", "line 24"]);
    expect(state).toMatchObject({ anchorRow: 3, rows: 6, phase: "done", direction: "forward" });
    expect(state.completeness).toEqual({ verdict: "complete", reasons: [] });
    expect(asked.filter((query) => query.includes('{app="payments", pod="p-1"}')).length).toBeGreaterThan(0);
  });

  test("neither loses nor doubles neighbours of the same nanosecond, wherever the anchor stands among them", async () => {
    const rowArbitrary = fc.record({ at: fc.integer({ min: 0, max: 4 }), stream: fc.constantFrom(app, other) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(rowArbitrary, { minLength: 1, maxLength: 30 }),
        fc.nat({ max: 29 }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 0, max: 8 }),
        fc.constantFrom<Direction>("forward", "backward"),
        async (spec, pick, before, after, direction) => {
          const rows = spec
            .toSorted((a, b) => a.at - b.at)
            .map(({ at, stream }, n) => ({ timestampNs: START + BigInt(at), labels: stream, line: `line ${n}` }));
          const anchor = pick % rows.length;
          const row = direction === "forward" ? anchor : rows.length - 1 - anchor;
          const { lines, state } = await contextOf(rows, { row, before, after, direction });
          const own = rows.filter(({ labels }) => labels === rows[anchor]?.labels).map(({ line }) => line);
          const place = own.indexOf(`line ${anchor}`);
          expect(lines).toEqual(own.slice(Math.max(0, place - before), place + after + 1));
          expect(lines[state.anchorRow]).toBe(`line ${anchor}`);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("of one of several equal lines knows which one it is, read forward or backward", async () => {
    const rows = [
      { timestampNs: START, labels: app, line: "a" },
      ...Array.from({ length: 3 }, () => ({ timestampNs: START + 1n, labels: app, line: "same" })),
      { timestampNs: START + 2n, labels: app, line: "z" },
    ];
    for (const [direction, row, anchorRow] of [
      ["forward", 1, 1],
      ["forward", 3, 3],
      ["backward", 3, 1],
      ["backward", 1, 3],
    ] as const) {
      const { state, lines } = await contextOf(rows, { direction, row, before: 9, after: 9 });
      expect(lines).toEqual(["a", "same", "same", "same", "z"]);
      expect([direction, row, state.anchorRow]).toEqual([direction, row, anchorRow]);
    }
  });

  test("may be that of all streams which share some labels", async () => {
    const rows = ["p-1", "p-2", "p-3"].map((pod, n) => ({
      timestampNs: START + BigInt(n),
      labels: { app: "payments", pod },
      line: pod,
    }));
    const shared = await contextOf(rows, { row: 1, before: 5, after: 5, labels: ["app"] });
    expect(shared.lines).toEqual(["p-1", "p-2", "p-3"]);
    expect((await contextOf(rows, { row: 1, before: 5, after: 5 })).lines).toEqual(["p-2"]);
  });

  test("finds far neighbours step by step, and says how far back it has looked when there are too few", async () => {
    const rows = [
      { timestampNs: NOW - 86_000n * NS_PER_SECOND, labels: app, line: "yesterday" },
      { timestampNs: NOW - 30n * NS_PER_SECOND, labels: app, line: "anchor" },
    ];
    const found = await contextOf(rows, { row: 1, before: 1, after: 0 });
    expect(found.lines).toEqual(["yesterday", "anchor"]);
    expect(found.state.completeness.verdict).toBe("complete");
    const { state } = await contextOf(rows, { row: 1, before: 2, after: 0 });
    const weekBefore = NOW - 30n * NS_PER_SECOND - 604_800n * NS_PER_SECOND;
    expect(state.completeness).toEqual({
      verdict: "unknown",
      reasons: [{ kind: "lookback-clamped", startNs: String(weekBefore) }],
    });
  });

  test("shows the row even when the source no longer has it, and does not call that complete", async () => {
    const rows = [0n, 1n, 2n].map((at) => ({ timestampNs: START + at, labels: app, line: `line ${at}` }));
    const laterRows = rows.filter(({ line }) => line !== "line 1");
    const { state, lines } = await contextOf(rows, { row: 1, before: 1, after: 1, laterRows });
    expect(lines).toEqual(["line 0", "line 1", "line 2"]);
    expect(state.completeness.verdict).toBe("unknown");
  });

  test("quotes label values that hold quotes and backslashes", async () => {
    const labels = { app: 'a"b\\c\n' };
    const rows = [0n, 1n].map((at) => ({ timestampNs: START + at, labels, line: `line ${at}` }));
    expect((await contextOf(rows, { row: 0, before: 1, after: 1 })).lines).toEqual(["line 0", "line 1"]);
  });

  test("of a row that is not there is refused", async () => {
    const rows = [{ timestampNs: START, labels: app, line: "x" }];
    await expect(contextOf(rows, { row: 1, before: 1, after: 1 })).rejects.toMatchObject({ code: "logs.row-unknown" });
  });
});
