import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { KubernetesClient } from "../../../src-main/core/clusters/kubernetes-client.ts";
import { findPrometheus } from "../../../src-main/core/health/prometheus/find-prometheus.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { KubernetesApi, sendJson, status } from "../../builders/kubernetes-api.ts";
import { TestAuthority } from "../../builders/test-certificates.ts";

const never = new AbortController().signal;
type Labels = Readonly<Record<string, string>>;

function service(
  name: string,
  namespace: string,
  labels: Labels,
  port = { name: "web", port: 9090 },
  headless = false,
) {
  return {
    metadata: { name, namespace, labels },
    spec: { selector: labels, clusterIP: headless ? "None" : "10.0.0.1", ports: [port] },
  };
}

const services = [
  service("prometheus-operated", "monitoring", { "operated-prometheus": "true" }, undefined, true),
  service("kube-prometheus-stack-prometheus", "monitoring", {
    app: "prometheus",
    "app.kubernetes.io/name": "prometheus",
  }),
  service(
    "prometheus-server",
    "observe",
    { "app.kubernetes.io/name": "prometheus", "app.kubernetes.io/component": "server" },
    { name: "http", port: 80 },
  ),
  service("prometheus-alertmanager", "observe", { app: "prometheus", component: "alertmanager" }),
  service(
    "prometheus-node-exporter",
    "observe",
    { "app.kubernetes.io/name": "prometheus" },
    { name: "metrics", port: 9100 },
  ),
  service("thanos-query", "observe", { "app.kubernetes.io/name": "thanos" }),
];

describe("a Prometheus in a cluster", () => {
  let folder: TemporaryFolder;
  let authority: TestAuthority;
  let api: KubernetesApi;
  let client: KubernetesClient;
  const stack: AsyncDisposable[] = [];

  beforeAll(() => {
    folder = new TemporaryFolder();
    authority = new TestAuthority(folder.path);
  });
  afterAll(() => folder[Symbol.dispose]());
  beforeEach(async () => {
    api = await KubernetesApi.start(authority.server(["IP:127.0.0.1"]));
    const bench = new ClusterBench();
    stack.push(api, bench);
    client = await bench.client(api.kubeconfig(authority.certificate, { token: "t" }));
    api.on("GET", /\/services\?/, ({ path }, response) => {
      const url = new URL(path, "http://api");
      const [, namespace] = /namespaces\/([^/]+)\//.exec(url.pathname) ?? [];
      const [label = "", value = ""] = (url.searchParams.get("labelSelector") ?? "").split("=");
      const items = services.filter(
        ({ metadata }) =>
          metadata.labels[label] === value && (namespace === undefined || metadata.namespace === namespace),
      );
      sendJson(response, 200, { items });
    });
  });
  afterEach(async () => {
    for (const item of stack.splice(0).toReversed()) await item[Symbol.asyncDispose]();
  });

  it("is suggested by its labels, one with an address before a headless one, and none of its helpers", async () => {
    expect(await findPrometheus(client, "loki", never)).toEqual([
      "monitoring/kube-prometheus-stack-prometheus:9090",
      "observe/prometheus-server:80",
      "monitoring/prometheus-operated:9090",
    ]);
  });

  it("is looked for in one namespace where the whole cluster may not be listed, and nowhere where neither may", async () => {
    const forbidden = status(403, "Forbidden", "services is forbidden");
    api.json("GET", /^\/api\/v1\/services\?/, 403, forbidden);
    expect(await findPrometheus(client, "observe", never)).toEqual(["observe/prometheus-server:80"]);
    await expect(findPrometheus(client, null, never)).rejects.toMatchObject({ code: "cluster.forbidden" });
    api.json("GET", /\/services\?/, 403, forbidden);
    await expect(findPrometheus(client, "observe", never)).rejects.toMatchObject({ code: "cluster.forbidden" });
  });
});
