import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { LogsService } from "../../../src-main/core/logs/logs.service.ts";
import type { TextFormat } from "../../../src-main/core/logs/row-text.ts";
import { logsApi } from "../../../src-shared/api/logs.api.ts";
import type { LogTarget } from "../../../src-shared/api/log-target.ts";
import type { ResultSetId } from "../../../src-shared/model/ids.ts";
import { logBatch, type PlainRow } from "../../builders/log-batches.ts";
import { logsService } from "../../builders/logs-services.ts";
import { memoryLogSource } from "../../builders/memory-log-source.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const target: LogTarget = logsApi.open.input.shape.target.parse({ kind: "loki", site: "lab", tenant: "bank-a" });

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

async function setOf(rows: readonly PlainRow[], gap = false): Promise<ResultSetId> {
  const { set } = logs.sets.create("ada", target, "forward");
  open.push(set.id);
  await set.append(logBatch(rows));
  if (gap) set.appendMarker(5n, { kind: "gap", startNs: "1", endNs: "9", cause: "cut" });
  return set.id;
}

/** All pieces put together, as the page does it. */
async function copied(set: ResultSetId, from: number, to: number, format: TextFormat): Promise<string[]> {
  const pieces: string[] = [];
  let rows = 0;
  for (let cursor: number | null = 0; cursor !== null;) {
    const piece: Awaited<ReturnType<typeof logs.copy>> = await logs.copy({ set, from, to, format, cursor });
    expect(piece.cursor).not.toBe(cursor);
    pieces.push(piece.text);
    rows += piece.rows;
    cursor = piece.cursor;
  }
  const { total } = await logs.window({ set, from: 0, count: 1 });
  expect(rows).toBe(Math.max(0, Math.min(to, total) - from));
  return pieces;
}

const row: PlainRow = {
  timestampNs: 1_763_632_800_123_456_789n,
  labels: { env: "prod", app: "payments" },
  line: 'took 5ms, said "ok"',
  level: "info",
  metadata: { trace_id: "ab=c" },
};

describe("rows copied", () => {
  test("as text are what logcli prints, with gaps as comments", async () => {
    const set = await setOf([row], true);
    expect((await copied(set, 0, 2, "text")).join("")).toBe(
      '2025-11-20T10:00:00.123456789Z {app="payments", env="prod"} took 5ms, said "ok"\n' +
        '# 1970-01-01T00:00:00.000000005Z {"kind":"gap","startNs":"1","endNs":"9","cause":"cut"}\n',
    );
  });

  test("as NDJSON are one object a line, exact to the nanosecond", async () => {
    const set = await setOf([row], true);
    const lines = (await copied(set, 0, 2, "ndjson")).join("").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { ts: "1763632800123456789", labels: row.labels, metadata: row.metadata, line: row.line },
      { ts: "5", marker: { kind: "gap", startNs: "1", endNs: "9", cause: "cut" } },
    ]);
  });

  test("as logfmt quote what needs it", async () => {
    expect((await copied(await setOf([row]), 0, 1, "logfmt")).join("")).toBe(
      'ts=2025-11-20T10:00:00.123456789Z env=prod app=payments trace_id="ab=c" msg="took 5ms, said \\"ok\\""\n',
    );
  });

  test.each(["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])(
    "as CSV cannot run as a formula: %j",
    async (line) => {
      const text = (await copied(await setOf([{ ...row, line }]), 0, 1, "csv")).join("");
      const [header = "", ...body] = text.split("\r\n");
      expect(header).toBe("time,timestamp_ns,level,labels,metadata,parsed,line");
      const cells = body.join("\r\n").trimEnd();
      const last = cells.endsWith('"') ? cells.slice(cells.lastIndexOf(',"') + 2, -1) : cells.split(",").at(-1);
      expect(last?.startsWith("'")).toBe(true);
      expect(last?.slice(1)).toBe(line.trimEnd());
    },
  );

  test("come in pieces that put together are the whole, also of lines longer than a piece", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(10, 5_000, 300_000, 700_000, 1_600_000), { minLength: 1, maxLength: 6 }),
        fc.constantFrom<TextFormat>("text", "ndjson"),
        async (lengths, format) => {
          // A character of two code units: no piece may end between them.
          const rows = lengths.map((length, n) => ({
            timestampNs: BigInt(n),
            labels: {},
            line: "🙂".repeat(length / 2),
          }));
          const set = await setOf(rows);
          const pieces = await copied(set, 0, rows.length, format);
          for (const piece of pieces) {
            expect(piece.length).toBeLessThanOrEqual(600_000);
            expect(piece.isWellFormed()).toBe(true);
          }
          const whole = pieces.join("");
          expect(whole.match(/🙂/gu)?.length).toBe(lengths.reduce((sum, length) => sum + length / 2, 0));
          expect(whole.trimEnd().split("\n")).toHaveLength(rows.length);
        },
      ),
      { numRuns: 8 },
    );
  });

  test("are those of the range only, and none of an empty one", async () => {
    const rows = Array.from({ length: 20 }, (_, n) => ({ timestampNs: BigInt(n), labels: {}, line: `line ${n}` }));
    const set = await setOf(rows);
    const lines = (await copied(set, 5, 8, "ndjson")).join("").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).line)).toEqual(["line 5", "line 6", "line 7"]);
    expect((await copied(set, 18, 99, "text")).join("").split("\n")).toHaveLength(3);
    expect((await copied(set, 8, 8, "text")).join("")).toBe("");
  });
});
