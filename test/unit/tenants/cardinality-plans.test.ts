import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { alertRule } from "../../../src-main/core/tenants/cardinality/alert-rule.ts";
import { emergencyPlan } from "../../../src-main/core/tenants/cardinality/emergency-plan.ts";
import {
  halves,
  matchersOf,
  partsByLabel,
  sliceSelector,
} from "../../../src-main/core/tenants/cardinality/series-slice.ts";
import { tenantFacts, type ProcessMetrics } from "../../../src-main/core/tenants/cardinality/tenant-facts.ts";
import { parseSeriesKey } from "../../../src-main/core/health/detection/series-key.ts";
import { readRuntimeOverrides } from "../../../src-main/core/tenants/limits/runtime-overrides.ts";
import { cardinalityReportSchema } from "../../../src-shared/model/tenants/cardinality.ts";
import { matcherOf } from "../../builders/memory-series-source.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const WHOLE = { startMs: 0, endMs: 86_400_000, matchers: [], splitBy: [] };
const NOTHING = tenantFacts("acme", { now: [], before: [], config: null });

describe("slices", () => {
  it("by a label cover every series, each once", () => {
    const value = fc.oneof(fc.stringMatching(/^[a-z0-9.\\"()|{}-]{1,6}$/), fc.constant(""));
    const labels = fc.record({ app: value, id: value }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.array(labels, { minLength: 4, maxLength: 30 }), (all) => {
        const present = all.map((each) => Object.fromEntries(Object.entries(each).filter(([, text]) => text !== "")));
        const values = [...new Set(present.flatMap(({ id }) => id ?? []))];
        const parts = partsByLabel(WHOLE, "id", values, ["app", "id"], 4);
        if (parts === null) return;
        const matches = parts.map((part) => matcherOf(sliceSelector([], part)));
        for (const series of present) {
          const times = matches.filter((match) => match(series)).length;
          expect(times).toBe(Object.keys(series).length === 0 ? 0 : 1);
        }
      }),
    );
  });

  it("in time are halves that meet, until they are short", () => {
    expect(halves(WHOLE)?.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [43_200_000, 86_400_000],
      [0, 43_200_000],
    ]);
    expect(halves({ ...WHOLE, endMs: 300_000 })).toBeNull();
  });

  it("take a selector's own matchers, and nothing that is more than a selector", () => {
    expect(matchersOf('{ app = "a", pod=~"b.*" }')).toEqual(['app="a"', 'pod=~"b.*"']);
    expect(matchersOf(" ")).toEqual([]);
    for (const text of ['{app="a"} |= "x"', "rate({a=`b`}[1m])", "{app=", "app"]) expect(matchersOf(text)).toBeNull();
  });
});

describe("the alert rule", () => {
  it("fires at twice what was seen and before the limit, and above what is there already", () => {
    const of = (seen: number | null, limit: number | null) => alertRule({ tenant: "acme", seen, limit, copies: 3 });
    expect([of(1_000, 10_000).threshold, of(1_000, 10_000).from]).toEqual([2_000, "seen-and-limit"]);
    expect(of(6_000, 10_000).threshold).toBe(8_000);
    expect(of(9_000, 10_000).threshold).toBe(9_500);
    expect([of(null, 10_000).threshold, of(null, 10_000).from]).toEqual([8_000, "limit"]);
    expect([of(700, 0).threshold, of(700, null).from]).toEqual([1_400, "seen"]);
    expect(() => of(null, null)).toThrow(expect.objectContaining({ code: "health.nobody-tells" }));
  });

  it("is a rule file for any tenant", () => {
    const { yaml } = alertRule({ tenant: "o'neil-(eu)!*", seen: 10, limit: 5_000, copies: 3 });
    const [group] = (
      parse(yaml) as { groups: { name: string; rules: { expr: string; labels: { tenant: string } }[] }[] }
    ).groups;
    expect(group?.rules[0]?.expr).toBe(
      `sum by (tenant) (loki_ingester_memory_streams{tenant="o'neil-(eu)!*"}) / 3 > 100`,
    );
    expect(group?.rules[0]?.labels.tenant).toBe("o'neil-(eu)!*");
    if (!existsSync("/usr/bin/promtool")) return;
    using folder = temporaryDirectory();
    writeFileSync(folder.file("rules.yaml"), yaml);
    expect(
      execFileSync("/usr/bin/promtool", ["check", "rules", folder.file("rules.yaml")], { encoding: "utf8" }),
    ).toContain("SUCCESS: 1 rules found");
  });
});

describe("the emergency plan", () => {
  it("caps what is there with room, in an override that Loki loads", () => {
    const report = cardinalityReportSchema.parse({
      job: "j",
      request: { site: "prod", tenant: "acme", selector: "", lastMinutes: 60, sampleLines: 0 },
      takenAtMs: 0,
      series: 5_000,
      seriesKnown: null,
      sampledShare: 1,
      partial: [],
      seriesDayBefore: null,
      memoryStreams: null,
      labels: [],
      combinations: [],
      fields: [],
      suggested: [],
    });
    const plan = emergencyPlan(report, "trace_id", NOTHING);
    const cap = plan.steps.find(({ key }) => key === "cap");
    expect(cap?.params).toEqual({ streams: 5_500 });
    expect(parse(cap?.text ?? "")).toEqual({ overrides: { acme: { max_global_streams_per_user: 5_500 } } });
    expect(plan.steps.find(({ key }) => key === "cap-plan")?.text).toBe(
      "kubemate limits plan --site prod --limit acme.max_global_streams_per_user=5500 --expires 2h",
    );
    const overrides = readRuntimeOverrides(cap?.text ?? "");
    expect(overrides.loads).toBe(true);
    expect(plan.steps.find(({ key }) => key === "promtail")?.text).toContain('- "trace_id"');
  });
});

describe("what metrics tell of a tenant", () => {
  const processOf = (file: string, atMs: number): ProcessMetrics => ({
    instance: file,
    atMs,
    metrics: readFileSync(new URL(`../../fixtures/health/metrics/${file}.txt`, import.meta.url), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const at = line.lastIndexOf(" ");
        return { ...parseSeriesKey(line.slice(0, at)), value: Number(line.slice(at + 1)) };
      }),
  });

  it("is said with whose it is, and what nobody tells is not known", () => {
    const now = ["ingester-1", "ingester-2", "ingester-3", "distributor-1"].map((file) =>
      processOf(file, 1.79545544323e12),
    );
    const config = {
      yaml: "auth_enabled: true\ningester:\n  chunk_target_size: 1572864\n  max_chunk_age: 2h0m0s\nother: 1\n",
      from: "ingester-1",
    };
    const facts = tenantFacts("globex", { now, before: [], config });
    expect(facts.memoryStreams?.value).toBeGreaterThan(722);
    expect(facts.memoryStreams?.from).toContain("3 ingesters");
    expect(facts.chunkTargetBytes).toEqual({ value: 1_572_864, from: "ingester.chunk_target_size · ingester-1" });
    expect(facts.maxChunkAgeSeconds?.value).toBe(7_200);
    expect(facts.heapBytesPerStream?.value).toBeGreaterThan(1_000);
    expect(tenantFacts("nobody", { now, before: [], config }).memoryStreams).toBeNull();
    expect(Object.values(NOTHING)).toEqual([null, null, null, null, null, null]);
  });
});
