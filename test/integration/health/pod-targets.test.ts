import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { proxyRefusal, throughClusterFailure } from "../../../src-main/core/clusters/adapters/api-proxy-failure.ts";
import { createDirectTransport } from "../../../src-main/core/clusters/adapters/direct-transport.ts";
import type { KubernetesClient } from "../../../src-main/core/clusters/kubernetes-client.ts";
import { discoverLoki } from "../../../src-main/core/clusters/loki-discovery.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { readConfig } from "../../../src-main/core/health/instance/read-config.ts";
import { readInstance } from "../../../src-main/core/health/instance/read-instance.ts";
import { readRings } from "../../../src-main/core/health/rings/read-rings.ts";
import { directTargets } from "../../../src-main/core/health/scraping/direct-targets.ts";
import { podTargets } from "../../../src-main/core/health/scraping/pod-targets.ts";
import type { TargetSource } from "../../../src-main/core/health/scraping/scrape-target.ts";
import { Scraper } from "../../../src-main/core/health/scraping/scraper.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { KubernetesApi, sendJson, status } from "../../builders/kubernetes-api.ts";
import { quietLab } from "../../builders/lab-loki.ts";
import { PodNetwork, PodProgram } from "../../builders/loki-behind-cluster.ts";
import { TestAuthority, type KeyPair } from "../../builders/test-certificates.ts";

const never = new AbortController().signal;

function sourceThrough(client: KubernetesClient): TargetSource {
  return podTargets({
    client,
    clock: systemClock,
    scheme: "http",
    pathPrefix: "",
    refusal: proxyRefusal,
    failure: throughClusterFailure,
    async discover(signal) {
      const scope = { namespace: "loki", signal };
      const [pods, services] = await Promise.all([client.listPods(scope), client.listServices(scope)]);
      return discoverLoki(pods, services, "loki");
    },
  });
}

describe("targets of the lab's cluster", () => {
  it("are Loki's pods with their nodes and zones, and answer through the pod proxy; no gateway, canary or cache", async () => {
    const { lab } = await quietLab(Date.UTC(2026, 10, 22, 12));
    await using bench = new ClusterBench();
    try {
      const source = sourceThrough(await bench.client(lab.kubeconfig));
      const targets = await source.targets(never);
      const components = new Set(targets.map(({ component }) => component));
      expect(components).toContain("ingester");
      expect(components).toContain("distributor");
      expect([...components].filter((name) => /gateway$|canary|cache/.test(name) && name !== "index-gateway")).toEqual(
        [],
      );
      expect(targets.every(({ node }) => node !== null)).toBe(true);
      const { targets: outcomes, round } = await new Scraper({ source, clock: systemClock }).round(never);
      expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(["answered"]));
      expect(round.scrapes).toHaveLength(targets.length);
      expect(round.ring?.length).toBeGreaterThan(0);
      const options = { targets, replicationFactor: 3, clock: systemClock, signal: never };
      const [ring, compactors] = await readRings({ ...options, names: ["ingester", "compactor"] });
      expect(ring?.members.map(({ id }) => id)).toEqual(round.ring?.map(({ id }) => id).toSorted());
      expect(ring?.members.reduce((sum, { ownership }) => sum + ownership, 0)).toBeCloseTo(1, 9);
      expect(ring?.zones.length).toBeGreaterThan(1);
      expect(compactors?.error).toBeNull();
      const ingester = targets.find(({ component }) => component === "ingester");
      if (ingester === undefined) throw new Error("no ingester");
      const said = await readInstance(ingester, systemClock, never);
      expect(said).toMatchObject({ servicesError: null, readyText: "" });
      expect(said.services).toContainEqual({ module: "ingester", state: "Running" });
      expect((await readConfig(ingester, systemClock, never)).yaml).toContain("replication_factor");
    } finally {
      await lab.close();
    }
  });
});

describe("a Loki reached by its URL", () => {
  it("is one target, `all`, that answers metrics and readiness", async () => {
    const { lab } = await quietLab(Date.UTC(2026, 10, 22, 12));
    await using transport = createDirectTransport({
      url: lab.lokiUrl,
      auth: { kind: "none" },
      secret: () => Promise.reject(new Error("no secret is needed")),
      clock: systemClock,
    });
    try {
      const report = await new Scraper({ source: directTargets(transport), clock: systemClock }).round(never);
      expect(report.targets.map(({ instance, outcome }) => [instance, outcome])).toEqual([["all", "answered"]]);
      expect(report.round.scrapes[0]?.ready).toBe(true);
    } finally {
      await lab.close();
    }
  });
});

describe("targets behind an API server", () => {
  let folder: TemporaryFolder;
  let authority: TestAuthority;
  let pair: KeyPair;
  let api: KubernetesApi;
  let network: PodNetwork;
  let client: KubernetesClient;
  const pods = new Map<string, object>();
  const stack: AsyncDisposable[] = [];

  beforeAll(() => {
    folder = new TemporaryFolder();
    authority = new TestAuthority(folder.path);
    pair = authority.server(["IP:127.0.0.1"]);
  });
  afterAll(() => folder[Symbol.dispose]());

  beforeEach(async () => {
    api = await KubernetesApi.start(pair);
    const bench = new ClusterBench();
    stack.push(api, bench);
    network = new PodNetwork(api);
    pods.clear();
    api.on("GET", /^\/api\/v1\/namespaces\/loki\/pods\?/, (_seen, response) =>
      sendJson(response, 200, { items: [...pods.values()] }),
    );
    api.json("GET", /^\/api\/v1\/namespaces\/loki\/services\?/, 200, { items: [] });
    client = await bench.client(api.kubeconfig(authority.certificate, { token: "t" }));
  });
  afterEach(async () => {
    for (const item of stack.splice(0).toReversed()) await item[Symbol.asyncDispose]();
  });

  async function pod(
    name: string,
    component: string,
    options: { port?: number; phase?: string; node?: string; body?: string; type?: string } = {},
  ): Promise<PodProgram> {
    const { port = 3100, phase = "Running", node = "n1", body = "loki_build_info 1\n", type = "text/plain" } = options;
    const labels = { "app.kubernetes.io/name": "loki", "app.kubernetes.io/component": component };
    const containers = [
      { name: "loki", image: "grafana/loki:3", ports: [{ name: "http-metrics", containerPort: port }] },
    ];
    pods.set(name, {
      metadata: { name, namespace: "loki", labels },
      spec: { nodeName: node, containers },
      status: { phase },
    });
    const program = await PodProgram.start(name);
    program.handler = (_request, response) => {
      response.writeHead(200, { "content-type": type });
      response.end(body);
    };
    stack.push(program);
    network.add(program);
    return program;
  }

  const scrape = () =>
    new Scraper({ source: sourceThrough(client), clock: systemClock, timeoutMs: 5_000 }).round(never);
  const outcomes = async () =>
    Object.fromEntries((await scrape()).targets.map(({ instance, outcome }) => [instance, outcome]));

  it("are forbidden one by one where RBAC says so, and the others answer", async () => {
    for (const index of [0, 1, 2, 3]) await pod(`loki-ingester-${index}`, "ingester");
    api.on("GET", /pods\/http:loki-ingester-[02]:\d+\/proxy\//, (_seen, response) =>
      sendJson(
        response,
        403,
        status(403, "Forbidden", 'pods "x" is forbidden: User "sre" cannot get resource "pods/proxy"'),
      ),
    );
    const { targets } = await scrape();
    expect(targets.map(({ outcome }) => outcome)).toEqual(["forbidden", "answered", "forbidden", "answered"]);
    expect(targets[0]?.error?.toWire()).toMatchObject({
      code: "cluster.forbidden",
      params: { verb: "get", resource: "pods/proxy", namespace: "loki" },
    });
  });

  it("tell a pod that is gone, one that answers HTML and one that answers 50 MB apart, within the time-out", async () => {
    await pod("loki-ingester-0", "ingester", { body: "<html>login</html>", type: "text/html" });
    await pod("loki-ingester-1", "ingester", { body: "go_goroutines 1\n".repeat(3_300_000) });
    await pod("loki-ingester-2", "ingester");
    network.remove("loki-ingester-2");
    await pod("loki-ingester-3", "ingester");
    expect(await outcomes()).toEqual({
      "loki-ingester-0": "not-metrics",
      "loki-ingester-1": "too-large",
      "loki-ingester-2": "unreachable",
      "loki-ingester-3": "answered",
    });
  });

  it("cost no more than their time and their bytes when they drip, or unpack to fifty megabytes", async () => {
    const dripping = await pod("loki-ingester-0", "ingester");
    const timers: NodeJS.Timeout[] = [];
    dripping.handler = (_request, response) => {
      response.writeHead(200, { "content-type": "text/plain" });
      timers.push(setInterval(() => response.write("#"), 50));
    };
    const bomb = await pod("loki-ingester-1", "ingester");
    const packed = gzipSync("go_goroutines 1\n".repeat(3_300_000));
    bomb.handler = (_request, response) => {
      response.writeHead(200, { "content-type": "text/plain", "content-encoding": "gzip" });
      response.end(packed);
    };
    const liar = await pod("loki-ingester-2", "ingester");
    liar.handler = (_request, response) => {
      response.writeHead(200, { "content-type": "text/plain", "content-encoding": "gzip" });
      response.end("go_goroutines 1\n");
    };
    await pod("loki-ingester-3", "ingester");
    const { targets, tookMs } = await scrape();
    for (const timer of timers) clearInterval(timer);
    expect(packed.byteLength).toBeLessThan(2 ** 20);
    expect(targets.map(({ outcome }) => outcome)).toEqual(["timed-out", "too-large", "not-metrics", "answered"]);
    expect(tookMs).toBeLessThan(15_000);
  });

  it("tell their ring though half of them are forbidden, and nobody's where all are", async () => {
    const shards = [{ id: "loki-ingester-1", address: "10.0.0.1:9095", state: "ACTIVE", zone: "a", tokens: [7] }];
    const body = JSON.stringify({ shards, now: "2026-11-22T13:54:26Z" });
    for (const index of [0, 1, 2, 3])
      await pod(`loki-ingester-${index}`, "ingester", { body, type: "application/json" });
    const forbidden = status(403, "Forbidden", 'User "sre" cannot get resource "pods/proxy"');
    api.json("GET", /pods\/http:loki-ingester-[02]:\d+\/proxy\//, 403, forbidden);
    const targets = await sourceThrough(client).targets(never);
    const options = { targets, replicationFactor: 3, clock: systemClock, signal: never };
    const [ring, unused] = await readRings({ ...options, names: ["ingester", "ruler"] });
    expect(ring).toMatchObject({ from: "loki-ingester-1", error: null, members: [{ ownership: 1 }] });
    expect(unused).toMatchObject({ from: null, error: { code: "health.nobody-tells" } });
    api.json("GET", /pods\/http:loki-ingester-\d:\d+\/proxy\//, 403, forbidden);
    const [none] = await readRings({ ...options, names: ["ingester"] });
    expect(none).toMatchObject({ from: null, members: [], error: { code: "cluster.forbidden" } });
  });

  it("are each asked on a port of their own though one label leads to both, and not once they are over", async () => {
    await pod("loki-ingester-0", "ingester", { port: 3100 });
    await pod("other-ingester-0", "ingester", { port: 8080 });
    await pod("loki-ingester-evicted", "ingester", { phase: "Failed" });
    await pod("loki-gateway-0", "gateway");
    expect(await outcomes()).toEqual({ "loki-ingester-0": "answered", "other-ingester-0": "answered" });
    const asked = api.requests.map(({ path }) => path).filter((path) => path.endsWith("/metrics"));
    expect(new Set(asked.map((path) => /pods\/(http:[^/]+)\//.exec(path)?.[1]))).toEqual(
      new Set(["http:loki-ingester-0:3100", "http:other-ingester-0:8080"]),
    );
  });

  it("have their zones from the labels of nodes, over pages, and none where nodes are forbidden", async () => {
    await pod("loki-ingester-0", "ingester", { node: "n1" });
    await pod("loki-ingester-1", "ingester", { node: "n2" });
    const zones = async () => (await sourceThrough(client).targets(never)).map(({ zone }) => zone);
    api.json("GET", /^\/api\/v1\/nodes\?/, 403, status(403, "Forbidden", "nodes is forbidden"));
    expect(await zones()).toEqual([null, null]);
    const node = (name: string, zone: string) => ({
      metadata: { name, labels: { "topology.kubernetes.io/zone": zone } },
    });
    api.json("GET", /^\/api\/v1\/nodes\?limit=500$/, 200, {
      metadata: { continue: "p2" },
      items: [node("n1", "eu-a")],
    });
    api.json("GET", /^\/api\/v1\/nodes\?limit=500&continue=p2$/, 200, { items: [node("n2", "eu-b")] });
    expect(await zones()).toEqual(["eu-a", "eu-b"]);
  });

  it("are asked by GET alone", async () => {
    await pod("loki-ingester-0", "ingester");
    await scrape();
    expect(new Set(api.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
  });
});
