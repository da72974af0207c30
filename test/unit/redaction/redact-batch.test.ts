import { describe, expect, it } from "vitest";
import type { LogBatch } from "../../../src-shared/model/log-batch.ts";
import { REDACTION_PATTERNS } from "../../../src-shared/model/redaction-pattern.ts";
import { redactBatch } from "../../../src-shared/redaction/redact-batch.ts";
import { logBatch, type PlainRow } from "../../builders/log-batches.ts";

const plain = (rest: Partial<PlainRow> & Pick<PlainRow, "line">): PlainRow => ({
  timestampNs: 1n,
  labels: { app: "payments" },
  ...rest,
});

function rowsOf(batch: LogBatch): unknown[] {
  return Array.from({ length: batch.rowCount }, (_, row) => {
    const extra = Buffer.from(batch.extraBytes.subarray(batch.extraOffsets[row], batch.extraOffsets[row + 1]));
    return {
      stream: batch.streams[batch.streamRefs[row] ?? 0],
      line: Buffer.from(batch.lineBytes.subarray(batch.lineOffsets[row], batch.lineOffsets[row + 1])).toString(),
      extra: extra.length === 0 ? null : (JSON.parse(extra.toString()) as unknown),
    };
  });
}

describe("a redacted batch", () => {
  it("has lines, labels, metadata and parsed labels without what was found, counted by pattern", () => {
    const { batch, counts } = redactBatch(
      logBatch([
        plain({ line: "to=a@example.com ok", parsed: { to: "a@example.com", n: "1" } }),
        plain({ line: "nothing here" }),
        plain({ line: "", labels: { app: "x", user: "b@example.com" }, metadata: { access_token: "s3cr3t-one" } }),
        plain({ line: "card 4111111111111111 of 中文 c@example.com", labels: { app: "x", user: "b@example.com" } }),
      ]),
      REDACTION_PATTERNS,
    );
    expect(rowsOf(batch)).toEqual([
      {
        stream: { app: "payments" },
        line: "to=[redacted:email] ok",
        extra: { p: { to: "[redacted:email]", n: "1" } },
      },
      { stream: { app: "payments" }, line: "nothing here", extra: null },
      {
        stream: { app: "x", user: "[redacted:email]" },
        line: "",
        extra: { m: { access_token: "[redacted:bearer-token]" } },
      },
      {
        stream: { app: "x", user: "[redacted:email]" },
        line: "card [redacted:bank-card] of 中文 [redacted:email]",
        extra: null,
      },
    ]);
    expect(counts).toEqual({ email: 5, "bank-card": 1, "bearer-token": 1 });
  });

  it("keeps its own buffers where nothing is found", () => {
    const given = logBatch([plain({ line: "seq=1 at 2026-11-22T10:00:00Z", metadata: { trace_id: "8f3a" } })]);
    const { batch, counts } = redactBatch(given, REDACTION_PATTERNS);
    expect(batch.lineBytes).toBe(given.lineBytes);
    expect(batch.extraBytes).toBe(given.extraBytes);
    expect(batch.streams).toBe(given.streams);
    expect(counts).toEqual({});
  });

  it("does not join the end of a line with the beginning of the next", () => {
    const given = logBatch([plain({ line: "4111111111" }), plain({ line: "111111" })]);
    expect(redactBatch(given, REDACTION_PATTERNS).counts).toEqual({});
    const apart = logBatch([plain({ line: "7" }), plain({ line: "4111111111111111" }), plain({ line: "7" })]);
    expect(redactBatch(apart, REDACTION_PATTERNS).counts).toEqual({ "bank-card": 1 });
  });

  it("finds what JSON escapes hide in metadata", () => {
    const given = logBatch([plain({ line: "" }), plain({ line: "" })]);
    const json = String.raw`{"m":{"user":"a\u0040example.com"}}`;
    const extraBytes = Buffer.from(json);
    const hidden = { ...given, extraBytes, extraOffsets: Uint32Array.of(0, 0, extraBytes.length) };
    const { batch, counts } = redactBatch(hidden, ["email"]);
    expect(rowsOf(batch)[1]).toMatchObject({ extra: { m: { user: "[redacted:email]" } } });
    expect(counts).toEqual({ email: 1 });
  });

  it("reads a batch whose buffers begin before its first row", () => {
    const all = logBatch([plain({ line: "a@example.com" }), plain({ line: "b@example.com" }), plain({ line: "end" })]);
    const tail: LogBatch = {
      ...all,
      rowCount: 2,
      timestampsNs: all.timestampsNs.subarray(1),
      streamRefs: all.streamRefs.subarray(1),
      lineOffsets: all.lineOffsets.subarray(1),
      extraOffsets: all.extraOffsets.subarray(1),
      levels: all.levels.subarray(1),
    };
    const { batch, counts } = redactBatch(tail, ["email"]);
    expect(rowsOf(batch)).toMatchObject([{ line: "[redacted:email]" }, { line: "end" }]);
    expect(counts).toEqual({ email: 1 });
  });

  it("keeps bytes that are no UTF-8 as they are", () => {
    const line = Uint8Array.of(0xff, 0xfe, 0x20, ...Buffer.from("a@example.com"), 0x80);
    const { batch } = redactBatch(logBatch([plain({ line })]), ["email"]);
    expect([...batch.lineBytes]).toEqual([0xff, 0xfe, 0x20, ...Buffer.from("[redacted:email]"), 0x80]);
  });

  it("does nothing without patterns", () => {
    const given = logBatch([plain({ line: "a@example.com" })]);
    expect(redactBatch(given, []).batch).toBe(given);
  });
});
