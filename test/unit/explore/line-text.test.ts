import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineFolder } from "../../../src-renderer/features/explore/details/line-folder.ts";
import { logfmtPairs } from "../../../src-renderer/features/explore/details/logfmt-pairs.ts";
import { JsonPrinter, looksLikeJson } from "../../../src-renderer/features/explore/details/pretty-json.ts";
import { runInSlices } from "../../../src-renderer/features/explore/details/time-slices.ts";
import { traceLink } from "../../../src-renderer/features/explore/details/trace-link.ts";

function printed(pieces: readonly string[]): JsonPrinter {
  const printer = new JsonPrinter();
  for (const piece of pieces) {
    const work = printer.push(piece);
    while (work.next().done !== true);
  }
  printer.end();
  return printer;
}

function cutAt(text: string, places: readonly number[]): string[] {
  const sorted = [0, ...places.map((place) => place % (text.length + 1)).toSorted((a, b) => a - b), text.length];
  return sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
}

describe("pretty JSON", () => {
  it("prints any JSON so that it still is the same JSON, wherever the text was cut", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.array(fc.nat(), { maxLength: 6 }), (text, places) => {
        const { lines } = printed(cutAt(text, places));
        const joined = lines.map(({ key, text: part }) => (key === null ? part : `${key}:${part}`)).join("");
        expect(JSON.parse(joined)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("indents by depth and keeps digits and escapes as they were written", () => {
    const { lines } = printed(['{"a":{"b":[1.50,"\\u0041"],"c":{}},"d":null}']);
    expect(
      lines.map(({ depth, key, text }) => `${"  ".repeat(depth)}${key === null ? "" : `${key}: `}${text}`),
    ).toEqual([
      "{",
      '  "a": {',
      '    "b": [',
      "      1.50,",
      '      "\\u0041"',
      "    ],",
      '    "c": {}',
      "  },",
      '  "d": null',
      "}",
    ]);
  });

  it("goes on with a long value in further lines, none of them long", () => {
    const { lines } = printed([JSON.stringify({ blob: "x".repeat(3_000) })]);
    expect(Math.max(...lines.map(({ text }) => text.length))).toBeLessThanOrEqual(401);
    expect(lines.map(({ text }) => text).join("")).toContain("x".repeat(3_000));
    expect(lines.filter(({ continued }) => continued)).toHaveLength(7);
  });

  it("shows what is no JSON as it is, and never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => void printed([text])));
    expect(printed(['{"half":"a str']).lines.at(-1)?.text).toBe('"a str');
  });

  it("is only offered for objects and arrays", () => {
    expect(looksLikeJson('  {"a":1}')).toBe(true);
    expect(looksLikeJson("level=info {}")).toBe(false);
  });
});

describe("work in slices", () => {
  it("lets the page have its turn, and stops when it is told to", async () => {
    const life = new AbortController();
    let steps = 0;
    function* endless(): Generator<void> {
      for (;;) {
        steps += 1;
        yield;
      }
    }
    const turn = new Promise<number>((resolve) =>
      setTimeout(() => {
        life.abort();
        resolve(steps);
      }),
    );
    await runInSlices(endless(), life.signal);
    expect(await turn).toBeGreaterThan(0);
  });
});

describe("folding a long line", () => {
  it("keeps every character, fills lines to the width, and cuts no pair, however it came in pieces", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "\n", "😀", "字"), maxLength: 200 });
    fc.assert(
      fc.property(
        text,
        fc.array(fc.nat(), { maxLength: 5 }),
        fc.integer({ min: 2, max: 30 }),
        (whole, places, columns) => {
          const folder = new LineFolder(columns);
          for (const piece of cutAt(whole, places)) folder.push(piece);
          const lines = folder.lines();
          expect(lines.join("")).toBe(whole);
          for (const line of lines) {
            expect(line.length).toBeLessThanOrEqual(columns + 1);
            expect(/[\uD800-\uDBFF]$/.test(line) && line !== lines.at(-1)).toBe(false);
          }
        },
      ),
    );
  });
});

describe("logfmt", () => {
  it("is told by its pairs, quotes taken off", () => {
    expect(logfmtPairs('level=info msg="a \\"b\\"\\nc" done took=5ms')).toEqual([
      { name: "level", value: "info" },
      { name: "msg", value: 'a "b"\nc' },
      { name: "done", value: null },
      { name: "took", value: "5ms" },
    ]);
  });

  it("is not seen in a sentence, nor in JSON", () => {
    expect(logfmtPairs("the value a=b was not found here today")).toBeNull();
    expect(logfmtPairs('{"a":1}')).toBeNull();
    expect(logfmtPairs("")).toBeNull();
  });
});

describe("a trace link", () => {
  const templates = [{ field: "trace_id", url: "https://tempo.example/trace/{value}" }];

  it("is made of the site's template with the value encoded", () => {
    expect(traceLink("trace_id", "ab/../c?d", templates)).toBe("https://tempo.example/trace/ab%2F..%2Fc%3Fd");
    expect(traceLink("span_id", "ab", templates)).toBeNull();
  });

  it("is never anything but http or https to the host of the template", () => {
    const hostile = (url: string, value: string) => traceLink("f", value, [{ field: "f", url }]);
    expect(hostile("javascript:alert({value})", "1")).toBeNull();
    expect(hostile("https://{value}/x", "evil.example")).toBeNull();
    expect(hostile("{value}", "https://evil.example")).toBeNull();
    expect(hostile("https://tempo.example/{value}", "")).toBeNull();
  });
});
