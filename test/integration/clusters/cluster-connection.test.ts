import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubernetesClient } from "../../../src-main/core/clusters/kubernetes-client.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { KubernetesApi, kubernetesRecording, sendJson, status } from "../../builders/kubernetes-api.ts";
import { TestAuthority, type KeyPair } from "../../builders/test-certificates.ts";

const V1 = "client.authentication.k8s.io/v1";
const never = new AbortController().signal;

let folder: TemporaryFolder;
let authority: TestAuthority;
let server: KeyPair;

beforeAll(() => {
  folder = new TemporaryFolder();
  authority = new TestAuthority(folder.path);
  server = authority.server(["IP:127.0.0.1", "DNS:localhost"]);
});
afterAll(() => folder[Symbol.dispose]());

async function failure(run: Promise<unknown>): Promise<AppError> {
  const error: unknown = await run.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw new Error("no AppError was thrown", { cause: error });
}

function podNames(client: KubernetesClient): Promise<string[]> {
  return client.listPods({ namespace: "loki", signal: never }).then((pods) => pods.map((pod) => pod.name));
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

describe("a connection to an API server", () => {
  it("reads what a real one answered, over few connections", async () => {
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    api.lokiNamespace();
    const client = await bench.client(api.kubeconfig(authority.certificate, { token: "t0" }));
    for (let i = 0; i < 10; i += 1) await podNames(client);
    const pods = await client.listPods({ namespace: "loki", signal: never });
    const recorded = kubernetesRecording("list-pods").response.body as { items: unknown[] };
    expect(pods).toHaveLength(recorded.items.length);
    expect(pods.every((pod) => pod.ready && pod.phase === "Running" && pod.configMaps.includes("loki-runtime"))).toBe(
      true,
    );
    expect(api.requests.every((request) => request.headers.authorization === "Bearer t0")).toBe(true);
    expect(api.connections).toBeLessThanOrEqual(2);
    expect(await client.whoAmI(never)).toBe("viewer");
  });

  it("follows the pages of a list to its end, and begins anew when the server has forgotten the first page", async () => {
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    const item = (name: string) => ({ metadata: { name }, spec: {} });
    let expired = false;
    api.on("GET", /pods\?/, (request, response) => {
      const query = new URL(request.path, "http://x").searchParams;
      if (query.get("continue") === "two" && !expired) {
        expired = true;
        sendJson(response, 410, status(410, "Expired", "too old"));
      } else if (query.get("continue") === "two") sendJson(response, 200, { metadata: {}, items: [item("b")] });
      else sendJson(response, 200, { metadata: { continue: "two" }, items: [item("a")] });
    });
    const client = await bench.client(api.kubeconfig(authority.certificate, { token: "t" }));
    expect(await podNames(client)).toEqual(["a", "b"]);
    expect(expired).toBe(true);
  });

  it.each([
    [
      "client certificate data",
      (pair: KeyPair) => ({ "client-certificate-data": base64(pair.certificate), "client-key-data": base64(pair.key) }),
    ],
    [
      "client certificate files",
      (pair: KeyPair) => {
        folder.write("me.crt", pair.certificate);
        folder.write("me.key", pair.key);
        return { "client-certificate": `${folder.path}/me.crt`, "client-key": `${folder.path}/me.key` };
      },
    ],
  ])("shows its %s", async (_what, userOf) => {
    await using api = await KubernetesApi.start(server, { clientCa: authority.certificate });
    await using bench = new ClusterBench();
    api.lokiNamespace();
    const client = await bench.client(api.kubeconfig(authority.certificate, userOf(authority.client("sre"))));
    await podNames(client);
    expect(api.requests.map((request) => request.client)).toEqual(["sre"]);
  });

  it("reads a token file anew for every request", async () => {
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    api.lokiNamespace();
    const token = bench.folder.write("token", "one\n");
    const client = await bench.client(api.kubeconfig(authority.certificate, { tokenFile: "token" }));
    await podNames(client);
    writeFileSync(token, "two\n");
    await podNames(client);
    expect(api.requests.map((request) => request.headers.authorization)).toEqual(["Bearer one", "Bearer two"]);
  });

  it("sends user name and password, and impersonates a user with several groups", async () => {
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    api.lokiNamespace();
    const user = { username: "u", password: "p", as: "jane", "as-groups": ["dev", "ops"] };
    await podNames(await bench.client(api.kubeconfig(authority.certificate, user)));
    const [request] = api.requests;
    expect(request?.headers.authorization).toBe(`Basic ${base64("u:p")}`);
    expect(request?.headers["impersonate-user"]).toBe("jane");
    const groups = request?.rawHeaders.filter((_text, i, all) => all[i - 1]?.toLowerCase() === "impersonate-group");
    expect(groups).toEqual(["dev", "ops"]);
  });

  it("runs the plugin once more after a 401, and gives up after the second", async () => {
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    let refuse = 1;
    api.lokiNamespace().on("GET", /pods\?/, (_request, response) => {
      refuse -= 1;
      if (refuse >= 0) sendJson(response, 401, status(401, "Unauthorized", "Unauthorized"));
      else sendJson(response, 200, { items: [] });
    });
    const count = `${bench.folder.path}/count`;
    const plugin = bench.folder.write(
      "login",
      `#!/bin/sh\necho x >> ${count}\nn=$(wc -l < ${count})\nprintf '{"kind":"ExecCredential","apiVersion":"${V1}","status":{"token":"t%s"}}' $n\n`,
      0o755,
    );
    const config = api.kubeconfig(authority.certificate, {
      exec: { apiVersion: V1, command: plugin, interactiveMode: "Never" },
    });
    const context = await bench.context(config);
    const client = await bench.client(config);
    expect((await failure(podNames(client))).code).toBe("plugin.not-confirmed");
    expect(api.requests).toEqual([]);
    if (context.user.exec !== null) {
      await bench.confirmations.set((await bench.plugins.resolve(context.user.exec)).hash, plugin, true);
    }
    expect(await podNames(client)).toEqual([]);
    expect(api.requests.map((request) => request.headers.authorization)).toEqual(["Bearer t1", "Bearer t2"]);
    refuse = 2;
    expect((await failure(podNames(client))).code).toBe("cluster.unauthorized");
  });
});

describe("what an API server refuses", () => {
  it.each([
    ["forbidden-viewer-configmaps", "cluster.forbidden", { verb: "list", resource: "pods", namespace: "loki" }],
    ["unauthorized", "cluster.unauthorized", {}],
    ["get-404", "cluster.gone", { resource: "pods" }],
    ["put-configmap-conflict", "cluster.conflict", { resource: "pods" }],
    ["create-invalid", "cluster.rejected", { status: 422 }],
    [
      "pod-log-no-kubelet",
      "cluster.failed",
      { status: 500, problem: "no preferred addresses found; known addresses: []" },
    ],
  ] as const)("is an error of its own: %s", async (recording, code, params) => {
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    const { response } = kubernetesRecording(recording);
    api.json("GET", /pods/, response.status, response.body);
    const error = await failure(podNames(await bench.client(api.kubeconfig(authority.certificate, {}))));
    expect(error.code).toBe(code);
    expect(error.params).toMatchObject(params);
  });

  it.each([
    ["HTML", 200, "text/html", "<html>login</html>"],
    ["HTML with a failure", 502, "text/html", "<html>bad gateway</html>"],
    ["half a JSON", 200, "application/json", '{"kind":"PodList","items":[{"meta'],
    ["another form", 200, "application/json", '{"items":[{"spec":{}}]}'],
    ["a redirect", 302, "text/plain", ""],
  ])("is a bad response when it is %s", async (_what, code, type, body) => {
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    api.on("GET", /pods/, (_request, response) => {
      response.writeHead(code, { "content-type": type, location: "https://login.example/" });
      response.end(body);
    });
    const error = await failure(podNames(await bench.client(api.kubeconfig(authority.certificate, {}))));
    expect(error.code).toBe("cluster.bad-response");
    expect(JSON.stringify(error.toWire())).not.toContain("<html>");
  });
});

describe("a server that cannot be reached", () => {
  it("is unreachable when the connection is refused or the name unknown", async () => {
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    const port = await freePort();
    const refused = await failure(
      podNames(await bench.client(api.kubeconfig(authority.certificate, {}, { server: `https://127.0.0.1:${port}` }))),
    );
    expect([refused.code, refused.params]).toEqual([
      "cluster.unreachable",
      { host: `127.0.0.1:${port}`, problem: "ECONNREFUSED" },
    ]);
    const unknown = await failure(
      podNames(
        await bench.client(api.kubeconfig(authority.certificate, {}, { server: "https://no-such-host.invalid" })),
      ),
    );
    expect(unknown.code).toBe("cluster.unreachable");
  });

  it("does not keep the caller when it accepts and says nothing", async () => {
    await using silent = await listen(createServer(() => undefined));
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    const config = api.kubeconfig(authority.certificate, {}, { server: `https://127.0.0.1:${silent.port}` });
    const error = await failure(podNames(await bench.client(config, {}, 200)));
    expect(error.code).toBe("cluster.unreachable");
    expect(JSON.stringify(error.params)).toContain("timed out");
  });

  it("lets go when the caller cancels", async () => {
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    api.on("GET", /pods/, () => new Promise(() => undefined));
    const client = await bench.client(api.kubeconfig(authority.certificate, {}));
    const cancel = new AbortController();
    const waiting = failure(client.listPods({ namespace: "loki", signal: cancel.signal }));
    await expect.poll(() => api.requests.length).toBe(1);
    cancel.abort();
    expect((await waiting).code).toBe("request.cancelled");
  });
});

describe("a proxy on the way", () => {
  it("is used as proxy-url says, with CONNECT and its login", async () => {
    const asked: string[] = [];
    const proxy = createHttpServer();
    proxy.on("connect", (request, client, head) => {
      asked.push(`${request.url} ${request.headers["proxy-authorization"]}`);
      const [host, port] = (request.url ?? "").split(":");
      const upstream = connect(Number(port), host, () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        upstream.write(head);
        upstream.pipe(client).pipe(upstream);
      });
      upstream.on("error", () => client.destroy());
      client.on("error", () => upstream.destroy());
    });
    await using listening = await listen(proxy);
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    api.lokiNamespace();
    const cluster = { "proxy-url": `http://user:p%40ss@127.0.0.1:${listening.port}` };
    await podNames(await bench.client(api.kubeconfig(authority.certificate, {}, cluster)));
    expect(asked).toEqual([`127.0.0.1:${api.port} Basic ${base64("user:p@ss")}`]);
  });

  it("that refuses is told apart from the server", async () => {
    const proxy = createHttpServer();
    proxy.on("connect", (_request, client) => client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
    await using listening = await listen(proxy);
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    const cluster = { "proxy-url": `http://127.0.0.1:${listening.port}` };
    const error = await failure(podNames(await bench.client(api.kubeconfig(authority.certificate, {}, cluster))));
    expect(error.code).toBe("cluster.unreachable");
    expect(error.params).toMatchObject({ problem: "the proxy answers 407 to CONNECT" });
  });

  it("may speak SOCKS 5, with and without a login", async () => {
    for (const login of [null, { username: "u", password: "p" }]) {
      const asked: string[] = [];
      await using socks = await listen(socksServer(login, asked));
      await using api = await KubernetesApi.start(server);
      await using bench = new ClusterBench();
      api.lokiNamespace();
      const proxy = `socks5://${login === null ? "" : "u:p@"}127.0.0.1:${socks.port}`;
      await podNames(await bench.client(api.kubeconfig(authority.certificate, {}, { "proxy-url": proxy })));
      expect(asked).toEqual([`127.0.0.1:${api.port}`]);
    }
  });

  it("of a kind that is not supported is said so", async () => {
    await using api = await KubernetesApi.start(server);
    await using bench = new ClusterBench();
    const client = await bench.client(api.kubeconfig(authority.certificate, {}, { "proxy-url": "ftp://proxy:21" }));
    const error = await failure(podNames(client));
    expect(error.code).toBe("kubeconfig.context-broken");
    expect(JSON.stringify(error.params)).toContain("ftp:");
  });
});

function socksServer(login: { username: string; password: string } | null, asked: string[]): Server {
  return createServer((client) => {
    client.on("error", () => undefined);
    let step = 0;
    client.on("data", function onData(bytes: Buffer) {
      if (step === 0) {
        step = login === null ? 2 : 1;
        client.write(Buffer.of(5, login === null ? 0 : 2));
      } else if (step === 1) {
        step = 2;
        const name = bytes.subarray(2, 2 + (bytes[1] ?? 0)).toString();
        client.write(Buffer.of(1, name === login?.username ? 0 : 1));
      } else {
        client.off("data", onData);
        const length = bytes[4] ?? 0;
        const host = bytes.subarray(5, 5 + length).toString();
        const port = bytes.readUInt16BE(5 + length);
        asked.push(`${host}:${port}`);
        const upstream = connect(port, host, () => {
          client.write(Buffer.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 80));
          upstream.pipe(client).pipe(upstream);
        });
        upstream.on("error", () => client.destroy());
      }
    });
  });
}

async function listen(listener: Server): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<{ destroy(): void }>();
  listener.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((done) => listener.listen(0, "127.0.0.1", done));
  return {
    port: (listener.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => listener.close(() => done()));
    },
  };
}

async function freePort(): Promise<number> {
  await using closed = await listen(createServer());
  return closed.port;
}
