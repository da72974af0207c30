import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { KubernetesClient } from "../../../src-main/core/clusters/kubernetes-client.ts";
import { FLUSH_HEALTHY_CONDITION } from "../../../src-shared/model/health/watchdog.ts";
import { WatchdogMetrics } from "../../../src-main/core/health/watchdog/watchdog-metrics.ts";
import { WatchdogTerm, type ConditionEvent } from "../../../src-main/core/health/watchdog/watchdog-term.ts";
import type { RoundReport } from "../../../src-main/core/health/scraping/scraper.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { KubernetesApi, sendJson, status } from "../../builders/kubernetes-api.ts";
import { watchdogCluster } from "../../builders/lab-watchdog.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { TestAuthority, type KeyPair } from "../../builders/test-certificates.ts";

const never = new AbortController().signal;
const PODS = /^\/api\/v1\/namespaces\/loki\/pods\?/;
const BUDGETS = /^\/apis\/policy\/v1\/namespaces\/loki\/poddisruptionbudgets\?/;
const SETS = /^\/apis\/apps\/v1\/namespaces\/loki\/statefulsets\?/;

let folder: TemporaryFolder;
let authority: TestAuthority;
let pair: KeyPair;
let api: KubernetesApi;
let bench: ClusterBench;
let client: KubernetesClient;

beforeAll(() => {
  folder = new TemporaryFolder();
  authority = new TestAuthority(folder.path);
  pair = authority.server(["IP:127.0.0.1"]);
});
afterAll(() => folder[Symbol.dispose]());
beforeEach(async () => {
  api = await KubernetesApi.start(pair);
  bench = new ClusterBench();
  client = await bench.client(api.kubeconfig(authority.certificate, { token: "t" }));
  api.json("GET", PODS, 200, { items: [0, 1, 2].map((index) => pod(`ingester-${index}`)) });
  api.json("GET", BUDGETS, 200, { items: [] });
  api.json("GET", SETS, 200, { items: [statefulSet()] });
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

function pod(name: string, conditions: readonly object[] = [], component = "ingester"): object {
  return {
    metadata: {
      name,
      namespace: "loki",
      uid: `uid-${name}`,
      labels: { "app.kubernetes.io/name": "loki", "app.kubernetes.io/component": component, tier: "write" },
    },
    spec: {
      containers: [{ name: "ingester", image: "grafana/loki:3" }],
      readinessGates: [{ conditionType: "mesh.example/ready" }, { conditionType: FLUSH_HEALTHY_CONDITION }],
    },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }, ...conditions] },
  };
}

function statefulSet(more: { generation?: number; status?: object; spec?: object } = {}): object {
  return {
    metadata: { name: "ingester", generation: more.generation ?? 3 },
    spec: { replicas: 3, selector: { matchLabels: { "app.kubernetes.io/component": "ingester" } }, ...more.spec },
    status: { observedGeneration: 3, currentRevision: "a", updateRevision: "a", ...more.status },
  };
}

function budget(selector: object, state: object): object {
  return { metadata: { name: "pdb", generation: 2 }, spec: { selector }, status: state };
}

const snapshot = () => watchdogCluster(client).snapshot(never);

describe("what the watchdog reads of the cluster", () => {
  it("is the ingesters' gates and conditions; of other components nothing", async () => {
    const condition = {
      type: FLUSH_HEALTHY_CONDITION,
      status: "False",
      reason: "GrayFailure",
      message: "m",
      lastProbeTime: "2026-11-22T12:00:03Z",
      lastTransitionTime: null,
    };
    const odd = { type: FLUSH_HEALTHY_CONDITION, status: "Perhaps" };
    api.json("GET", PODS, 200, {
      items: [
        pod("ingester-0", [condition]),
        pod("ingester-1", [odd]),
        pod("querier-0", [], "querier"),
        { metadata: {} },
      ],
    });
    const { ingesters } = await snapshot();
    expect(ingesters.map(({ pod: { name }, gated, condition: found }) => [name, gated, found])).toEqual([
      [
        "ingester-0",
        true,
        {
          status: "False",
          reason: "GrayFailure",
          message: "m",
          changedAtMs: null,
          probedAtMs: Date.UTC(2026, 10, 22, 12, 0, 3),
        },
      ],
      ["ingester-1", true, expect.objectContaining({ status: "Unknown" })],
    ]);
  });

  it("is not known where it may not be read, which is told from there being nothing", async () => {
    api.json("GET", BUDGETS, 403, status(403, "Forbidden", "no"));
    api.on("GET", SETS, (_request, response) => void response.end("<html>"));
    expect(await snapshot()).toMatchObject({ budgets: null, rollout: null });
    api.json("GET", PODS, 403, status(403, "Forbidden", "no"));
    await expect(snapshot()).rejects.toMatchObject({ code: "cluster.forbidden" });
  });

  it("is which budgets select which pods, and whether their figures are of now", async () => {
    const expression = (operator: string, values?: readonly string[]) => ({
      matchExpressions: [{ key: "tier", operator, ...(values === undefined ? {} : { values }) }],
    });
    const fresh = { observedGeneration: 2, disruptionsAllowed: 1 };
    api.json("GET", BUDGETS, 200, {
      items: [
        budget({ matchLabels: { "app.kubernetes.io/component": "ingester" } }, fresh),
        budget({ matchLabels: { "app.kubernetes.io/component": "querier" } }, fresh),
        budget({}, { observedGeneration: 1, disruptionsAllowed: 5 }),
        budget(expression("In", ["write"]), fresh),
        budget(expression("NotIn", ["write"]), fresh),
        budget(expression("Exists"), fresh),
        budget(expression("DoesNotExist"), fresh),
        budget(expression("Resembles"), fresh),
      ],
    });
    const { budgets } = await snapshot();
    expect(budgets?.map(({ pods, disruptionsAllowed }) => [pods.size, disruptionsAllowed])).toEqual([
      [3, 1],
      [0, 1],
      [3, null],
      [3, 1],
      [0, 1],
      [3, 1],
      [0, 1],
      [0, 1],
    ]);
  });

  it.each([
    ["none", {}, { running: false, missingPods: 0 }],
    ["one under way", { status: { updateRevision: "b" } }, { running: true, missingPods: 0 }],
    ["one that the controller has not seen", { generation: 4 }, { running: true, missingPods: 0 }],
    [
      "one by hand, which may never end",
      { status: { updateRevision: "b" }, spec: { updateStrategy: { type: "OnDelete" } } },
      { running: false, missingPods: 0 },
    ],
    ["pods that are not there", { spec: { replicas: 5 } }, { running: false, missingPods: 2 }],
  ])("is the rollout of ingesters: %s", async (_what, more, rollout) => {
    api.json("GET", SETS, 200, { items: [statefulSet(more)] });
    expect((await snapshot()).rollout).toEqual(rollout);
  });

  it("comes in pages where there are many pods", async () => {
    api.on("GET", PODS, ({ path }, response) => {
      const second = path.includes("continue=next");
      const items = [pod(second ? "ingester-1" : "ingester-0")];
      sendJson(response, 200, { metadata: { continue: second ? "" : "next" }, items });
    });
    expect((await snapshot()).ingesters).toHaveLength(2);
  });
});

/** A term over rounds in which nothing is known of anybody: what it does is what the pods' conditions ask for. */
async function oneRound(mayAct = true): Promise<{ events: ConditionEvent[]; logger: RecordingLogger; text: string }> {
  const clock = new ManualClock();
  const events: ConditionEvent[] = [];
  const logger = new RecordingLogger();
  const metrics = new WatchdogMetrics();
  metrics.leads(true);
  const report: RoundReport = {
    round: { atMs: clock.nowMs(), scrapes: [], ring: null },
    targets: [],
    ringFrom: null,
    ringError: null,
    listError: null,
    tookMs: 20,
  };
  const term = new WatchdogTerm({
    cluster: watchdogCluster(client),
    rounds: {
      round: () => Promise.resolve(report),
      async *rounds() {
        yield await Promise.resolve(report);
      },
    },
    clock,
    logger,
    metrics,
    dryRun: false,
    mayAct: () => mayAct,
    onChange: (event) => void events.push(event),
  });
  await term.run(never);
  return { events, logger, text: metrics.text(true) };
}

describe("what the watchdog writes", () => {
  const PATCH = /^\/api\/v1\/namespaces\/loki\/pods\/ingester-\d\/status$/;

  it("is one condition of the pod that it saw, as a strategic merge patch of its status", async () => {
    api.json("PATCH", PATCH, 200, {});
    const { events, text } = await oneRound();
    const [first, ...more] = api.requests.filter(({ method }) => method === "PATCH");
    expect(more).toHaveLength(2);
    expect(first?.path).toBe("/api/v1/namespaces/loki/pods/ingester-0/status");
    expect(first?.headers["content-type"]).toBe("application/strategic-merge-patch+json");
    expect(JSON.parse(first?.body ?? "")).toEqual({
      metadata: { uid: "uid-ingester-0" },
      status: {
        conditions: [
          {
            type: FLUSH_HEALTHY_CONDITION,
            status: "True",
            reason: "FirstSeen",
            message: "No verdict speaks against it.",
            lastProbeTime: "2026-11-20T10:00:00Z",
            lastTransitionTime: "2026-11-20T10:00:00Z",
          },
        ],
      },
    });
    expect(events.map(({ pod: name }) => name)).toEqual(["ingester-0", "ingester-1", "ingester-2"]);
    expect(text).toContain('kubemate_watchdog_condition_changes_total{status="True"} 3\n');
    expect(text).toContain("kubemate_watchdog_last_round_timestamp_seconds 1795168800\n");
    expect(new Set(api.requests.map(({ method }) => method))).toEqual(new Set(["GET", "PATCH"]));
  });

  it("that is refused is counted and told, and does not keep the others from theirs", async () => {
    api.json("PATCH", PATCH, 200, {});
    api.json("PATCH", /ingester-0\/status$/, 409, status(409, "Conflict", "uid does not match"));
    api.json("PATCH", /ingester-1\/status$/, 403, status(403, "Forbidden", "no"));
    const { events, logger, text } = await oneRound();
    expect(events.map(({ pod: name }) => name)).toEqual(["ingester-2"]);
    expect(text).toContain("kubemate_watchdog_patch_failures_total 2\n");
    const codes = logger.lines.filter(({ level }) => level === "warn").map(({ fields }) => fields["code"]);
    expect(codes).toEqual(["cluster.conflict", "cluster.forbidden"]);
  });

  it("is nothing while it does not lead, and nothing of a cluster that cannot be read", async () => {
    api.json("PATCH", PATCH, 200, {});
    expect((await oneRound(false)).events).toEqual([]);
    api.json("GET", PODS, 500, status(500, "InternalError", "etcd"));
    const { events, text } = await oneRound();
    expect(events).toEqual([]);
    expect(text).toContain("kubemate_watchdog_failed_rounds_total 1\n");
    expect(text).toContain("kubemate_watchdog_rounds_total 0\n");
    expect(api.requests.some(({ method }) => method === "PATCH")).toBe(false);
  });
});
