import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import recorded from "../../fixtures/loki-api/084-query-stats-all-fields.json" with { type: "json" };
import { queryCostSchema } from "../../../src-shared/model/tenants/query-cost.ts";
import { costOfAnswer, type OwnQuery } from "../../../src-main/core/tenants/query-cost/cost-of-answer.ts";
import { costOfLine } from "../../../src-main/core/tenants/query-cost/cost-of-line.ts";
import { MAX_METRICS_LINE_CHARS, parseMetricsLine } from "../../../src-main/core/tenants/query-cost/metrics-line.ts";
import { queryHash } from "../../../src-main/core/tenants/query-cost/query-hash.ts";

const QUERY = '{app="payments", level="error"} |= "time out"\n| json';

/** Keys and order of `pkg/logql/metrics.go`. */
const PAIRS: readonly (readonly [string, string])[] = [
  ["level", "info"],
  ["ts", "2026-11-22T13:44:55.288607122Z"],
  ["caller", "metrics.go:237"],
  ["component", "frontend"],
  ["org_id", "acme"],
  ["traceID", "6f1f9f3b7c2a4d10"],
  ["latency", "slow"],
  ["query", QUERY],
  ["query_hash", String(queryHash(QUERY))],
  ["query_type", "filter"],
  ["range_type", "range"],
  ["length", "1h0m0s"],
  ["start_delta", "1h0m0.000882376s"],
  ["end_delta", "882.376µs"],
  ["step", "14s"],
  ["duration", "12.345678s"],
  ["status", "200"],
  ["limit", "1000"],
  ["returned_lines", "0"],
  ["throughput", "98MB"],
  ["total_bytes", "1.2GB"],
  ["total_bytes_structured_metadata", "12kB"],
  ["lines_per_second", "345678"],
  ["total_lines", "4267890"],
  ["post_filter_lines", "17"],
  ["total_entries", "17"],
  ["store_chunks_download_time", "1.5s"],
  ["queue_time", "84µs"],
  ["splits", "4"],
  ["shards", "64"],
  ["query_referenced_structured_metadata", "false"],
  ["chunk_refs_fetch_time", "101.276µs"],
  ["cache_chunk_req", "300"],
  ["cache_chunk_hit", "75"],
  ["cache_result_req", "0"],
  ["cache_result_hit", "0"],
  ["ingester_chunk_head_bytes", "0B"],
  ["index_bloom_filter_ratio", "0.00"],
  ["index_used_bloom_filters", "false"],
  ["index_chunk_refs_lookup_time", "1.2ms"],
  ["source", "grafana"],
  ["user", "li.wei"],
  ["dashboard_title", "Pay ments"],
  ["has_labelfilter_before_parser", "false"],
];

function logfmt(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([key, value]) => `${key}=${/[\s"=\\]/.test(value) ? JSON.stringify(value) : value}`).join(" ");
}

function lineWith(changes: Readonly<Record<string, string>>): string {
  return logfmt(PAIRS.map(([key, value]) => [key, changes[key] ?? value] as const));
}

function costOf(line: string) {
  const parsed = parseMetricsLine(line);
  return parsed && costOfLine(parsed, "prod");
}

describe("the frontend's metrics.go line", () => {
  it("is read whole: texts, counts, humanised bytes, Go durations, flags and the tags behind them", () => {
    const line = parseMetricsLine(logfmt(PAIRS));
    expect(line?.unreadable).toEqual([]);
    expect(line?.bytes.get("total_bytes")).toBe(1_200_000_000);
    expect(line?.bytes.get("ingester_chunk_head_bytes")).toBe(0);
    expect(line?.durationsMs.get("queue_time")).toBe(0.084);
    expect(line?.durationsMs.get("length")).toBe(3_600_000);
    expect(line?.flags.get("index_used_bloom_filters")).toBe(false);
    expect(line?.ratios.get("index_bloom_filter_ratio")).toBe(0);
    expect(Object.fromEntries(line?.tags ?? [])).toEqual({
      source: "grafana",
      user: "li.wei",
      dashboard_title: "Pay ments",
    });
  });

  it("becomes a cost", () => {
    expect(costOf(logfmt(PAIRS))).toEqual({
      id: expect.stringMatching(/^line:[0-9a-f]{32}$/),
      atMs: Date.UTC(2026, 10, 22, 13, 44, 55, 288),
      site: "prod",
      tenant: "acme",
      user: "li.wei",
      source: "grafana",
      query: QUERY,
      shape: '{app="?", level="?"} |= "?" | json',
      hash: queryHash(QUERY),
      kind: "filter",
      rangeMs: 3_600_000,
      bytes: 1_200_000_000,
      lines: 4_267_890,
      durationMs: 12_345.678,
      splits: 4,
      shards: 64,
      cacheShare: 0.25,
      status: 200,
      tags: { source: "grafana", user: "li.wei", dashboard_title: "Pay ments" },
    });
  });

  it("is the same cost behind a container runtime's prefix, and in JSON", () => {
    const plain = costOf(logfmt(PAIRS));
    expect(costOf(`2026-11-22T13:44:55.3Z stderr F ${logfmt(PAIRS)}`)).toEqual(plain);
    const numbers = new Set(["query_hash", "status", "total_lines", "splits", "shards"]);
    const json = Object.fromEntries(PAIRS.map(([key, value]) => [key, numbers.has(key) ? Number(value) : value]));
    expect(costOf(`2026-11-22T13:44:55.3Z stderr F ${JSON.stringify(json)}`)).toEqual(plain);
  });

  it("has one id however often it is read, and another for another query", () => {
    const first = costOf(logfmt(PAIRS))?.id;
    expect(costOf(logfmt(PAIRS))?.id).toBe(first);
    expect(costOf(lineWith({ ts: "2026-11-22T13:44:55.288607123Z" }))?.id).not.toBe(first);
    expect(costOf(lineWith({ org_id: "globex" }))?.id).not.toBe(first);
  });

  it("a tag with the name of one of Loki's figures does not write over it", () => {
    const forged = `${logfmt(PAIRS)} total_bytes=0B org_id=globex duration=1ms query_hash=1`;
    expect(costOf(forged)).toMatchObject({ bytes: 1_200_000_000, tenant: "acme", durationMs: 12_345.678 });
    expect(costOf(forged)?.tags).toMatchObject({ total_bytes: "0B", org_id: "globex" });
  });

  it("a figure that cannot be read is told of, and no number is made up for it", () => {
    const line = parseMetricsLine(lineWith({ total_bytes: "lots", total_lines: "-5", queue_time: "soon" }));
    expect(line?.unreadable).toEqual(["total_bytes", "total_lines", "queue_time"]);
    expect(line?.bytes.has("total_bytes")).toBe(false);
    expect(costOf(lineWith({ duration: "soon" }))).toBeNull();
    expect(costOf(lineWith({ ts: "yesterday" }))).toBeNull();
  });

  it("lines of queriers, of rulers and of anything else are none", () => {
    const others = readFileSync(new URL("../../fixtures/query-cost/other-lines.txt", import.meta.url), "utf8");
    for (const line of others.trim().split("\n")) expect(parseMetricsLine(line)).toBeNull();
    expect(parseMetricsLine(lineWith({ component: "querier" }))).toBeNull();
    expect(parseMetricsLine(`level=info msg="caller=metrics.go:1 component=frontend query_type=x"`)).toBeNull();
    expect(parseMetricsLine(`${logfmt(PAIRS)} x=${"y".repeat(MAX_METRICS_LINE_CHARS)}`)).toBeNull();
  });

  it("whatever a pod writes, what comes out is a cost within its bounds or nothing", () => {
    const value = fc.oneof(
      fc.string({ maxLength: 60, unit: "binary" }),
      fc.constantFrom(
        "1e400",
        "-1",
        "99999999999EB",
        "9223372036854775807",
        "NaN",
        "2562047h47m16s",
        "0B",
        "metrics.go:1",
      ),
    );
    const key = fc.oneof(
      fc.constantFrom(...PAIRS.map(([name]) => name)),
      fc.string({ maxLength: 20 }),
      fc.constant("__proto__"),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 30 }), fc.nat(50), (noise, at) => {
        const pairs = [...PAIRS.slice(0, at), ...noise, ...PAIRS.slice(at)];
        const cost = costOf(logfmt(pairs));
        if (cost !== null) expect(queryCostSchema.parse(cost)).toEqual(cost);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the stats of an answer", () => {
  const own: OwnQuery = {
    uuid: "0b8f7c1e-52b7-4b0e-9c53-0a9de2f7a001",
    atMs: Date.UTC(2026, 10, 22),
    site: "prod",
    tenant: "acme",
    user: "li.wei",
    query: QUERY,
    kind: "filter",
    rangeMs: 60_000,
    durationMs: 12,
    status: 200,
  };

  it("of a recorded answer become the same figures", () => {
    const answer = JSON.parse(recorded.body) as { data: { stats: { summary: Record<string, number> } } };
    const { summary } = answer.data.stats;
    const cost = costOfAnswer(own, answer.data.stats);
    expect(summary["totalBytesProcessed"]).toBeGreaterThan(0);
    expect(cost).toMatchObject({
      bytes: summary["totalBytesProcessed"],
      lines: summary["totalLinesProcessed"],
      splits: summary["splits"],
      shards: summary["shards"],
      shape: '{app="?", level="?"} |= "?" | json',
      source: "kubemate",
    });
  });

  it("and the frontend's line of the same query are one record", () => {
    const tagged = logfmt([
      ...PAIRS.filter(([key]) => key !== "source" && key !== "user"),
      ["source", "kubemate"],
      ["id", own.uuid],
    ]);
    expect(costOf(tagged)?.id).toBe(costOfAnswer(own, {}).id);
  });

  it("that are missing or nonsense count as nothing", () => {
    for (const stats of [
      null,
      7,
      {},
      { summary: { totalBytesProcessed: -4, totalLinesProcessed: "many" } },
      { cache: [] },
    ]) {
      expect(costOfAnswer(own, stats)).toMatchObject({ bytes: 0, lines: 0, cacheShare: null });
    }
  });
});
