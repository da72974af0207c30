import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from "vitest";
import { createApiProxyTransport } from "../../../src-main/core/clusters/adapters/api-proxy-transport.ts";
import {
  createPortForwardTransport,
  type PortForwardTransport,
} from "../../../src-main/core/clusters/adapters/port-forward-transport.ts";
import type { KubernetesClient } from "../../../src-main/core/clusters/kubernetes-client.ts";
import { LokiRouteTable } from "../../../src-main/core/clusters/loki-route-table.ts";
import type { LokiTransport, TransportRequest } from "../../../src-main/core/clusters/loki-transport.ts";
import { systemClock, type Clock } from "../../../src-main/core/common/clock.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { LokiRole } from "../../../src-shared/api/sites.api.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { KubernetesApi, sendJson, status } from "../../builders/kubernetes-api.ts";
import { PodNetwork, PodProgram } from "../../builders/loki-behind-cluster.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { TestAuthority, type KeyPair } from "../../builders/test-certificates.ts";

const never = new AbortController().signal;

let folder: TemporaryFolder;
let authority: TestAuthority;
let server: KeyPair;

beforeAll(() => {
  folder = new TemporaryFolder();
  authority = new TestAuthority(folder.path);
  server = authority.server(["IP:127.0.0.1"]);
});
afterAll(() => folder[Symbol.dispose]());

let api: KubernetesApi;
let network: PodNetwork;
let bench: ClusterBench;
let client: KubernetesClient;
let pods: Record<string, { ready: boolean; component: string }>;
const stack: AsyncDisposable[] = [];

beforeEach(async () => {
  api = await KubernetesApi.start(server);
  bench = new ClusterBench();
  stack.push(api, bench);
  network = new PodNetwork(api);
  pods = {
    "frontend-1": { ready: true, component: "query-frontend" },
    "querier-1": { ready: true, component: "querier" },
  };
  api.on("GET", /^\/api\/v1\/(namespaces\/loki\/)?pods\?/, (seen, response) => {
    const selector = new URL(seen.path, "http://x").searchParams.get("labelSelector") ?? "";
    const component = /component=([\w-]+)/.exec(selector)?.[1];
    const items = Object.entries(pods)
      .filter(([, pod]) => component === undefined || pod.component === component)
      .map(([name, pod]) => podObject(name, pod));
    sendJson(response, 200, { kind: "PodList", items });
  });
  api.on("GET", /^\/api\/v1\/(namespaces\/loki\/)?services(\?|$)/, (_request, response) =>
    sendJson(response, 200, { items: ["query-frontend", "querier"].map(serviceObject) }),
  );
  api.on("GET", /^\/api\/v1\/namespaces\/loki\/services\/loki-[\w-]+$/, (seen, response) =>
    sendJson(response, 200, serviceObject(seen.path.replace(/^.*\/loki-/, ""))),
  );
  for (const name of Object.keys(pods)) await start(name);
  network.service("loki-query-frontend", "frontend-1");
  network.service("loki-querier", "querier-1");
  client = await bench.client(api.kubeconfig(authority.certificate, { token: "cluster-token" }));
});

afterEach(async () => {
  for (const item of stack.splice(0)) await item[Symbol.asyncDispose]();
});

function labels(component: string) {
  return {
    "app.kubernetes.io/name": "loki",
    "app.kubernetes.io/instance": "loki",
    "app.kubernetes.io/component": component,
  };
}

function podObject(name: string, pod: { ready: boolean; component: string }) {
  return {
    metadata: { name, namespace: "loki", labels: labels(pod.component) },
    spec: {
      containers: [{ name: "loki", image: "grafana/loki:3", ports: [{ name: "http-metrics", containerPort: 3100 }] }],
    },
    status: { phase: "Running", conditions: [{ type: "Ready", status: pod.ready ? "True" : "False" }] },
  };
}

function serviceObject(component: string) {
  return {
    metadata: { name: `loki-${component}`, namespace: "loki", labels: labels(component) },
    spec: { selector: labels(component), ports: [{ name: "http-metrics", port: 3100, targetPort: "http-metrics" }] },
  };
}

async function start(name: string): Promise<PodProgram> {
  const started = await PodProgram.start(name);
  stack.unshift(started);
  network.add(started);
  programs.set(name, started);
  return started;
}

const programs = new Map<string, PodProgram>();

function program(name: string): PodProgram {
  const found = programs.get(name);
  if (found === undefined) throw new Error(name);
  return found;
}

function routes(clock: Clock = systemClock): LokiRouteTable {
  return new LokiRouteTable({ client, clock, namespace: null, preferred: null, byHand: undefined });
}

function request(path: string, parts: Partial<TransportRequest> = {}): TransportRequest {
  return { role: "query", method: "GET", path, signal: never, timeoutMs: 5_000, ...parts };
}

async function text(transport: LokiTransport, path: string, parts: Partial<TransportRequest> = {}): Promise<string> {
  const answer = await transport.request(request(path, parts));
  return `${answer.status} ${new TextDecoder().decode(await answer.bytes(1_000_000))}`;
}

async function failure(run: Promise<unknown>): Promise<AppError> {
  const error: unknown = await run.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw new Error("no AppError was thrown", { cause: error });
}

async function firstMessage(transport: LokiTransport): Promise<{ message: string; close: () => void }> {
  const socket = await transport.socket(
    request("/loki/api/v1/tail", { role: "tail", query: new URLSearchParams({ query: '{a="b"}' }) }),
  );
  const message = await new Promise<string>((settle) => socket.onMessage(settle));
  return { message, close: () => socket.close() };
}

describe("Loki through the API server's proxy", () => {
  function transport(parts: { pathPrefix?: string } = {}): LokiTransport {
    const made = createApiProxyTransport({
      connection: client.connection,
      routes: routes(),
      scheme: "http",
      pathPrefix: parts.pathPrefix ?? "",
      clock: systemClock,
    });
    stack.unshift(made);
    return made;
  }

  it("sends each role to its component, the tenant header with it and our cluster token not", async () => {
    const through = transport({ pathPrefix: "/logs/" });
    const query = new URLSearchParams({ query: '{app="a b"}' });
    expect(await text(through, "/loki/api/v1/labels", { query, headers: { "X-Scope-OrgID": "bank-a" } })).toBe(
      "200 from frontend-1",
    );
    expect(through.describe("query")).toBe("proxy loki/loki-query-frontend:3100");
    const [seen] = program("frontend-1").requests;
    expect(seen?.url).toBe(`/logs/loki/api/v1/labels?${query.toString()}`);
    expect([seen?.headers["x-scope-orgid"], seen?.headers.authorization]).toEqual(["bank-a", undefined]);
  });

  it("hands Loki's own failures on as they are", async () => {
    program("frontend-1").handler = (_request, response) => {
      response.writeHead(429, { "content-type": "text/plain" });
      response.end("too many outstanding requests");
    };
    expect(await text(transport(), "/loki/api/v1/query")).toBe("429 too many outstanding requests");
    program("frontend-1").handler = (_request, response) => {
      response.writeHead(404, { "content-type": "application/json" });
      response.end('{"status":"error","error":"not here"}');
    };
    expect(await text(transport(), "/loki/api/v1/query")).toBe('404 {"status":"error","error":"not here"}');
  });

  it("tells the API server's failures from Loki's", async () => {
    const through = transport();
    network.service("loki-query-frontend", "gone");
    const gone = await failure(through.request(request("/ready")));
    expect(gone.code).toBe("cluster.backend-unavailable");
    expect(gone.params).toEqual({
      backend: "loki/loki-query-frontend:3100",
      problem: 'no endpoints available for service "loki-query-frontend"',
    });
    api.json(
      "GET",
      /\/proxy\//,
      403,
      status(403, "Forbidden", 'services "http:loki-query-frontend:3100" is forbidden'),
    );
    const forbidden = await failure(through.request(request("/ready")));
    expect([forbidden.code, forbidden.params]).toEqual([
      "cluster.forbidden",
      { verb: "get", resource: "services/proxy", namespace: "loki" },
    ]);
    api.on("GET", /\/proxy\//, (_request, response) => {
      response.writeHead(503, { "content-type": "text/plain" });
      response.end(
        "Error: 'dial tcp 10.0.0.1:3100: connect: connection refused'\nTrying to reach: 'http://10.0.0.1:3100/ready'",
      );
    });
    expect((await failure(through.request(request("/ready")))).code).toBe("cluster.backend-unavailable");
  });

  it("looks for the pods again after a route led nowhere", async () => {
    const through = transport();
    expect(await text(through, "/ready")).toBe("200 from frontend-1");
    delete pods["frontend-1"];
    network.service("loki-query-frontend", "gone");
    await failure(through.request(request("/ready")));
    expect(await text(through, "/ready")).toBe("200 from querier-1");
  });

  it("says that no component answers a role", async () => {
    expect(
      (await failure(transport().request(request("/loki/api/v1/push", { role: "push", method: "POST" })))).code,
    ).toBe("sites.no-route");
  });

  it("tails over a WebSocket, and tells refusals apart", async () => {
    const through = transport();
    const { message, close } = await firstMessage(through);
    expect(message).toBe("hello from querier-1");
    close();
    const refused = await failure(through.socket(request("/loki/api/v1/other", { role: "tail" })));
    expect([refused.code, refused.params]).toEqual([
      "loki.tail-refused",
      { status: 404, reason: "404 page not found" },
    ]);
    network.service("loki-querier", "gone");
    expect((await failure(through.socket(request("/loki/api/v1/tail", { role: "tail" })))).code).toBe(
      "cluster.backend-unavailable",
    );
  });

  it("stops reading an answer without an end", async () => {
    program("frontend-1").handler = (_request, response) => {
      response.writeHead(200);
      response.write("x".repeat(200_000));
    };
    const answer = await transport().request(request("/ready"));
    expect((await failure(answer.bytes(100_000))).code).toBe("loki.bad-response");
  });

  it("gives up waiting for the first byte", async () => {
    program("frontend-1").handler = () => undefined;
    expect((await failure(transport().request(request("/ready", { timeoutMs: 100 })))).code).toBe("loki.timed-out");
  });
});

describe("Loki through a port-forward", () => {
  const states: string[] = [];

  function transport(clock: Clock = systemClock): PortForwardTransport {
    states.length = 0;
    const made = createPortForwardTransport({
      client,
      routes: routes(clock),
      scheme: "http",
      pathPrefix: "",
      clock,
      onState: (role: LokiRole, state) => states.push(`${role} ${state}`),
    });
    stack.unshift(made);
    return made;
  }

  it("reaches the pod without listening on this machine, with either subprotocol", async () => {
    for (const protocols of [["v4.channel.k8s.io"], ["v5.channel.k8s.io"]]) {
      network.protocols = protocols;
      const through = transport();
      expect(await text(through, "/ready")).toBe("200 from frontend-1");
      expect(through.describe("query")).toBe("port-forward loki/pod/frontend-1:3100");
      expect(network.forwards.at(-1)?.socket.protocol).toBe(protocols[0]);
    }
  });

  it("carries bodies of megabytes both ways, and many requests over one forward", async () => {
    const big = "0123456789abcdef".repeat(200_000);
    let received = 0;
    program("frontend-1").handler = (incoming, response) => {
      incoming.on("data", (piece: Buffer) => (received += piece.length));
      incoming.on("end", () => response.end(big));
    };
    const through = transport();
    const answer = await through.request(request("/loki/api/v1/push", { method: "POST", body: big }));
    expect(Buffer.from(await answer.bytes(10_000_000)).toString() === big).toBe(true);
    expect(received).toBe(big.length);
    for (let i = 0; i < 20; i += 1) await (await through.request(request("/x"))).bytes(10_000_000);
    expect(network.forwards.length).toBeLessThanOrEqual(2);
  });

  it("tails over a WebSocket inside the forward", async () => {
    const through = transport();
    const { message, close } = await firstMessage(through);
    expect(message).toBe("hello from querier-1");
    expect(states).toEqual(["tail connecting", "tail alive"]);
    close();
  });

  it("goes to the next ready pod when its pod is replaced", async () => {
    const through = transport();
    expect(await text(through, "/ready")).toBe("200 from frontend-1");
    delete pods["frontend-1"];
    pods["frontend-2"] = { ready: true, component: "query-frontend" };
    await start("frontend-2");
    network.remove("frontend-1");
    expect(await text(through, "/ready")).toBe("200 from frontend-2");
    expect(through.state("query")).toBe("alive");
  });

  it("tries another pod when the cluster still calls a dead one ready", async () => {
    pods["frontend-2"] = { ready: true, component: "query-frontend" };
    await start("frontend-2");
    network.remove("frontend-1");
    expect(await text(transport(), "/ready")).toBe("200 from frontend-2");
  });

  it("is lost, and says so, when no pod is ready; and heals by itself when one is", async () => {
    const clock = new ManualClock();
    const through = transport(clock);
    expect(await text(through, "/ready")).toBe("200 from frontend-1");
    pods = {};
    network.remove("frontend-1");
    const error = await failure(through.request(request("/ready")));
    expect(["forward.lost", "sites.no-route"]).toContain(error.code);
    expect(through.state("query")).toBe("lost");
    pods["frontend-2"] = { ready: true, component: "query-frontend" };
    await start("frontend-2");
    await clock.advance(1_000);
    await expect.poll(() => through.state("query")).toBe("alive");
    expect(through.describe("query")).toContain("frontend-2");
  });

  it("shows what the kubelet says when nobody listens in the pod", async () => {
    network.forwardError = "error forwarding port 3100 to pod frontend-1: connection refused";
    const error = await failure(transport().request(request("/ready")));
    expect(error.code).toBe("forward.lost");
    expect(error.params).toEqual({ pod: "frontend-1", problem: network.forwardError });
  });

  it("is not called alive when the peer has gone silent, as after sleep", async () => {
    const clock = new ManualClock();
    const through = transport(clock);
    expect(await text(through, "/ready")).toBe("200 from frontend-1");
    expect(through.state("query")).toBe("alive");
    for (const { socket } of network.forwards) socket.pause();
    api.on("GET", /^\/api\/v1/, () => new Promise(() => undefined));
    const hanging = failure(through.request(request("/ready", { timeoutMs: 600_000 })));
    await clock.advance(10_000);
    await clock.advance(15_000);
    expect(through.state("query")).not.toBe("alive");
    await clock.advance(60_000);
    expect(["forward.lost", "cluster.timeout"]).toContain((await hanging).code);
  });

  it("is proven anew while it is in use, and left alone when it is not", async () => {
    const clock = new ManualClock();
    const through = transport(clock);
    await text(through, "/ready");
    const before = program("frontend-1").requests.length;
    await clock.advance(15_000);
    await expect.poll(() => program("frontend-1").requests.length).toBe(before + 1);
    await expect.poll(() => through.state("query")).toBe("alive");
    const inTime = async () => {
      await clock.advance(15_000);
      return through.state("query");
    };
    await expect.poll(inTime, { timeout: 10_000 }).toBe("idle");
    const after = program("frontend-1").requests.length;
    await clock.advance(120_000);
    expect(program("frontend-1").requests.length).toBe(after);
  });

  it("does not ask a second pod to repeat a push", async () => {
    pods["distributor-1"] = { ready: true, component: "distributor" };
    const distributor = await start("distributor-1");
    distributor.handler = (incoming) => incoming.socket.destroy();
    api.on("GET", /services(\?|$)/, (_request, response) =>
      sendJson(response, 200, { items: ["distributor"].map(serviceObject) }),
    );
    const error = await failure(
      transport().request(request("/loki/api/v1/push", { role: "push", method: "POST", body: "{}" })),
    );
    expect(error.code).toBe("forward.lost");
    expect(distributor.requests).toHaveLength(1);
  });
});
