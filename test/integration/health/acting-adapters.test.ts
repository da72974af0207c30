import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { proxyRefusal, throughClusterFailure } from "../../../src-main/core/clusters/adapters/api-proxy-failure.ts";
import { createDirectTransport } from "../../../src-main/core/clusters/adapters/direct-transport.ts";
import type { KubernetesClient } from "../../../src-main/core/clusters/kubernetes-client.ts";
import { statusFailure } from "../../../src-main/core/clusters/kubernetes-status.ts";
import { discoverLoki } from "../../../src-main/core/clusters/loki-discovery.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { podProxyActions } from "../../../src-main/core/health/operations/adapters/pod-proxy-actions.ts";
import { transportActions } from "../../../src-main/core/health/operations/adapters/transport-actions.ts";
import { workloadPatches } from "../../../src-main/core/health/operations/adapters/workload-patches.ts";
import type { ActingRequest, PodActions } from "../../../src-main/core/health/operations/pod-actions.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { KubernetesApi, sendJson, status } from "../../builders/kubernetes-api.ts";
import { PodProgram } from "../../builders/loki-behind-cluster.ts";
import { TestAuthority, type KeyPair } from "../../builders/test-certificates.ts";

const signal = new AbortController().signal;
const FORGET: ActingRequest = {
  instance: "ingester-0",
  method: "POST",
  path: "/ring",
  form: { forget: "ingester 1&2" },
  signal,
  timeoutMs: 5_000,
};
const SHUTDOWN: ActingRequest = {
  instance: "ingester-0",
  method: "POST",
  path: "/ingester/shutdown",
  query: { flush: "true", delete_ring_tokens: "false", terminate: "true" },
  signal,
  timeoutMs: 5_000,
};
const PROXY = /\/pods\/http:ingester-0:3100\/proxy/;
const WORKLOAD = { kind: "StatefulSet", namespace: "loki", name: "ingester" } as const;

let folder: TemporaryFolder;
let authority: TestAuthority;
let pair: KeyPair;
let api: KubernetesApi;
let client: KubernetesClient;
let actions: PodActions;
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
  const labels = { "app.kubernetes.io/name": "loki", "app.kubernetes.io/component": "ingester" };
  const containers = [{ name: "loki", image: "loki", ports: [{ name: "http-metrics", containerPort: 3100 }] }];
  const pod = {
    metadata: { name: "ingester-0", namespace: "loki", labels },
    spec: { nodeName: "n1", containers },
    status: { phase: "Running" },
  };
  api.json("GET", /^\/api\/v1\/namespaces\/loki\/pods\?/, 200, { items: [pod] });
  api.json("GET", /^\/api\/v1\/namespaces\/loki\/services\?/, 200, { items: [] });
  client = await bench.client(api.kubeconfig(authority.certificate, { token: "t" }));
  actions = podProxyActions({
    client,
    scheme: "http",
    pathPrefix: "",
    refusal: proxyRefusal,
    failure: throughClusterFailure,
    async discover(inner) {
      const scope = { namespace: "loki", signal: inner };
      const [pods, services] = await Promise.all([client.listPods(scope), client.listServices(scope)]);
      return discoverLoki(pods, services, "loki");
    },
  });
});
afterEach(async () => {
  for (const item of stack.splice(0).toReversed()) await item[Symbol.asyncDispose]();
});

function proxied() {
  return api.requests.filter(({ path }) => path.includes("/proxy"));
}

describe("acting on a pod through the API server", () => {
  it("sends a form as it stands, and hands on a redirect without following it", async () => {
    api.on("POST", PROXY, (_seen, response) => {
      response.writeHead(302, { location: "#" });
      response.end();
    });
    expect(await actions.send(FORGET)).toEqual({ status: 302, text: "" });
    expect(proxied().map(({ method, path, body, headers }) => [method, path, body, headers["content-type"]])).toEqual([
      [
        "POST",
        "/api/v1/namespaces/loki/pods/http:ingester-0:3100/proxy/ring",
        "forget=ingester+1%262",
        "application/x-www-form-urlencoded",
      ],
    ]);
  });

  it("sends parameters in the URL, and hands on what Loki refuses", async () => {
    api.on("POST", PROXY, (_seen, response) => {
      response.writeHead(503, { "content-type": "text/plain" });
      response.end("Ingester is stopping or already stopped.\n");
    });
    const answer = await actions.send(SHUTDOWN);
    expect(answer).toEqual({ status: 503, text: "Ingester is stopping or already stopped." });
    expect(proxied()[0]?.path).toMatch(/shutdown\?flush=true&delete_ring_tokens=false&terminate=true$/);
  });

  it("does not know the outcome when the connection breaks once it was sent, and sends nothing again", async () => {
    api.on("POST", PROXY, () => api.cutAll());
    await expect(actions.send(SHUTDOWN)).rejects.toMatchObject({
      code: "operation.outcome-unknown",
      params: { request: "POST /ingester/shutdown?flush=true&delete_ring_tokens=false&terminate=true" },
    });
    expect(proxied()).toHaveLength(1);
  });

  it("does not know the outcome when no answer comes in time", async () => {
    api.on("POST", PROXY, () => undefined);
    await expect(actions.send({ ...SHUTDOWN, timeoutMs: 50 })).rejects.toMatchObject({
      code: "operation.outcome-unknown",
    });
    expect(proxied()).toHaveLength(1);
  });

  it("says that it was not sent where the API server forbids it or cannot reach the pod", async () => {
    api.json("POST", PROXY, 403, status(403, "Forbidden", 'pods "ingester-0" is forbidden'));
    await expect(actions.send(SHUTDOWN)).rejects.toMatchObject({ code: "cluster.forbidden" });
    const refused = "error trying to reach service: dial tcp 10.0.0.1:3100: connect: connection refused";
    api.json("POST", PROXY, 503, status(503, "ServiceUnavailable", refused));
    await expect(actions.send(SHUTDOWN)).rejects.toMatchObject({ code: "cluster.backend-unavailable" });
    await expect(actions.send({ ...SHUTDOWN, instance: "ingester-9" })).rejects.toMatchObject({
      code: "health.instance-unknown",
    });
  });

  it("sends no GET, whatever it is given", async () => {
    const get: ActingRequest = Object.assign({}, SHUTDOWN, { method: "GET" });
    await expect(actions.send(get)).rejects.toMatchObject({ code: "operation.unsupported" });
    expect(proxied()).toEqual([]);
  });
});

describe("acting on a Loki by its URL", () => {
  it("is done on its one instance alone, once", async () => {
    const loki = await PodProgram.start("loki");
    const transport = createDirectTransport({
      url: `http://127.0.0.1:${loki.port}/loki-prefix`,
      auth: { kind: "none" },
      secret: () => Promise.reject(new Error("no secret is needed")),
      clock: systemClock,
    });
    stack.push(loki, transport);
    loki.handler = (_request, response) => response.writeHead(204).end();
    const direct = transportActions(transport);
    expect(await direct.send({ ...SHUTDOWN, instance: "all", path: "/flush", query: {} })).toEqual({
      status: 204,
      text: "",
    });
    await expect(direct.send(SHUTDOWN)).rejects.toMatchObject({ code: "health.instance-unknown" });
    expect(loki.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /loki-prefix/flush"]);
    loki.handler = (request) => request.socket.destroy();
    await expect(direct.send({ ...FORGET, instance: "all" })).rejects.toMatchObject({
      code: "operation.outcome-unknown",
    });
    expect(loki.requests).toHaveLength(2);
  });
});

describe("changing a workload", () => {
  const PATH = "/apis/apps/v1/namespaces/loki/statefulsets/ingester";

  it("restarts as kubectl does and scales, both only while it is the version that was planned for", async () => {
    api.on("PATCH", /statefulsets/, (_seen, response) => sendJson(response, 200, {}));
    const workloads = workloadPatches(client, statusFailure);
    await workloads.restart(WORKLOAD, "41", "2026-11-22T12:00:00Z", signal);
    await workloads.scale(WORKLOAD, "42", 5, signal);
    const patches = api.requests.filter(({ method }) => method === "PATCH");
    expect(patches.map(({ path, headers, body }) => [path, headers["content-type"], JSON.parse(body)])).toEqual([
      [
        PATH,
        "application/strategic-merge-patch+json",
        {
          metadata: { resourceVersion: "41" },
          spec: {
            template: {
              metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "2026-11-22T12:00:00Z" } },
            },
          },
        },
      ],
      [`${PATH}/scale`, "application/merge-patch+json", { metadata: { resourceVersion: "42" }, spec: { replicas: 5 } }],
    ]);
  });

  it("that changed meanwhile makes the plan stale; a way that breaks leaves the outcome unknown", async () => {
    const workloads = workloadPatches(client, statusFailure);
    api.json("PATCH", /statefulsets/, 409, status(409, "Conflict", "the object has been modified"));
    await expect(workloads.scale(WORKLOAD, "42", 5, signal)).rejects.toMatchObject({
      code: "operation.plan-stale",
      params: { what: "StatefulSet ingester" },
    });
    api.on("PATCH", /statefulsets/, () => api.cutAll());
    await expect(workloads.scale(WORKLOAD, "42", 5, signal)).rejects.toMatchObject({
      code: "operation.outcome-unknown",
    });
    expect(api.requests.filter(({ method }) => method === "PATCH")).toHaveLength(2);
  });

  it("is looked at for its replicas and its last restart", async () => {
    const workloads = workloadPatches(client, statusFailure);
    api.json("GET", /statefulsets\/ingester$/, 200, {
      metadata: { resourceVersion: "7" },
      spec: { replicas: 3, template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "t" } } } },
    });
    expect(await workloads.look(WORKLOAD, signal)).toEqual({ resourceVersion: "7", replicas: 3, restartedAt: "t" });
    api.json("GET", /statefulsets\/ingester$/, 200, { metadata: { resourceVersion: "8" }, spec: { template: {} } });
    expect(await workloads.look(WORKLOAD, signal)).toEqual({ resourceVersion: "8", replicas: 1, restartedAt: null });
    api.json("GET", /statefulsets\/ingester$/, 200, { hello: 1 });
    await expect(workloads.look(WORKLOAD, signal)).rejects.toMatchObject({ code: "cluster.bad-response" });
  });
});
