import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { KubernetesClient } from "../../../src-main/core/clusters/kubernetes-client.ts";
import type { Lab } from "../../../src-main/lab/lab.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { quietLab } from "../../builders/lab-loki.ts";
import { clusterCalls, DrilledWatchdog, watchdogCluster } from "../../builders/lab-watchdog.ts";
import type { ManualClock } from "../../builders/manual-clock.ts";

const never = new AbortController().signal;
const GATE = "kubemate.dev/flush-healthy";
const SET = "/apis/apps/v1/namespaces/loki/statefulsets/loki-ingester";
const INGESTERS = ["loki-ingester-0", "loki-ingester-1", "loki-ingester-2"];
const run = promisify(execFile);

let lab: Lab;
let clock: ManualClock;
let bench: ClusterBench;
let client: KubernetesClient;
let kubeconfig: string;

beforeEach(async () => {
  ({ lab, clock } = await quietLab(Date.UTC(2026, 10, 22, 12)));
  bench = new ClusterBench();
  client = await bench.client(lab.kubeconfig);
  kubeconfig = bench.folder.write("config", lab.kubeconfig);
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  await lab.close();
});

/** Adds the gate, as the manifests' command does; the pods are made anew one by one. */
async function addGate(): Promise<void> {
  await clusterCalls(client).call(
    {
      method: "PATCH",
      path: SET,
      body: { spec: { template: { spec: { readinessGates: [{ conditionType: GATE }] } } } },
      contentType: "application/strategic-merge-patch+json",
      subject: { verb: "patch", resource: "statefulsets", namespace: "loki", name: "loki-ingester" },
      signal: never,
    },
    z.unknown(),
  );
}

async function pods(): Promise<Record<string, { gated: boolean; ready: boolean; status: string | null }>> {
  const { ingesters } = await watchdogCluster(client).snapshot(never);
  return Object.fromEntries(
    ingesters.map(({ pod, gated, condition }) => [
      pod.name,
      { gated, ready: pod.ready, status: condition?.status ?? null },
    ]),
  );
}

async function statuses(): Promise<(string | null)[]> {
  const all = await pods();
  return INGESTERS.map((name) => all[name]?.status ?? null);
}

async function allAre(status: "True", ready = true): Promise<boolean> {
  const all = Object.values(await pods());
  return all.length === 3 && all.every((one) => one.gated && one.status === status && one.ready === ready);
}

/** Every ingester gated, ready and old enough to be compared with. */
async function gatedCluster(watchdog: DrilledWatchdog): Promise<void> {
  await addGate();
  await watchdog.until("all ingesters are gated and ready", () => allAre("True"), 300);
  await watchdog.rounds(50);
  expect(await allAre("True")).toBe(true);
}

describe("a watchdog in the lab's cluster", { timeout: 90_000 }, () => {
  it("lets a rollout of the gate through, which stops at its first pod without a watchdog", async () => {
    await addGate();
    for (let second = 0; second < 120; second += 5) await clock.advance(5_000);
    const stopped = Object.values(await pods());
    expect(stopped.filter(({ gated }) => gated)).toEqual([{ gated: true, ready: false, status: null }]);
    await using watchdog = new DrilledWatchdog(client, clock);
    await watchdog.until("all ingesters are gated and ready", () => allAre("True"), 300);
    expect(new Set(watchdog.events.map(({ pod }) => pod))).toEqual(new Set(INGESTERS));
    expect(watchdog.events.every(({ status, reason }) => status === "True" && reason === "FirstSeen")).toBe(true);
  });

  it.each([5, 15])(
    "takes the ingester that flushes slowly out within a minute, and puts it back when it is well: rounds of %i s",
    async (seconds) => {
      await using watchdog = new DrilledWatchdog(client, clock, false, seconds);
      await gatedCluster(watchdog);
      lab.setFault("slow-flush:loki-ingester-1", true);
      const outAfter = await watchdog.until("out", async () => (await statuses())[1] === "False", 120);
      expect(outAfter).toBeLessThanOrEqual(60);
      expect(watchdog.events.at(-1)).toMatchObject({ pod: "loki-ingester-1", status: "False", reason: "GrayFailure" });
      expect(watchdog.events.at(-1)?.message).toMatch(/^Gray against 2 mates: (put-slow|flush-backlog)/);
      await watchdog.rounds(1);
      expect((await pods())["loki-ingester-1"]).toMatchObject({ ready: false, status: "False" });
      const { stdout } = await run("kubectl", ["get", "pods", "--kubeconfig", kubeconfig, "--namespace", "loki"]);
      expect(stdout).toMatch(/^loki-ingester-1 +1\/1 +Running/m);
      const jsonpath = "jsonpath={.status.conditions[?(@.type=='Ready')].status}";
      const wide = await run(
        "kubectl",
        `get pod loki-ingester-1 --kubeconfig ${kubeconfig} --namespace loki --output`.split(" ").concat(jsonpath),
      );
      expect(wide.stdout).toBe("False");
      const ready = await readyEndpoints();
      expect(ready).toContain("loki-ingester-0");
      expect(ready).not.toContain("loki-ingester-1");
      expect(watchdog.metrics.text(true)).toContain("kubemate_watchdog_ingesters_out 1\n");
      lab.setFault("slow-flush:loki-ingester-1", false);
      const backAfter = await watchdog.until("back", async () => (await statuses())[1] === "True", 240);
      expect(backAfter).toBeLessThanOrEqual(180);
      expect(watchdog.events.at(-1)).toMatchObject({ pod: "loki-ingester-1", status: "True", reason: "Recovered" });
      await watchdog.rounds(1);
      expect(await readyEndpoints()).toContain("loki-ingester-1");
    },
  );

  it("takes one of two that are gray", async () => {
    await using watchdog = new DrilledWatchdog(client, clock);
    await gatedCluster(watchdog);
    lab.setFault("slow-flush:loki-ingester-1", true);
    lab.setFault("network-jitter:loki-ingester-2", true);
    await watchdog.until("one is out", async () => (await statuses()).includes("False"), 120);
    for (let round = 0; round < 10; round++) {
      await watchdog.rounds(1);
      expect((await statuses()).filter((status) => status === "False").length).toBeLessThanOrEqual(1);
    }
    expect(watchdog.metrics.text(true)).toMatch(/kubemate_watchdog_verdicts\{component="ingester",verdict="gray"\} 2/);
    expect(watchdog.logger.lines).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ why: "another-out" }) }),
    );
  });

  it.each(["object-store-down", "tenant-storm", "killed:loki-ingester-0"] as const)(
    "takes nobody out for %s",
    async (fault) => {
      await using watchdog = new DrilledWatchdog(client, clock);
      await gatedCluster(watchdog);
      const tenant = lab.status().tenants[0] ?? "";
      lab.setFault(fault === "tenant-storm" ? `tenant-storm:${tenant}` : fault, true);
      await watchdog.rounds(12);
      expect(watchdog.events.filter(({ status }) => status === "False")).toEqual([]);
    },
  );

  it("changes nothing in a dry run, and says what it would", async () => {
    {
      await using first = new DrilledWatchdog(client, clock);
      await gatedCluster(first);
    }
    await using watchdog = new DrilledWatchdog(client, clock, true);
    lab.setFault("slow-flush:loki-ingester-1", true);
    await watchdog.until("it would take it out", () => watchdog.events.some(({ status }) => status === "False"), 180);
    await watchdog.rounds(4);
    expect(watchdog.events).toMatchObject([{ pod: "loki-ingester-1", status: "False", dryRun: true }]);
    expect(await statuses()).toEqual(["True", "True", "True"]);
  });

  it("does nothing from the moment that it may not, and leaves the conditions as they are when it ends", async () => {
    {
      await using watchdog = new DrilledWatchdog(client, clock);
      await gatedCluster(watchdog);
      watchdog.mayAct = false;
      lab.setFault("slow-flush:loki-ingester-1", true);
      await watchdog.rounds(8);
      expect(await statuses()).toEqual(["True", "True", "True"]);
      watchdog.mayAct = true;
      await watchdog.until("out", async () => (await statuses())[1] === "False", 60);
    }
    expect(await statuses()).toEqual(["True", "False", "True"]);
    await using next = new DrilledWatchdog(client, clock);
    await next.rounds(12);
    // The one that took over saw by itself that it still is gray.
    expect(await statuses()).toEqual(["True", "False", "True"]);
    expect(next.events).toEqual([]);
  });
});

async function readyEndpoints(): Promise<string[]> {
  const items = await clusterCalls(client).list("/apis/discovery.k8s.io/v1", "endpointslices", "loki", never);
  const slices = z
    .array(
      z.object({
        metadata: z.object({ name: z.string() }),
        endpoints: z.array(
          z.object({ conditions: z.object({ ready: z.boolean() }), targetRef: z.object({ name: z.string() }) }),
        ),
      }),
    )
    .parse(items);
  const own = slices.filter(({ metadata }) => /^loki-ingester-(?!headless)/.test(metadata.name));
  return own.flatMap(({ endpoints }) =>
    endpoints.filter(({ conditions }) => conditions.ready).map(({ targetRef }) => targetRef.name),
  );
}
