import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { SelectionPiece } from "../../../src-main/core/export/export-selection.ts";
import { selectRows } from "../../../src-main/rpc/exports.router.ts";
import type { LogsService } from "../../../src-main/core/logs/logs.service.ts";
import { exportsApi } from "../../../src-shared/api/exports.api.ts";
import { logsApi } from "../../../src-shared/api/logs.api.ts";
import type { ResultSetId } from "../../../src-shared/model/ids.ts";
import type { RedactionPattern } from "../../../src-shared/model/redaction-pattern.ts";
import { logBatch, type PlainRow } from "../../builders/log-batches.ts";
import { logsService } from "../../builders/logs-services.ts";
import { memoryLogSource } from "../../builders/memory-log-source.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const target = logsApi.open.input.shape.target.parse({ kind: "loki", site: "lab", tenant: "bank-a" });

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

async function setOf(rows: readonly PlainRow[]): Promise<ResultSetId> {
  const { set } = logs.sets.create("ada", target, "forward");
  open.push(set.id);
  await set.append(logBatch(rows));
  return set.id;
}

/** All pieces, as the door gives them. */
async function selected(
  set: ResultSetId,
  format: "ndjson" | "csv" | "text",
  redact: RedactionPattern[] = [],
  rows: { readonly from: number; readonly to: number } = { from: 0, to: 1_000_000 },
): Promise<{ readonly text: string; readonly pieces: readonly SelectionPiece[]; readonly last: SelectionPiece }> {
  const { signal } = new AbortController();
  const pieces: SelectionPiece[] = [];
  for await (const piece of selectRows(logs, { set, format, redact, ...rows }, signal)) {
    pieces.push(exportsApi.selection.output.parse(piece));
  }
  const last = pieces.at(-1);
  if (last === undefined) throw new Error("no piece");
  return { text: pieces.map(({ text }) => text).join(""), pieces, last };
}

const row: PlainRow = {
  timestampNs: 1_763_632_800_123_456_789n,
  labels: { env: "prod", app: "payments" },
  line: 'took 5ms, said "ok"',
  level: "info",
  metadata: { trace_id: "ab=c" },
};

describe("a selection as one small file", () => {
  it("is NDJSON as the command line prints it", async () => {
    const { text, last } = await selected(await setOf([row, { ...row, parsed: { took: "5ms" } }]), "ndjson");
    expect(
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { ts: "1763632800123456789", labels: row.labels, metadata: row.metadata, line: row.line },
      {
        ts: "1763632800123456789",
        labels: row.labels,
        metadata: row.metadata,
        parsed: { took: "5ms" },
        line: row.line,
      },
    ]);
    expect(last).toMatchObject({ rows: 2, totalRows: 2, redacted: {} });
  });

  it("is CSV after RFC 4180 whose cells no spreadsheet runs as formulas", async () => {
    const lines = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "plain", "two\nlines", "", "a,b"];
    const { text } = await selected(await setOf(lines.map((line) => ({ timestampNs: 0n, labels: {}, line }))), "csv");
    const cells = ["'=1+1", "'+1", "'-1", "'@x", "'\tx", `"'\rx"`, "plain", '"two\nlines"', "", '"a,b"'];
    expect(text).toBe(
      ["ts,labels,metadata,line", ...cells.map((cell) => `1970-01-01T00:00:00.000000000Z,{},{},${cell}`), ""].join(
        "\r\n",
      ),
    );
    const { text: quoted } = await selected(await setOf([row]), "csv");
    expect(quoted).toContain(
      '"{""env"":""prod"",""app"":""payments""}","{""trace_id"":""ab=c""}","took 5ms, said ""ok"""',
    );
  });

  it("is text as rows are copied, of the rows asked for alone", async () => {
    const set = await setOf(["a", "b", "c", "d"].map((line) => ({ timestampNs: 0n, labels: { app: "x" }, line })));
    const { text, last } = await selected(set, "text", [], { from: 1, to: 3 });
    expect(text).toBe('1970-01-01T00:00:00.000000000Z {app="x"} b\n1970-01-01T00:00:00.000000000Z {app="x"} c\n');
    expect(last).toMatchObject({ rows: 2, totalRows: 2 });
  });

  it.each(["ndjson", "csv", "text"] as const)("is redacted as %s, with a count for each pattern", async (format) => {
    const set = await setOf([
      { ...row, labels: { user: "a@example.com" }, line: "card 4111111111111111", metadata: { to: "b@example.com" } },
    ]);
    const { text, last } = await selected(set, format, ["email", "bank-card"]);
    expect(text).not.toMatch(/example\.com|4111/);
    expect(text).toContain("card [redacted:bank-card]");
    expect(last.redacted["bank-card"]).toBe(1);
    expect(last.redacted["email"]).toBeGreaterThanOrEqual(1);
  });

  it("comes in pieces of less than a megabyte, of which none cuts a character", async () => {
    const set = await setOf([
      { timestampNs: 0n, labels: {}, line: "😀".repeat(400_000) },
      { timestampNs: 1n, labels: {}, line: "end" },
    ]);
    const { text, pieces, last } = await selected(set, "text");
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) {
      expect(Buffer.byteLength(piece.text)).toBeLessThanOrEqual(2 * 1024 * 1024);
      expect(piece.text).not.toMatch(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/);
    }
    expect(text).toContain("😀".repeat(400_000));
    expect(last).toMatchObject({ rows: 2, totalRows: 2 });
  });

  it("is refused past 256 MiB before a byte of it is given", async () => {
    const { set } = logs.sets.create("ada", target, "forward");
    open.push(set.id);
    const line = Buffer.alloc(33 * 1024 * 1024, 0x61);
    for (let index = 0; index < 8; index += 1) {
      await set.append(logBatch([{ timestampNs: BigInt(index), labels: {}, line }]));
    }
    await expect(selected(set.id, "text")).rejects.toMatchObject({ code: "logs.selection-too-large" });
    const { last } = await selected(set.id, "text", [], { from: 7, to: 8 });
    expect(last.rows).toBe(1);
  });
});
