import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExposition } from "../../../src-main/core/health/scraping/exposition-parser.ts";
import { parseSeriesKey } from "../../../src-main/core/health/detection/series-key.ts";

const all = () => true;
const parse = (text: string, wanted: (name: string) => boolean = all) => parseExposition(Buffer.from(text), wanted);

const name = fc.stringMatching(/^[a-z_:][a-z0-9_:]{0,12}$/);
const labels = fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/), fc.string({ maxLength: 12 }), { maxKeys: 4 });
const escaped = (value: string) => value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

function keyOf(family: string, set: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(set).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? family : `${family}{${pairs.join(",")}}`;
}

describe("the exposition format", () => {
  it("gives every sample with its labels back, whatever they hold", () => {
    const sample = fc.record({ name, labels, value: fc.double({ noNaN: true, noDefaultInfinity: true }) });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 20 }), (samples) => {
        const text = samples.map((one) => `${keyOf(one.name, one.labels)} ${one.value}\n`).join("");
        const { series, brokenLines } = parse(`# HELP x y\n# TYPE x counter\n${text}`);
        expect(brokenLines).toBe(0);
        for (const one of new Map(samples.map((entry) => [keyOf(entry.name, entry.labels), entry])).values()) {
          const key = keyOf(one.name, one.labels);
          expect(series[key]).toBe(Number(String(one.value)));
          expect(parseSeriesKey(key)).toEqual({ name: one.name, labels: one.labels });
        }
      }),
    );
  });

  it("never throws on bytes of any kind", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void parseExposition(Buffer.from(bytes), all)));
  });

  it("reads only what is wanted, and counts the rest", () => {
    const { series, samples } = parse('a 1\na{x="1"} 2\nab 3\nb 4\na_sum 5\n', (family) => family === "a");
    expect({ ...series }).toEqual({ a: 1, 'a{x="1"}': 2 });
    expect(samples).toBe(5);
  });

  it("knows NaN, infinities, timestamps, exemplars and carriage returns", () => {
    const { series, brokenLines } = parse(
      'a NaN\nb +Inf\nc -Inf 1700000000000\nd_bucket{le="1"} 3 # {t="x"} 0.5\ne 1e-3\r\n',
    );
    expect({ ...series }).toEqual({ a: Number.NaN, b: Infinity, c: -Infinity, 'd_bucket{le="1"}': 3, e: 0.001 });
    expect(brokenLines).toBe(0);
  });

  it("says how many lines are broken or come twice, and keeps the last", () => {
    const { series, brokenLines, repeatedKeys } = parse('a 1\na 2\nb{x="1} 3\nc\nd x\n');
    expect({ ...series }).toEqual({ a: 2 });
    expect({ brokenLines, repeatedKeys }).toEqual({ brokenLines: 3, repeatedKeys: 1 });
  });

  it("finds nothing in a page of HTML", () => {
    expect({ ...parse("<!doctype html>\n<html><body>404</body></html>\n").series }).toEqual({});
  });
});
