import { readFileSync } from "node:fs";
import { request as httpRequest, type ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { proxyRefusal, throughClusterFailure } from "../../../src-main/core/clusters/adapters/api-proxy-failure.ts";
import { createDirectTransport } from "../../../src-main/core/clusters/adapters/direct-transport.ts";
import type { LokiTransport } from "../../../src-main/core/clusters/loki-transport.ts";
import { systemClock, type Clock } from "../../../src-main/core/common/clock.ts";
import { clusterPrometheus, directPrometheus } from "../../../src-main/core/health/prometheus/prometheus-adapters.ts";
import { PrometheusRounds } from "../../../src-main/core/health/prometheus/prometheus-rounds.ts";
import { parseExposition } from "../../../src-main/core/health/scraping/exposition-parser.ts";
import { KEPT_FAMILIES } from "../../../src-main/core/health/scraping/kept-families.ts";
import type { RoundReport } from "../../../src-main/core/health/scraping/scraper.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { KubernetesApi } from "../../builders/kubernetes-api.ts";
import { PodNetwork, PodProgram } from "../../builders/loki-behind-cluster.ts";
import {
  hasPrometheus,
  startPrometheus,
  type PrometheusServer,
  type ScrapedProcess,
} from "../../builders/prometheus-server.ts";
import { plain, ScriptedTarget, sourceOf } from "../../builders/scrape-targets.ts";
import { TestAuthority } from "../../builders/test-certificates.ts";

const never = new AbortController().signal;
const leftOut = !hasPrometheus() && process.env["CI"] !== "true";

const recorded = (component: string) =>
  readFileSync(new URL(`../../fixtures/loki-metrics/${component}.txt`, import.meta.url), "utf8");

/** Labels as a ServiceMonitor of the chart gives them. */
const podLabels = (pod: string, container: string, namespace = "logging") => ({
  job: `${namespace}/loki-${container}`,
  namespace,
  pod,
  container,
  endpoint: "http-metrics",
  service: `loki-${container}`,
  instance: `10.1.0.${pod.length}:3100`,
});

function processes(): Map<string, ScrapedProcess> {
  const own = 'loki_discarded_samples_total{namespace="of its own",reason="say \\"hi\\"",tenant="a\\\\b"} 7\n';
  return new Map<string, ScrapedProcess>([
    ["loki-ingester-0", { labels: podLabels("loki-ingester-0", "ingester"), page: recorded("ingester") }],
    [
      "loki-ingester-1",
      {
        labels: { ...podLabels("loki-ingester-1", "ingester"), instance: "10.1.0.99:3100", zone: "b" },
        page: recorded("ingester"),
      },
    ],
    [
      "loki-distributor-0",
      { labels: podLabels("loki-distributor-0", "distributor"), page: `${recorded("distributor")}${own}` },
    ],
    ["loki-read-7d9f8-x2x1z", { labels: podLabels("loki-read-7d9f8-x2x1z", "loki"), page: counting() }],
    ["loki-canary-0", { labels: podLabels("loki-canary-0", "loki-canary"), page: "loki_build_info 1\n" }],
    ["elsewhere-0", { labels: podLabels("elsewhere-0", "ingester", "other"), page: "loki_build_info 1\n" }],
    ["sidecar", { labels: { ...podLabels("loki-ingester-0", "ingester"), instance: "sc:80" }, page: "sidecar_up 1\n" }],
    ["gone", { labels: { ...podLabels("loki-ingester-2", "ingester"), instance: "gone:80" }, page: hangUp }],
  ]);
}

/** A page whose gauge is the number of times that it was asked for. */
function counting(): (response: ServerResponse) => void {
  let count = 0;
  return (response) => {
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" });
    response.end(`loki_build_info{version="3.7.6"} 1\nloki_querier_tail_active ${(count += 1)}\n`);
  };
}

function hangUp(response: { destroy(): void }): void {
  response.destroy();
}

/** Asks until Prometheus has every process in its answers; anew each time, since jobs are looked up once a minute. */
async function settled(
  rounds: () => PrometheusRounds,
  isSo: (report: RoundReport) => boolean = ({ targets }) => targets.length === 5,
): Promise<RoundReport> {
  for (const deadline = Date.now() + 25_000; ;) {
    const report = await rounds().round(never);
    if (isSo(report)) return report;
    if (Date.now() > deadline) throw new Error(JSON.stringify([report.listError, report.targets]).slice(0, 2_000));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const outcomes = ({ targets }: RoundReport) =>
  Object.fromEntries(targets.map(({ instance, component, outcome }) => [`${component} ${instance}`, outcome]));

describe.skipIf(leftOut)(`rounds out of a real Prometheus${leftOut ? ", left out: no prometheus" : ""}`, () => {
  const running = processes();
  let server: PrometheusServer;
  let transport: LokiTransport;
  const rounds = (
    options: { readonly namespace?: string | null; readonly clock?: Clock; readonly intervalMs?: number } = {},
  ) =>
    new PrometheusRounds({
      intervalMs: options.intervalMs ?? 15_000,
      prometheus: directPrometheus(transport),
      namespace: options.namespace === undefined ? "logging" : options.namespace,
      clock: options.clock ?? systemClock,
    });

  beforeAll(async () => {
    server = await startPrometheus(running);
    transport = createDirectTransport({
      url: server.url,
      auth: { kind: "none" },
      secret: () => Promise.reject(new Error("no secret is needed")),
      clock: systemClock,
    });
  });
  afterAll(async () => {
    await transport?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  it("hold what each process itself wrote: the same series and values as its own page, without Prometheus' labels", async () => {
    const { round, listError } = await settled(rounds);
    expect(listError).toBeNull();
    for (const { instance, series } of round.scrapes) {
      const page = running.get(instance)?.page;
      if (typeof page !== "string") continue;
      const written = parseExposition(Buffer.from(page), (name) => KEPT_FAMILIES.has(name)).series;
      // To Prometheus a label without a value is none.
      const own = Object.fromEntries(
        Object.entries(written).map(([key, value]) => [
          key
            .replaceAll(/\w+="",?/g, "")
            .replace(",}", "}")
            .replace("{}", ""),
          value,
        ]),
      );
      expect(Object.keys(own).length).toBeGreaterThan(10);
      expect({ ...series }).toEqual({ ...own });
    }
    expect(round.scrapes.find(({ instance }) => instance === "loki-distributor-0")?.series).toHaveProperty([
      'loki_discarded_samples_total{namespace="of its own",reason="say \\"hi\\"",tenant="a\\\\b"}',
    ]);
  });

  it("name processes by pod and component, leave out helpers and other namespaces, and know who is down", async () => {
    const report = await settled(rounds);
    expect(outcomes(report)).toEqual({
      "distributor loki-distributor-0": "answered",
      "ingester loki-ingester-0": "answered",
      "ingester loki-ingester-1": "answered",
      "ingester loki-ingester-2": "unreachable",
      "read loki-read-7d9f8-x2x1z": "answered",
    });
    expect(report.round.scrapes.every(({ tookSeconds, ready }) => tookSeconds > 0 && ready === null)).toBe(true);
    expect(report.targets.map(({ zone }) => zone)).toEqual([null, null, "b", null, null]);
    expect(report.round.ring).toBeNull();
    expect(report.ringError?.code).toBe("health.nobody-tells");
  });

  it("see every namespace where none is known, and say so where Prometheus knows nothing of Loki", async () => {
    await settled(
      () => rounds({ namespace: null }),
      ({ targets }) => targets.some(({ instance }) => instance === "elsewhere-0"),
    );
    const { round, listError } = await rounds({ namespace: "nothing here" }).round(never);
    expect(round.scrapes).toEqual([]);
    expect(listError).toMatchObject({
      code: "health.prometheus-empty",
      params: { selector: 'loki_build_info{namespace="nothing here"}' },
    });
  });

  it("are told by our clock, however far off it is: the times of samples and the answers stay right", async () => {
    for (const offMs of [-3_600_000, 3_600_000]) {
      const clock: Clock = { ...systemClock, nowMs: () => Date.now() + offMs };
      // oxlint-disable-next-line no-await-in-loop -- one clock after the other
      const { round } = await settled(() => rounds({ clock }));
      const ages = round.scrapes.map(({ atMs }) => clock.nowMs() - atMs);
      expect(Math.max(...ages)).toBeLessThan(10_000);
      expect(Math.min(...ages)).toBeGreaterThan(-1_000);
      expect(round.scrapes.filter(({ series }) => series !== null)).toHaveLength(4);
    }
  });

  it("see one new sample of everybody at every step, where rounds come as often as Prometheus asks", async () => {
    const source = rounds({ intervalMs: 1_000 });
    await settled(
      () => source,
      ({ targets }) => targets.length === 5 && source.sampleIntervalMs !== null,
    );
    expect(source.sampleIntervalMs).toBe(1_000);
    const stop = new AbortController();
    const seen: { readonly atMs: number; readonly count: number }[] = [];
    for await (const { round } of source.rounds(stop.signal)) {
      const read = round.scrapes.find(({ component }) => component === "read");
      const count = read?.series?.["loki_querier_tail_active"] ?? Number.NaN;
      if (seen.at(-1)?.atMs !== round.atMs) seen.push({ atMs: round.atMs, count });
      if (seen.length === 5) stop.abort();
    }
    const steps = seen.slice(1).map(({ atMs, count }, index) => ({
      seconds: Math.round((atMs - (seen[index]?.atMs ?? 0)) / 100) / 10,
      samples: count - (seen[index]?.count ?? 0),
    }));
    // A machine that stalls may skip a step, with its sample.
    for (const { seconds, samples } of steps) expect(samples).toBe(seconds);
  });

  it("take the ring from a process that can be asked", async () => {
    const shards = [{ id: "loki-ingester-0", address: "10.1.0.15:9095", state: "ACTIVE", zone: "a" }];
    const distributor = new ScriptedTarget("distributor-0", ({ path }) =>
      Promise.resolve(path === "/ring" ? plain(200, JSON.stringify({ shards })) : plain(404, "")),
    );
    const source = new PrometheusRounds({
      prometheus: directPrometheus(transport),
      namespace: "logging",
      clock: systemClock,
      targets: sourceOf(distributor),
    });
    const { round, ringFrom } = await source.round(never);
    expect(round.ring).toEqual(shards);
    expect(ringFrom).toBe("distributor-0");
  });

  it("give the same through the API server's service proxy", async () => {
    const folder = new TemporaryFolder();
    const authority = new TestAuthority(folder.path);
    const api = await KubernetesApi.start(authority.server(["IP:127.0.0.1"]));
    const program = await PodProgram.start("prometheus-0");
    const bench = new ClusterBench();
    try {
      const network = new PodNetwork(api);
      network.add(program);
      network.service("prometheus-operated", "prometheus-0");
      program.handler = (asked, response) => {
        const { host: _host, ...headers } = asked.headers;
        const forward = httpRequest(`${server.url}${asked.url ?? ""}`, { method: asked.method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        });
        asked.pipe(forward);
      };
      const client = await bench.client(api.kubeconfig(authority.certificate, { token: "t" }));
      const way = { namespace: "monitoring", service: "prometheus-operated", port: "9090" };
      const prometheus = clusterPrometheus({
        ...way,
        connection: client.connection,
        refusal: proxyRefusal,
        failure: throughClusterFailure,
      });
      const report = await settled(
        () => new PrometheusRounds({ prometheus, namespace: "logging", clock: systemClock }),
      );
      expect(report.round.scrapes[0]?.series).toHaveProperty("process_cpu_seconds_total");
      // Whoever may only read may still ask.
      expect(new Set(api.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
      expect(Math.max(...api.requests.map(({ path }) => path.length))).toBeLessThan(8_000);
      network.remove("prometheus-0");
      const lost = await new PrometheusRounds({ prometheus, namespace: "logging", clock: systemClock }).round(never);
      expect(lost.listError?.code).toBe("cluster.backend-unavailable");
    } finally {
      await bench[Symbol.asyncDispose]();
      await program[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    }
  });

  it("blame Prometheus when it is gone, and keep the processes of the last round as not answering", async () => {
    const source = rounds();
    const before = await settled(() => source);
    await server.stop();
    const { round, targets, listError } = await source.round(never);
    expect(listError?.code).toBe("health.prometheus-failed");
    expect(round.scrapes.map(({ instance }) => instance)).toEqual(before.round.scrapes.map(({ instance }) => instance));
    expect(round.scrapes.every(({ series }) => series === null)).toBe(true);
    expect(new Set(targets.map(({ error }) => error?.code))).toEqual(new Set(["health.prometheus-failed"]));
  });
});
