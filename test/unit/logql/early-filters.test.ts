import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileLogPipeline } from "../../../src-shared/logql/log-pipeline.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";
import { quoteGo } from "../../../src-shared/logql/text/go-quote.ts";

function labelsOf(stages: string, line: string, metadata: Readonly<Record<string, string>>) {
  const result = parseLogQl(`{app="x"} ${stages}`);
  if (!result.ok || result.expr.kind !== "log") throw new Error(stages);
  const run = compileLogPipeline(result.expr).forStream({ app: "x", a: "stream" });
  return run.process(0n, line, metadata) ? run.result().labels : null;
}

const name = fc.constantFrom("a", "b", "c", "a_extracted");
const value = fc.constantFrom("1", "2", "x y", 'q"q', "é", "a/b", "", "\ufffd", "back\\slash");

/** A JSON object whose strings are escaped more than they need be, or broken off. */
const jsonLine = fc.tuple(fc.array(fc.tuple(name, value, fc.boolean())), fc.nat(3)).map(([fields, broken]) => {
  const escaped = (text: string, all: boolean): string =>
    all
      ? Array.from(text, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")
      : JSON.stringify(text).slice(1, -1);
  const body = fields.map(([key, text, all]) => `"${key}":"${escaped(text, all)}"`).join(",");
  return broken === 0 ? `{${body}` : `{${body}}`;
});

const logfmtLine = fc
  .array(fc.tuple(name, value))
  .map((pairs) =>
    pairs.map(([key, text]) => `${key}=${/^[\w/]+$/.test(text) ? text : JSON.stringify(text)}`).join(" "),
  );

describe("filters that are decided before or while parsing", () => {
  it.each([
    ["json", jsonLine],
    ["logfmt", logfmtLine],
  ])("keep exactly the lines whose labels satisfy them behind %s", (parser, lines) => {
    fc.assert(
      fc.property(lines, name, value, fc.dictionary(name, value), (line, label, wanted, metadata) => {
        const all = labelsOf(`| ${parser}`, line, metadata);
        const filtered = labelsOf(`| ${parser} | ${label}=${quoteGo(wanted)}`, line, metadata);
        const holds = (all?.[label] ?? "") === wanted;
        expect(filtered).toEqual(holds ? all : null);
      }),
      { numRuns: 2_000 },
    );
  });
});
