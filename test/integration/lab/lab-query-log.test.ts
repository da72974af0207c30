import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { costOfLine } from "../../../src-main/core/tenants/query-cost/cost-of-line.ts";
import { parseMetricsLine } from "../../../src-main/core/tenants/query-cost/metrics-line.ts";
import { queryHash } from "../../../src-main/core/tenants/query-cost/query-hash.ts";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import { type AskKubernetes, itemsIn, kubernetesClient } from "../../builders/lab-kubernetes-client.ts";
import { askLoki } from "../../builders/lab-loki.ts";
import { ManualClock } from "../../builders/manual-clock.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const labs: Lab[] = [];

afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

async function startLab(): Promise<{ lab: Lab; clock: ManualClock; ask: AskKubernetes }> {
  const clock = new ManualClock(NOW);
  const lab = await createLab({ clock, historyHours: 1 });
  labs.push(lab);
  return { lab, clock, ask: kubernetesClient(lab) };
}

async function frontendLog(ask: AskKubernetes, query: string): Promise<string[]> {
  const pods = "/api/v1/namespaces/loki/pods";
  const [pod] = itemsIn(await ask("GET", `${pods}?labelSelector=app.kubernetes.io/component%3Dquery-frontend`));
  return (await ask("GET", `${pods}/${pod?.metadata.name ?? ""}/log?${query}`)).text.trimEnd().split("\n");
}

const statsSchema = z.object({
  data: z.object({
    result: z.array(z.unknown()),
    stats: z.object({
      summary: z.object({
        totalBytesProcessed: z.number(),
        totalLinesProcessed: z.number(),
        totalPostFilterLines: z.number(),
        totalEntriesReturned: z.number(),
        splits: z.number(),
        execTime: z.number(),
      }),
    }),
  }),
});

/** The keys of Loki's own in the line of a log query, in their order. */
const KEYS =
  `level ts caller component org_id latency query query_hash query_type range_type length start_delta end_delta step
 duration status limit returned_lines throughput total_bytes total_bytes_structured_metadata lines_per_second total_lines
 post_filter_lines total_entries store_chunks_download_time queue_time querier_exec_time splits shards
 query_referenced_structured_metadata pipeline_wrapper_filtered_lines chunk_refs_fetch_time cache_chunk_req cache_chunk_hit
 cache_chunk_bytes_stored cache_chunk_bytes_fetched cache_chunk_download_time cache_index_req cache_index_hit
 cache_index_download_time cache_stats_results_req cache_stats_results_hit cache_stats_results_download_time
 cache_volume_results_req cache_volume_results_hit cache_volume_results_download_time cache_result_req cache_result_hit
 cache_result_download_time cache_result_query_length_served ingester_chunk_refs ingester_chunk_downloaded
 ingester_chunk_matches ingester_requests ingester_recv_wait_time ingester_chunk_head_bytes ingester_chunk_compressed_bytes
 ingester_chunk_decompressed_bytes ingester_post_filter_lines congestion_control_latency index_total_chunks
 index_post_bloom_filter_chunks index_bloom_filter_ratio index_used_bloom_filters index_shard_resolver_duration
 index_bloom_filter_time index_chunk_refs_lookup_time`.split(/\s+/);

describe("the query frontend's log", () => {
  it("tells of every query what its answer tells, with its tags, in the pod's log and in Loki itself", async () => {
    const { lab, clock, ask } = await startLab();
    const query = '{app="payments"} |= "amount" | json';
    const answer = await askLoki(lab, `/loki/api/v1/query_range?query=${encodeURIComponent(query)}&limit=50`, {
      tenant: "retail-bank",
      headers: { "X-Query-Tags": "Source=kubemate,Id=0a1b,User=ä b,broken" },
    });
    await clock.advance(1_000);
    const { summary } = statsSchema.parse(JSON.parse(answer.text)).data.stats;
    expect(summary.totalBytesProcessed).toBeGreaterThan(10_000);
    const line = (await frontendLog(ask, "tailLines=5")).find((each) => each.includes("source=kubemate")) ?? "";
    const told = parseMetricsLine(line);
    expect(told?.unreadable).toEqual([]);
    expect(Object.fromEntries(told?.tags ?? [])).toEqual({ source: "kubemate", id: "0a1b", user: "_ b" });
    const keys = [...line.matchAll(/(?:^| )([a-z_]+)=/g)].map(([, key]) => key);
    expect(keys.filter((key) => KEYS.includes(key ?? ""))).toEqual(KEYS);
    expect(told?.texts.get("org_id")).toBe("retail-bank");
    expect(told?.counts.get("query_hash")).toBe(queryHash(query));
    expect(told?.counts.get("total_lines")).toBe(summary.totalLinesProcessed);
    expect(told?.counts.get("returned_lines")).toBe(50);
    expect(told?.counts.get("splits")).toBe(summary.splits);
    const off = (told?.bytes.get("total_bytes") ?? 0) / summary.totalBytesProcessed;
    expect(Math.abs(off - 1)).toBeLessThan(0.06);
    expect(told?.durationsMs.get("duration")).toBeCloseTo(summary.execTime * 1_000, 2);

    const own = `{namespace="loki", component="query-frontend"} |= "source=kubemate"`;
    const found = await askLoki(lab, `/loki/api/v1/query_range?query=${encodeURIComponent(own)}`, {
      tenant: "platform",
    });
    expect(found.text).toContain(JSON.stringify(line).slice(1, -1));
  });

  it("tells of metric queries and of lookups by their own types, and of none that was refused", async () => {
    const { lab, clock, ask } = await startLab();
    const get = (path: string, tag: string) =>
      askLoki(lab, path, { tenant: "cards", headers: { "X-Query-Tags": `Source=${tag}` } });
    await get(`/loki/api/v1/query?query=${encodeURIComponent('sum(rate({app="fraud"}[1m]))')}`, "instant");
    await get(`/loki/api/v1/query_range?query=${encodeURIComponent('sum(rate({app="fraud"}[1m]))')}`, "ranged");
    await get(`/loki/api/v1/query_range?query=${encodeURIComponent('{app="fraud"}')}&limit=6000`, "refused");
    await get("/loki/api/v1/label/app/values", "values");
    await get(`/loki/api/v1/series?match[]=${encodeURIComponent('{app="fraud"}')}`, "series");
    await get(`/loki/api/v1/index/stats?query=${encodeURIComponent('{app="fraud"}')}`, "stats");
    await get(`/loki/api/v1/index/volume?query=${encodeURIComponent('{app="fraud"}')}`, "volume");
    await clock.advance(1_000);
    const lines = (await frontendLog(ask, "tailLines=20")).flatMap((each) => {
      const told = parseMetricsLine(each);
      return told === null || told.texts.get("org_id") !== "cards" ? [] : [told];
    });
    const byTag = (tag: string) => lines.find(({ tags }) => tags.get("source") === tag);
    const type = (tag: string) => byTag(tag)?.texts.get("query_type");
    expect(["instant", "ranged", "refused", "values", "series", "stats", "volume"].map(type)).toEqual([
      "metric",
      "metric",
      undefined,
      "labels",
      "series",
      "stats",
      "volume",
    ]);
    expect(byTag("instant")?.texts.get("range_type")).toBe("instant");
    expect(byTag("series")?.texts.get("match")).toBe('{app="fraud"}');
    for (const tag of ["values", "series", "stats", "volume"]) expect(byTag(tag)?.unreadable, tag).toEqual([]);
  });

  it("has the queries of others all along: dashboards, people, and one that costs more than all else", async () => {
    const { ask } = await startLab();
    const costs = (await frontendLog(ask, "sinceSeconds=3600")).flatMap((line) => {
      const told = parseMetricsLine(line);
      const cost = told === null ? null : costOfLine(told, "lab");
      return cost === null ? [] : [cost];
    });
    expect(costs.length).toBeGreaterThan(500);
    expect(new Set(costs.map(({ source }) => source))).toEqual(
      new Set(["grafana", "grafana-explore", "logcli", "nightly-report"]),
    );
    expect(new Set(costs.map(({ tenant }) => tenant)).size).toBe(4);
    const bytesOf = (source: string) => costs.reduce((sum, cost) => sum + (cost.source === source ? cost.bytes : 0), 0);
    const all = costs.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(bytesOf("nightly-report")).toBeGreaterThan(all / 4);
    expect(costs.some(({ tags }) => tags.dashboard === "payments-overview")).toBe(true);
  });
});

describe("the collectors' logs", () => {
  it("tell of pushes that were refused in Loki's own words, in the pods' logs and in the platform's tenant", async () => {
    const { lab, clock, ask } = await startLab();
    lab.setFault("tenant-storm:treasury", true);
    await clock.advance(12_000);
    const pods = itemsIn(await ask("GET", "/api/v1/namespaces/promtail/pods"));
    expect(pods).toHaveLength(4);
    const logs = await Promise.all(
      pods.map(({ metadata }) => ask("GET", `/api/v1/namespaces/promtail/pods/${metadata.name}/log?sinceSeconds=12`)),
    );
    const refused = logs
      .flatMap(({ text }) => text.split("\n"))
      .filter((line) => line.includes("status=429 tenant=treasury"));
    expect(refused.length).toBeGreaterThan(4);
    const words =
      /^level=warn ts=\S+Z caller=client\.go:419 component=client host=\S+ msg="error sending batch, will retry" status=429 tenant=treasury error="server returned HTTP status 429 Too Many Requests \(429\): ingestion rate limit exceeded for user treasury \(limit: 262144 bytes\/sec\) while attempting to ingest '\d+' lines totaling '\d+' bytes, reduce log volume or contact your Loki administrator to see if the limit can be increased"$/;
    for (const line of refused) expect(line).toMatch(words);
    const query = `sum(count_over_time({app="promtail"} |= "tenant=treasury" |= "status=429" [1m]))`;
    const counted = await askLoki(lab, `/loki/api/v1/query?query=${encodeURIComponent(query)}`, { tenant: "platform" });
    expect(counted.text).toContain(`"${refused.length}"`);
  });
});
