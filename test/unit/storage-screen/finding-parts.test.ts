import { describe, expect, it } from "vitest";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";
import { markHexLine } from "../../../src-renderer/features/storage/findings/hex-line.ts";
import { findingRange, streamSelector } from "../../../src-renderer/features/storage/findings/stream-selector.ts";

describe("a stream's query", () => {
  it("is one that LogQL takes, whatever the labels' values are", () => {
    const text = streamSelector({ line: "x\ny", app: 'a"b\\c', sign: "\u202e" });
    expect(text.startsWith('{app="a\\"b\\\\c", line="x\\ny"')).toBe(true);
    expect(parseLogQl(text)).toMatchObject({ ok: true });
  });

  it("asks for a minute around what is lost, and for nothing where nobody knows when it was", () => {
    expect(findingRange({ fromMs: 60_000, throughMs: 120_000 })).toEqual({
      kind: "absolute",
      startNs: "0",
      endNs: "180000000000",
    });
    expect(findingRange({ fromMs: null, throughMs: 1 })).toBeNull();
  });
});

describe("bytes around what is wrong", () => {
  const line = "00000320  4f 63 6b 20 70 61 79 6d 65 6e 74 20 72 65 66 75  Ock payment refu";

  it("have the byte itself marked, as hex and as text", () => {
    const pieces = markHexLine(line, new Set([808]));
    expect(pieces.filter(({ bad }) => bad).map(({ text }) => text)).toEqual(["65", "e"]);
    expect(pieces.map(({ text }) => text).join("")).toBe(line);
  });

  it("are left as they are where nothing of them is meant, or they are of another form", () => {
    expect(markHexLine(line, new Set([1]))).toEqual([{ text: line, bad: false }]);
    expect(markHexLine("no hex", new Set([0]))).toEqual([{ text: "no hex", bad: false }]);
  });
});
