import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { KubernetesClient } from "../../../src-main/core/clusters/kubernetes-client.ts";
import { discoverLoki } from "../../../src-main/core/clusters/loki-discovery.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import type { ClusterInventory } from "../../../src-main/core/health/inventory/cluster-inventory.ts";
import { expectedReplicas } from "../../../src-main/core/health/inventory/expected-replicas.ts";
import { readInventory } from "../../../src-main/core/health/inventory/read-inventory.ts";
import { workloadFacts } from "../../../src-main/core/health/config-audit/workload-facts.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { KubernetesApi, kubernetesRecording, status } from "../../builders/kubernetes-api.ts";
import { TestAuthority, type KeyPair } from "../../builders/test-certificates.ts";

const never = new AbortController().signal;
const LISTS = {
  statefulsets: /^\/apis\/apps\/v1\/namespaces\/loki\/statefulsets\?/,
  deployments: /^\/apis\/apps\/v1\/namespaces\/loki\/deployments\?/,
  budgets: /^\/apis\/policy\/v1\/namespaces\/loki\/poddisruptionbudgets\?/,
  autoscalers: /^\/apis\/autoscaling\/v2\/namespaces\/loki\/horizontalpodautoscalers\?/,
  scaledObjects: /^\/apis\/keda\.sh\/v1alpha1\/namespaces\/loki\/scaledobjects\?/,
};

describe("the inventory of a Loki", () => {
  let folder: TemporaryFolder;
  let authority: TestAuthority;
  let pair: KeyPair;
  let api: KubernetesApi;
  let client: KubernetesClient;
  let stack: AsyncDisposableStack;

  beforeAll(() => {
    folder = new TemporaryFolder();
    authority = new TestAuthority(folder.path);
    pair = authority.server(["IP:127.0.0.1"]);
  });
  afterAll(() => folder[Symbol.dispose]());

  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    api = stack.use(await KubernetesApi.start(pair));
    api
      .lokiNamespace()
      .recorded("list-statefulsets", LISTS.statefulsets)
      .recorded("list-deployments", LISTS.deployments);
    api.recorded("list-pdbs", LISTS.budgets).recorded("list-nodes", /^\/api\/v1\/nodes\?/);
    api.json("GET", LISTS.autoscalers, 200, { items: [] });
    const bench = stack.use(new ClusterBench());
    client = await bench.client(api.kubeconfig(authority.certificate, { token: "t" }));
  });
  afterEach(() => stack.disposeAsync());

  async function inventory(): Promise<ClusterInventory> {
    const scope = { namespace: "loki", signal: never };
    const [pods, services] = await Promise.all([client.listPods(scope), client.listServices(scope)]);
    return readInventory(client, discoverLoki(pods, services, "loki"), systemClock, never);
  }

  function refuse(list: RegExp, resource: string): void {
    const message = `${resource} is forbidden: User "sre" cannot list resource "${resource}"`;
    api.json("GET", list, 403, status(403, "Forbidden", message));
  }

  it("names each pod's workload, its node and zone, and what workloads ask for", async () => {
    const { workloads, pods, gaps } = await inventory();
    expect(gaps).toEqual([]);
    const ingester = workloads?.find(({ component }) => component === "ingester");
    expect(ingester).toMatchObject({
      workload: { kind: "StatefulSet", namespace: "loki", name: "loki-ingester" },
      wanted: 3,
      ready: 3,
      observed: true,
      autoscaler: null,
    });
    const distributors = pods?.filter(({ component }) => component === "distributor") ?? [];
    expect(distributors.length).toBeGreaterThan(1);
    for (const pod of distributors) {
      expect(pod.workload).toEqual({ kind: "Deployment", namespace: "loki", name: "loki-distributor" });
      expect(pod.node).not.toBeNull();
      expect(pod.zone).not.toBeNull();
      expect(pod.ready).toBe(true);
    }
    expect(new Set(workloads?.map(({ workload }) => workload.name))).toContain("loki-compactor");
  });

  it("gives the judge what workloads ask for by component, and restarts by pod", async () => {
    const { wanted, restarts } = expectedReplicas(await inventory());
    expect(wanted.get("ingester")).toBe(3);
    expect([...restarts.keys()]).toContain("loki-ingester-0");
  });

  it("knows a workload without pods by its labels, and one by its autoscaler", async () => {
    const recorded = kubernetesRecording("list-deployments").response.body;
    const text = JSON.stringify(recorded).replaceAll("loki-querier", "loki-ruler-two").replaceAll("querier", "ruler");
    api.json("GET", LISTS.deployments, 200, JSON.parse(text));
    const targetRef = { kind: "StatefulSet", name: "loki-ingester" };
    api.json("GET", LISTS.autoscalers, 200, {
      items: [{ metadata: { name: "keda-hpa-x" }, spec: { scaleTargetRef: targetRef } }],
    });
    api.json("GET", LISTS.scaledObjects, 200, {
      items: [{ metadata: { name: "by-hand" }, spec: { scaleTargetRef: targetRef } }],
    });
    const { workloads } = await inventory();
    expect(workloads?.find(({ workload }) => workload.name === "loki-ruler-two")?.component).toBe("ruler");
    expect(workloads?.find(({ component }) => component === "ingester")?.autoscaler).toBe("by-hand");
  });

  it("tells lists that may not be read apart: the others are there, and nothing is guessed from half of them", async () => {
    refuse(LISTS.deployments, "deployments");
    refuse(LISTS.budgets, "poddisruptionbudgets");
    const { workloads, budgets, pods, gaps } = await inventory();
    expect({ workloads, budgets }).toEqual({ workloads: null, budgets: null });
    expect(pods?.length).toBeGreaterThan(5);
    expect(gaps.map(({ what, error }) => [what, error.code])).toEqual([
      ["workloads", "cluster.forbidden"],
      ["budgets", "cluster.forbidden"],
    ]);
    expect(expectedReplicas({ workloads, budgets, pods, gaps, atMs: 0, namespace: "loki" }).wanted.size).toBe(0);
  });

  it("fails as a whole when nothing may be read, and asks for a Loki that is there", async () => {
    const scope = { namespace: "loki", signal: never };
    const [pods, services] = await Promise.all([client.listPods(scope), client.listServices(scope)]);
    const discovery = discoverLoki(pods, services, "loki");
    refuse(/\/namespaces\/loki\//, "everything");
    await expect(readInventory(client, discovery, systemClock, never)).rejects.toMatchObject({
      code: "cluster.forbidden",
    });
    await expect(readInventory(client, null, systemClock, never)).rejects.toMatchObject({ code: "health.no-targets" });
  });

  it("counts a budget for the pods that it selects, by labels and by expressions", async () => {
    const budget = (name: string, selector: object | null) => ({
      metadata: { name, namespace: "loki" },
      spec: { selector },
      status: { disruptionsAllowed: 1 },
    });
    const key = "app.kubernetes.io/component";
    api.json("GET", LISTS.budgets, 200, {
      items: [
        budget("ingesters", { matchLabels: { [key]: "ingester" } }),
        budget("both", { matchExpressions: [{ key, operator: "In", values: ["querier", "distributor"] }] }),
        budget("nobody", null),
        budget("others", { matchLabels: { app: "nginx" } }),
      ],
    });
    const found = await inventory();
    expect(found.budgets?.map(({ name, pods }) => [name, pods.length])).toEqual([
      ["ingesters", 3],
      ["both", 4],
    ]);
    const facts = workloadFacts(found) ?? [];
    const covered = (component: string) => facts.find((one) => one.component === component)?.hasDisruptionBudget;
    expect([covered("ingester"), covered("querier"), covered("compactor")]).toEqual([true, true, false]);
  });
});
