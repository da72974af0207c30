import fc from "fast-check";
import { describe, expect, it } from "vitest";
import hashes from "../../fixtures/query-cost/query-hashes.json" with { type: "json" };
import queries from "../../fixtures/logql/queries.json" with { type: "json" };
import { MAX_SHAPE_CHARS } from "../../../src-shared/model/tenants/query-cost.ts";
import { queryHash } from "../../../src-main/core/tenants/query-cost/query-hash.ts";
import { queryShape } from "../../../src-main/core/tenants/query-cost/query-shape.ts";

describe("the hash of a query", () => {
  it.each(hashes)("is the one that Loki wrote: $hash", ({ query, hash }) => {
    expect(queryHash(query)).toBe(hash);
  });

  it("of the empty text is FNV's offset basis, and non-ASCII goes by UTF-8 bytes", () => {
    expect(queryHash("")).toBe(2_166_136_261);
    const bytes = Buffer.from('{app="支付"}');
    let slow = 2_166_136_261n;
    for (const byte of bytes) slow = ((slow * 16_777_619n) % 2n ** 32n) ^ BigInt(byte);
    expect(queryHash('{app="支付"}')).toBe(Number(slow));
  });
});

describe("the shape of a query", () => {
  it.each([
    ['{app="cart"} |= "timeout" | status >= 500', '{app="?"} |= "?" | status>=?'],
    ['{b=~"x.+", a="1"}', '{a="?", b=~"?"}'],
    [
      'sum by (app) (rate({app="x"} | json | latency > 1.5s [5m] offset 1h))',
      'sum by (app)(rate({app="?"} | json | latency>?[?] offset ?))',
    ],
    ['topk(10, sum by (p99) (count_over_time({a="b"}[1h])))', 'topk(?,sum by (p99)(count_over_time({a="?"}[?])))'],
    ['{a="b"} |= "x" or "y" or "z"', '{a="?"} |= "?"'],
    ['quantile_over_time(0.99, {a="b"} | unwrap x [1m]) > 1e9', '(quantile_over_time(?,{a="?"} | unwrap x[?]) > ?)'],
    ['{a="b"} | x > 10MB', '{a="?"} | x>?'],
  ])("%s → %s", (query, shape) => {
    expect(queryShape(query)).toBe(shape);
  });

  it("of what does not parse has its texts and numbers replaced where they stand", () => {
    expect(queryShape('{app="a secret" |= 12 `raw "x"`  \n|~ "cut off')).toBe('{app="?" |= ? "?" |~ "?"');
    expect(queryShape("   ")).toBe("");
  });

  it("of a query that Loki takes holds no text and no number of its own", () => {
    const texts = queries.flatMap((one) => ("query" in one && typeof one.query === "string" ? [one.query] : []));
    expect(texts.length).toBeGreaterThan(100);
    // The names in a label_replace stay, and stand in quotes.
    for (const query of texts.filter((text) => !text.includes("label_replace"))) {
      expect(queryShape(query).replaceAll('"?"', ""), query).not.toMatch(/["`]|(?<![\w.])\d/);
    }
  });

  it("is the same whatever the values are", () => {
    const text = fc.string({ maxLength: 40 }).map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(text, text, fc.integer({ min: 0, max: 10_000 }), (a, b, number) => {
        const query = (first: string, second: string, third: number) =>
          `{app=${first}, x="1"} |= ${second} | json | status >= ${third}`;
        // Go knows no surrogates in a text.
        fc.pre(!/\\u[dD][89a-fA-F]/.test(a + b));
        expect(queryShape(query(a, b, number))).toBe(queryShape(query('"p"', '"q"', 7)));
      }),
      { numRuns: 200 },
    );
  });

  it("holds nothing of a quoted text, and is bounded, whatever the text is", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: "grapheme" }), (noise) => {
        const secret = "s3cr3t-token";
        const shape = queryShape(`{a="${secret}"} ${noise.replaceAll(/["`]/g, "")} |= "${secret}`);
        expect(shape).not.toContain(secret);
        expect(shape.length).toBeLessThanOrEqual(MAX_SHAPE_CHARS);
      }),
      { numRuns: 200 },
    );
    expect(queryShape("a ".repeat(200_000)).length).toBe(MAX_SHAPE_CHARS);
  });
});
