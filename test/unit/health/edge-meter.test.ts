import { describe, expect, it } from "vitest";
import type { TopologyEdge } from "../../../src-shared/model/health/topology.ts";
import { EdgeMeter } from "../../../src-main/core/health/topology/edge-meter.ts";
import { grow, RecordedSite, type RecordedProcess } from "../../builders/recorded-site.ts";

const PUSH = 'method="POST",route="loki_api_v1_push",status_code="204",ws="false"';
const REFUSED = 'method="POST",route="loki_api_v1_push",status_code="429",ws="false"';
const RECEIVED =
  'loki_distributor_bytes_received_total{format="loki",is_internal_stream="false",policy="",retention_hours="744",tenant="acme"}';

const MICROSERVICES = [
  "ingester-1",
  "ingester-2",
  "distributor-1",
  "querier-1",
  "query-frontend",
  "query-scheduler",
  "index-gateway",
  "compactor",
  "ruler",
];

function metered(
  pages: readonly (readonly [page: string, instance: string, component: string])[],
  rounds: number,
  change: (process: (name: string) => RecordedProcess, round: number) => void = () => undefined,
): readonly TopologyEdge[] {
  const site = new RecordedSite();
  for (const [page, instance, component] of pages) site.add(page, instance, component);
  const named = (name: string): RecordedProcess => {
    const found = site.processes.find(({ instance }) => instance === name);
    if (found === undefined) throw new Error(name);
    return found;
  };
  const meter = new EdgeMeter();
  for (let round = 0; round < rounds; round++) {
    change(named, round);
    meter.take(site.round().round);
  }
  return meter.topology().edges;
}

const plain = (pages: readonly string[]) => pages.map((page) => [page, page, page.replace(/-\d+$/, "")] as const);
const edge = (edges: readonly TopologyEdge[], kind: TopologyEdge["kind"]) => edges.find((one) => one.kind === kind);

describe("edges of a site", () => {
  it("are none before the first round", () => {
    expect(new EdgeMeter().topology()).toEqual({ atMs: null, edges: [] });
  });

  it("join all components of a distributed deployment, in the order a line or a query meets them", () => {
    const edges = metered(plain(MICROSERVICES), 3);
    expect(edges.map(({ kind, from, to }) => `${kind} ${from} → ${to}`)).toEqual([
      "push clients → distributor",
      "append distributor → ingester",
      "flush ingester → object-store",
      "query users → query-frontend",
      "enqueue query-frontend → query-scheduler",
      "dequeue query-scheduler → querier",
      "read-recent querier → ingester",
      "read-index querier → index-gateway",
      "read-chunks querier → object-store",
      "compact compactor → object-store",
      "rule-query ruler → ingester",
    ]);
  });

  it("tell rate, bytes, mean and errors of the last minute", () => {
    const edges = metered(plain(MICROSERVICES), 8, (process, round) => {
      const distributor = process("distributor-1");
      // The first minute is twice as busy and is over.
      const times = round < 3 ? 2 : 1;
      grow(distributor, `loki_request_duration_seconds_count{${PUSH}}`, 135 * times);
      grow(distributor, `loki_request_duration_seconds_count{${REFUSED}}`, 15 * times);
      grow(distributor, `loki_request_duration_seconds_sum{${PUSH}}`, 1.5 * times);
      grow(distributor, RECEIVED, 30_000 * times);
    });
    const push = edge(edges, "push");
    expect(push).toMatchObject({ path: "write", metric: "loki_request_duration_seconds" });
    expect(push?.perSecond).toBeCloseTo(10, 6);
    expect(push?.bytesPerSecond).toBeCloseTo(2_000, 6);
    expect(push?.meanSeconds).toBeCloseTo(0.01, 6);
    expect(push?.errorShare).toBeCloseTo(0.1, 6);
  });

  it("tell what has been seen when that is less than a minute, and nothing at the first round", () => {
    const push = (process: (name: string) => RecordedProcess) =>
      grow(process("distributor-1"), `loki_request_duration_seconds_count{${PUSH}}`, 150);
    expect(edge(metered(plain(MICROSERVICES), 1, push), "push")).toMatchObject({ perSecond: null, meanSeconds: null });
    expect(edge(metered(plain(MICROSERVICES), 2, push), "push")?.perSecond).toBeCloseTo(10, 6);
  });

  it("mind a restart", () => {
    const edges = metered(plain(MICROSERVICES), 10, (process, round) => {
      const distributor = process("distributor-1");
      const key = `loki_request_duration_seconds_count{${PUSH}}`;
      if (round === 7) {
        for (const name of Object.keys(distributor.series)) {
          if (name.startsWith("loki_request_duration_seconds")) distributor.series[name] = 0;
        }
        distributor.series["process_start_time_seconds"] =
          (distributor.series["process_start_time_seconds"] ?? 0) + 86_400 + 100;
      }
      grow(distributor, key, 150);
    });
    expect(edge(edges, "push")?.perSecond).toBeCloseTo(10, 6);
  });

  it("are drawn without figures where the metrics cannot be read", () => {
    const site = new RecordedSite();
    for (const page of MICROSERVICES) site.add(page).outcome = "forbidden";
    const meter = new EdgeMeter();
    for (let round = 0; round < 4; round++) meter.take(site.round().round);
    const { edges } = meter.topology();
    expect(edges.length).toBeGreaterThan(5);
    for (const one of edges) {
      expect([one.perSecond, one.bytesPerSecond, one.meanSeconds, one.errorShare]).toEqual([null, null, null, null]);
    }
  });

  it("are those of a simple scalable deployment where it is one", () => {
    const edges = metered(
      [
        ["distributor-1", "write-0", "write"],
        ["querier-1", "read-0", "read"],
        ["query-scheduler", "backend-0", "backend"],
      ],
      3,
    );
    expect(edges.map(({ kind, from, to }) => `${kind} ${from} → ${to}`)).toEqual([
      "push clients → write",
      "append write → write",
      "flush write → object-store",
      "query users → read",
      "enqueue read → backend",
      "dequeue backend → read",
      "read-recent read → write",
      "read-index read → backend",
      "read-chunks read → object-store",
    ]);
    // Frontend and querier count the same query in one process.
    expect(edge(edges, "query")?.perSecond).toBeNull();
  });

  it("are those of one process that is everything", () => {
    const edges = metered([["ingester-1", "all", "single-binary"]], 3);
    expect(edges.map(({ kind, from, to }) => `${kind} ${from} → ${to}`)).toEqual([
      "push clients → single-binary",
      "append single-binary → single-binary",
      "flush single-binary → object-store",
      "query users → single-binary",
      "enqueue single-binary → single-binary",
      "dequeue single-binary → single-binary",
      "read-recent single-binary → single-binary",
      "read-chunks single-binary → object-store",
    ]);
  });

  it("counts flushes of the Thanos client as those of the classic one", () => {
    const edges = metered(plain(MICROSERVICES), 8, (process, round) => {
      const ingester = process("ingester-1");
      if (round === 0) {
        for (const key of Object.keys(ingester.series)) if (key.startsWith("loki_s3_")) delete ingester.series[key];
      }
      const put = 'bucket="b",operation="upload"';
      grow(ingester, `loki_objstore_bucket_operation_duration_seconds_count{${put}}`, 30);
      grow(ingester, `loki_objstore_bucket_operation_duration_seconds_sum{${put}}`, 3);
      grow(ingester, `loki_objstore_bucket_operation_failures_total{${put}}`, 3);
    });
    const flush = edge(edges, "flush");
    expect(flush?.perSecond).toBeCloseTo(2, 6);
    expect(flush?.meanSeconds).toBeCloseTo(0.1, 6);
  });
});
