import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LOG_LEVELS } from "../../../src-shared/model/log-level.ts";
import type { LogBatch } from "../../../src-shared/model/log-batch.ts";
import { parseLokiPage } from "../../../src-main/core/logs/adapters/loki/loki-page.ts";
import { tableFromJson } from "../../../src-main/core/logs/adapters/loki/page-json.ts";
import { scanPage } from "../../../src-main/core/logs/adapters/loki/page-scan.ts";
import { orderedBatch } from "../../../src-main/core/logs/adapters/loki/page-table.ts";
import { lokiRecording } from "../../builders/loki-recordings.ts";

const labels = fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), fc.string({ unit: "grapheme", maxLength: 12 }), {
  maxKeys: 4,
  noNullPrototype: true,
});
const extra = fc.record({ structuredMetadata: labels, parsed: labels }, { requiredKeys: [] });
const nanos = fc.bigInt({ min: 1_000_000_000_000_000_000n, max: 8_999_999_999_999_999_999n }).map(String);
const value = fc.oneof(
  fc.tuple(nanos, fc.string({ unit: "binary", maxLength: 60 })),
  fc.tuple(nanos, fc.string({ unit: "binary", maxLength: 60 }), extra),
);
const streams = fc.array(fc.record({ stream: labels, values: fc.array(value, { maxLength: 20 }) }), { maxLength: 6 });

/** JSON as Go writes it: compact, with `<`, `>`, `&` and the line separators escaped. */
function goJson(answered: unknown): Buffer {
  const text = JSON.stringify(answered).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return Buffer.from(text);
}

function answer(result: unknown): Buffer {
  return goJson({ status: "success", data: { resultType: "streams", result, stats: { summary: { execTime: 1 } } } });
}

function rows(batch: LogBatch): unknown[] {
  return Array.from({ length: batch.rowCount }, (_, row) => [
    batch.timestampsNs[row],
    batch.streams[batch.streamRefs[row] ?? 0],
    Buffer.from(batch.lineBytes.subarray(batch.lineOffsets[row], batch.lineOffsets[row + 1])).toString("hex"),
    extraOf(batch, row),
    LOG_LEVELS[batch.levels[row] ?? 0],
  ]);
}

function extraOf(batch: LogBatch, row: number): unknown {
  const text = Buffer.from(batch.extraBytes.subarray(batch.extraOffsets[row], batch.extraOffsets[row + 1])).toString();
  return text === "" ? null : JSON.parse(text);
}

describe("the scanner of Loki's answers", () => {
  it("reads every answer in Loki's writing exactly as JSON.parse does, in both directions", () => {
    fc.assert(
      fc.property(streams, fc.constantFrom("forward" as const, "backward" as const), (result, direction) => {
        const body = answer(result);
        const scanned = scanPage(body);
        if (scanned === null) throw new Error("given up on");
        const parsed = orderedBatch(tableFromJson(JSON.parse(body.toString()).data.result), direction);
        expect(rows(orderedBatch(scanned.table, direction))).toEqual(rows(parsed));
      }),
      { numRuns: 300 },
    );
  });

  it("never reads bytes that were changed into something that JSON.parse would not read", () => {
    fc.assert(
      fc.property(streams, fc.nat(), fc.integer({ min: 0, max: 255 }), (result, place, byte) => {
        const body = answer(result);
        body[place % body.length] = byte;
        const outcome = parseLokiPage(body, "forward");
        const text = new TextDecoder().decode(body);
        let parsed: unknown = null;
        try {
          parsed = JSON.parse(text);
        } catch {
          expect(outcome.kind).toBe("bad");
        }
        if (outcome.kind === "page" && parsed !== null) {
          const { result: list } = (parsed as { data: { result: unknown } }).data;
          // Bytes that are no UTF-8 are kept as they came, where JSON.parse has U+FFFD.
          if (!text.includes("\ufffd")) {
            expect(rows(outcome.page.batch)).toEqual(rows(orderedBatch(tableFromJson(list), "forward")));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("puts the streams of an answer into one order of time and keeps Loki's order among equal times", () => {
    const body = answer([
      {
        stream: { a: "1" },
        values: [
          ["1795357493360971483", "x"],
          ["1795357493360971480", "y"],
        ],
      },
      {
        stream: { a: "2" },
        values: [
          ["1795357493360971483", "z"],
          ["1795357493360971482", "w"],
        ],
      },
    ]);
    const outcome = parseLokiPage(body, "backward");
    if (outcome.kind !== "page") throw new Error(outcome.kind);
    const lines = rows(outcome.page.batch).map((row) => Buffer.from((row as string[])[2] ?? "", "hex").toString());
    expect(lines).toEqual(["x", "z", "w", "y"]);
  });

  it("reads what a real Loki answered, with metadata and parsed labels apart and the level of each line", () => {
    const recording = lokiRecording("068-query-range-json-categorized");
    const body = Buffer.from(recording.body ?? "");
    expect(scanPage(body)).not.toBeNull();
    const outcome = parseLokiPage(body, "backward");
    if (outcome.kind !== "page") throw new Error(outcome.kind);
    expect(outcome.page.batch.rowCount).toBe(2);
    expect(extraOf(outcome.page.batch, 1)).toEqual({
      m: { detected_level: "info" },
      p: {
        http_status_code: "200",
        latency_ms: "111.0",
        level: "info",
        msg: "payment authorised",
        path: "/v1/accounts",
        trace_id: "d59304146fe03e35",
        user_id: "1001",
      },
    });
    expect(LOG_LEVELS[outcome.page.batch.levels[0] ?? 9]).toBe("info");
    expect(outcome.page.stats).toMatchObject({ summary: { totalEntriesReturned: 2 } });
  });

  it("says what is no answer to a log query", () => {
    expect(parseLokiPage(Buffer.from('{"status":"success","data":{"resultType":"streams","resu'), "forward")).toEqual({
      kind: "bad",
      problem: "not JSON, or cut short",
    });
    expect(parseLokiPage(Buffer.from("<html></html>"), "forward").kind).toBe("bad");
    expect(parseLokiPage(Buffer.from('{"status":"error"}'), "forward").kind).toBe("bad");
    const matrix = lokiRecording("069-query-range-matrix").body ?? "";
    expect(parseLokiPage(Buffer.from(matrix), "forward")).toEqual({ kind: "not-logs", resultType: "matrix" });
  });
});
