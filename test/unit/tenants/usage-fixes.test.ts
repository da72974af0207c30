import { describe, expect, it } from "vitest";
import type { ShapeRun, ShapeUse } from "../../../src-main/core/tenants/ledger/ledger.ts";
import { fixesFor } from "../../../src-main/core/tenants/usage/fixes/fix-rules.ts";
import { queryTraits } from "../../../src-main/core/tenants/usage/fixes/query-traits.ts";
import { refreshPattern } from "../../../src-main/core/tenants/usage/fixes/refresh-pattern.ts";
import { exampleCost } from "../../contract/tenants/cost-examples.ts";

const HOUR_MS = 3_600_000;

function everySeconds(seconds: number, count: number, who = "a"): ShapeRun[] {
  return Array.from({ length: count }, (_, index) => ({ atMs: index * seconds * 1_000, who }));
}

function use(query: string, changes: Partial<ShapeUse> = {}): ShapeUse {
  return {
    shape: query,
    example: exampleCost({ id: "e", query, rangeMs: HOUR_MS }),
    tenants: ["acme"],
    users: [],
    sources: [],
    queries: 100,
    failed: 0,
    bytes: 100_000,
    durationMs: 1,
    maxRangeMs: HOUR_MS,
    cacheShare: null,
    runs: [],
    ...changes,
  };
}

function fixes(query: string, changes: Partial<ShapeUse> = {}) {
  const shape = use(query, changes);
  const facts = { use: shape, traits: queryTraits(query), refresh: refreshPattern(shape.runs), share: 1 };
  return fixesFor(facts);
}

function kinds(query: string, changes: Partial<ShapeUse> = {}): readonly string[] {
  return fixes(query, changes).map(({ kind }) => kind);
}

describe("how a shape is refreshed", () => {
  it("is by the interval of who repeats it, also with a lost run and a late one", () => {
    const runs = everySeconds(30, 40).filter((_, index) => index !== 7);
    const late = runs.map((run, index) => (index === 20 ? { ...run, atMs: run.atMs + 3_000 } : run));
    expect(refreshPattern(late)).toEqual({ everyMs: 30_000, share: 1, runs: 39 });
  });

  it("is not told of people, who ask now and then", () => {
    const people = [0, 60, 65, 400, 3_000, 3_010, 7_000, 9_500].map((at) => ({ atMs: at * 1_000, who: "li.wei" }));
    expect(refreshPattern(people)).toBeNull();
    expect(refreshPattern(everySeconds(30, 5))).toBeNull();
    expect(refreshPattern([])).toBeNull();
  });

  it("is by the mean where several screens show one dashboard, and only their share counts", () => {
    const screens = [
      ...everySeconds(30, 60),
      ...everySeconds(30, 60).map(({ atMs }) => ({ atMs: atMs + 4_000, who: "a" })),
    ];
    const person = Array.from({ length: 30 }, (_, index) => ({
      atMs: index * 1_000_000 + index ** 2,
      who: `p${index}`,
    }));
    const pattern = refreshPattern([...screens, ...person].toSorted((a, b) => a.atMs - b.atMs));
    expect(pattern?.everyMs).toBeCloseTo(15_000, -3);
    expect(pattern?.share).toBeCloseTo(120 / 150);
  });
});

describe("what would make a shape cheaper", () => {
  it("a selector of everything, or of what many streams share, is to be narrowed", () => {
    expect(fixes('{namespace=~".+"} |= "x"')).toEqual([
      { kind: "narrow-selector", params: { selector: '{namespace=~".+"}' }, savesBytes: null },
    ]);
    expect(kinds('sum(rate({namespace="prod", level!="debug"}[5m]))')).toEqual(["narrow-selector"]);
    expect(kinds('sum(rate({app="a"}[5m])) / sum(rate({cluster="eu"}[5m]))')).toEqual(["narrow-selector"]);
    expect(kinds('{namespace="prod", app="payments"}')).toEqual([]);
    expect(kinds('{app=~"payments|cards"}')).toEqual([]);
  });

  it.each([
    '{app="payments"}',
    '{pod="payments-7d9f"}',
    '{service_name="payments"}',
    '{app=~"payments-.+"}',
    '{app=~"payments|cards"}',
    '{cluster="eu", app="payments"}',
    '{job=~".+", filename="/var/log/a.log"}',
    'sum(rate({app="a"}[5m])) / sum(rate({container="b"}[5m]))',
  ])("%s names what writes the lines and needs no other label", (query) => {
    expect(kinds(query)).not.toContain("narrow-selector");
  });

  it.each([
    '{job="loki/querier"}',
    '{tenant="acme"}',
    '{namespace="prod", cluster="eu", env="live"}',
    '{k8s_namespace_name="prod"}',
    '{env="live", app=""}',
    '{env="live", app!="payments"}',
    '{app!~"payments|cards", namespace="prod"}',
    '{env="live", app=~".*"}',
    '{app=~"(?s).+"}',
    '{app=~"^.+$"}',
    '{app=~".+|payments"}',
    '{app=~"[a-zA-Z0-9_.-]+"}',
    '{app=~"\\\\w{1,}", env=~"prod|live"}',
  ])("%s leaves too much, and is to be narrowed", (query) => {
    expect(kinds(query)).toContain("narrow-selector");
  });

  it("a value that is looked for only behind a parser is to be looked for in the line first", () => {
    expect(fixes('{app="a"} | json | status="declined"')).toEqual([
      { kind: "add-line-filter", params: { label: "status", text: "declined" }, savesBytes: null },
    ]);
    expect(kinds('{app="a"} |= "declined" | json | status="declined"')).toEqual([]);
    expect(kinds('{app="a"} | json | status!="declined"')).toEqual([]);
    expect(kinds('{app="a"} | json | status="declined" or code="7"')).toEqual([]);
  });

  it("an id that is looked for is better kept as structured metadata", () => {
    const query =
      '{app="a"} |= "4bf92f3577b34da6a3ce929d0e0e4736" | json | trace_id="4bf92f3577b34da6a3ce929d0e0e4736"';
    expect(fixes(query)).toEqual([{ kind: "structured-metadata", params: { label: "trace_id" }, savesBytes: null }]);
  });

  it("a dashboard that asks more often than its curve can show is to ask less often, by so many bytes", () => {
    const [first] = fixes('{app="a"} |= "x"', { runs: everySeconds(10, 60), maxRangeMs: 6 * HOUR_MS });
    expect(first).toEqual({
      kind: "lower-refresh",
      params: { everySeconds: 10, toSeconds: 360 },
      savesBytes: Math.round(100_000 * (1 - 10 / 360)),
    });
    expect(kinds('{app="a"} |= "x"', { runs: everySeconds(300, 60), maxRangeMs: 6 * HOUR_MS })).toEqual([]);
  });

  it("a metric that reads the same hour again and again is to be a recording rule", () => {
    const found = fixes('sum(rate({app="a"}[5m]))', { runs: everySeconds(360, 30) });
    expect(found).toEqual([
      { kind: "recording-rule", params: { everySeconds: 360, rangeHours: 1 }, savesBytes: 90_000 },
    ]);
    expect(kinds('{app="a"}', { runs: everySeconds(360, 30) })).toEqual([]);
  });

  it("a metric that is repeated and finds nothing in the cache is to be aligned to its step", () => {
    const changes = { runs: everySeconds(1_800, 30), cacheShare: 0.02 };
    expect(fixes('sum(rate({app="a"}[5m]))', { ...changes, maxRangeMs: HOUR_MS })).toContainEqual({
      kind: "cache-aligned-step",
      params: { percent: 2 },
      savesBytes: null,
    });
    expect(kinds('sum(rate({app="a"}[5m]))', { ...changes, cacheShare: 0.8 })).not.toContain("cache-aligned-step");
  });

  it("what fails is to be mended, and blocked where nobody ever gets an answer", () => {
    expect(fixes('{app="a"}', { failed: 40 })).toEqual([
      { kind: "failing-query", params: { percent: 40, failed: 40 }, savesBytes: null },
    ]);
    const hash = use('{app="a"}').example.hash;
    expect(fixes('{app="a"}', { failed: 100 })).toEqual([
      { kind: "failing-query", params: { percent: 100, failed: 100 }, savesBytes: 100_000 },
      { kind: "block-query", params: { hash }, savesBytes: 100_000 },
    ]);
    expect(kinds('{app="a"}', { failed: 2, queries: 4 })).toEqual([]);
  });

  it("a long range is to be shortened, one huge query to be limited", () => {
    expect(kinds('{app="a"}', { maxRangeMs: 30 * HOUR_MS })).toEqual(["shorten-range"]);
    const example = exampleCost({ id: "e", query: '{app="a"}', bytes: 5e12 });
    expect(kinds('{app="a"}', { example, bytes: 6e12 })).toEqual(["limit-bytes"]);
  });

  it("of what is no LogQL nothing is said that only its text could tell", () => {
    for (const query of ["", "{", 'x{app="a"', "\0".repeat(100), '{app="a"} |= "cut off'.repeat(3), "((((", "{}"]) {
      expect(kinds(query, { runs: everySeconds(10, 3) }), query).toEqual([]);
    }
  });
});
