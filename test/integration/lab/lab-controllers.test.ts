import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import {
  type AskKubernetes,
  conditionOf,
  itemsIn,
  kubernetesClient,
  objectIn,
  type ReadObject,
} from "../../builders/lab-kubernetes-client.ts";
import { ManualClock } from "../../builders/manual-clock.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const MERGE = { "Content-Type": "application/merge-patch+json" };
const STRATEGIC = { "Content-Type": "application/strategic-merge-patch+json" };
const SETS = "/apis/apps/v1/namespaces/loki/statefulsets";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/loki/deployments";
const PODS = "/api/v1/namespaces/loki/pods";
const LEASES = "/apis/coordination.k8s.io/v1/namespaces/loki/leases";
const GATE = "kubemate.dev/flush-healthy";

const labs: Lab[] = [];

afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

async function startLab(): Promise<{ lab: Lab; clock: ManualClock; ask: AskKubernetes }> {
  const clock = new ManualClock(NOW);
  const lab = await createLab({ clock, historyHours: 0 });
  labs.push(lab);
  return { lab, clock, ask: kubernetesClient(lab) };
}

const podsOf = async (ask: AskKubernetes, component: string): Promise<ReadObject[]> =>
  itemsIn(await ask("GET", `${PODS}?labelSelector=app.kubernetes.io/component%3D${component}`));

const isReady = (pod: ReadObject) => conditionOf(pod, "Ready")?.status === "True";

const restartAt = (at: string) => ({
  spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": at } } } },
});

async function ringIds(ask: AskKubernetes): Promise<string[]> {
  const [distributor] = await podsOf(ask, "distributor");
  const path = `${PODS}/${distributor?.metadata.name ?? ""}:3100/proxy/ring`;
  const { text } = await ask("GET", path, undefined, { Accept: "application/json" });
  const { shards } = z
    .object({ shards: z.array(z.object({ id: z.string(), state: z.string() })) })
    .parse(JSON.parse(text));
  return shards.map(({ id, state }) => `${id} ${state}`);
}

describe("a StatefulSet's rolling restart", () => {
  it("goes from the highest ordinal, one pod at a time, each a new pod that leaves the ring and joins it again", async () => {
    const { clock, ask } = await startLab();
    const before = await podsOf(ask, "ingester");
    const patched = objectIn(await ask("PATCH", `${SETS}/loki-ingester`, restartAt("2026-11-22T12:00:00Z"), STRATEGIC));
    expect(patched.metadata.generation).toBe(2);
    expect(patched.status).toMatchObject({ observedGeneration: 1 });
    const replaced: string[] = [];
    let leastReady = 3;
    for (let second = 0; second < 90 && replaced.length < 3; second += 1) {
      await clock.advance(1_000);
      const pods = await podsOf(ask, "ingester");
      leastReady = Math.min(leastReady, pods.filter(isReady).length);
      for (const pod of pods) {
        const was = before.find(({ metadata }) => metadata.name === pod.metadata.name);
        if (was?.metadata.uid !== pod.metadata.uid && isReady(pod) && !replaced.includes(pod.metadata.name)) {
          replaced.push(pod.metadata.name);
        }
      }
    }
    expect(replaced).toEqual(["loki-ingester-2", "loki-ingester-1", "loki-ingester-0"]);
    expect(leastReady).toBe(2);
    await clock.advance(1_000);
    const set = objectIn(await ask("GET", `${SETS}/loki-ingester`));
    expect(set.status).toMatchObject({ observedGeneration: 2, replicas: 3, readyReplicas: 3, updatedReplicas: 3 });
    expect(set.status["currentRevision"]).toBe(set.status["updateRevision"]);
    expect(set.status["currentRevision"]).not.toBe(patched.status["currentRevision"]);
    await clock.advance(5_000);
    expect(await ringIds(ask)).toEqual(["loki-ingester-0 ACTIVE", "loki-ingester-1 ACTIVE", "loki-ingester-2 ACTIVE"]);
  });

  it("shows the ingester leave the ring before its process ends, and the budget used up meanwhile", async () => {
    const { clock, ask } = await startLab();
    const budget = async () =>
      objectIn(await ask("GET", "/apis/policy/v1/namespaces/loki/poddisruptionbudgets/loki-ingester")).status;
    expect(await budget()).toMatchObject({ disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2 });
    await ask("PATCH", `${SETS}/loki-ingester`, restartAt("2026-11-22T12:00:00Z"), STRATEGIC);
    await clock.advance(2_500);
    expect(await ringIds(ask)).toContain("loki-ingester-2 LEAVING");
    expect(await budget()).toMatchObject({ disruptionsAllowed: 0, currentHealthy: 2, expectedPods: 3 });
    const evicted = await ask("POST", `${PODS}/loki-ingester-0/eviction`, {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name: "loki-ingester-0" },
    });
    expect(evicted.status).toBe(429);
    expect(JSON.parse(evicted.text)).toMatchObject({
      reason: "TooManyRequests",
      details: { causes: [{ reason: "DisruptionBudget" }] },
    });
    await clock.advance(2_500);
    expect((await ringIds(ask)).join()).not.toContain("loki-ingester-2");
  });
});

describe("a Deployment's rolling restart", () => {
  it("makes a new ReplicaSet, never has fewer ready than it should, and goes back to the old one when it is undone", async () => {
    const { clock, ask } = await startLab();
    const template = objectIn(await ask("GET", `${DEPLOYMENTS}/loki-querier`)).spec["template"];
    const settled = async (): Promise<string[]> => {
      for (let step = 0; step < 60; step += 1) {
        await clock.advance(250);
        const pods = await podsOf(ask, "querier");
        expect(
          pods.filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined).length,
        ).toBeGreaterThanOrEqual(2);
        const { status, metadata } = objectIn(await ask("GET", `${DEPLOYMENTS}/loki-querier`));
        const done = status["updatedReplicas"] === 2 && status["replicas"] === 2 && pods.length === 2;
        if (done && status["observedGeneration"] === metadata.generation && step > 2) {
          return pods.map((pod) => pod.metadata.labels["pod-template-hash"] ?? "");
        }
      }
      throw new Error("the rollout does not end");
    };
    await ask("PATCH", `${DEPLOYMENTS}/loki-querier`, restartAt("2026-11-22T12:00:00Z"), STRATEGIC);
    const [hash] = await settled();
    expect(hash).not.toBe("6dc79799b7");
    const undo = [{ op: "replace", path: "/spec/template", value: template }];
    await ask("PATCH", `${DEPLOYMENTS}/loki-querier`, undo, { "Content-Type": "application/json-patch+json" });
    expect(await settled()).toEqual(["6dc79799b7", "6dc79799b7"]);
  });
});

describe("scaling", () => {
  it("adds an ingester that joins the ring, and takes it out of everything again", async () => {
    const { lab, clock, ask } = await startLab();
    const scale = (replicas: number) => ask("PATCH", `${SETS}/loki-ingester/scale`, { spec: { replicas } }, MERGE);
    expect((await scale(4)).status).toBe(200);
    await clock.advance(15_000);
    expect((await podsOf(ask, "ingester")).filter(isReady)).toHaveLength(4);
    expect(await ringIds(ask)).toContain("loki-ingester-3 ACTIVE");
    expect(lab.status().ingesters).toContain("loki-ingester-3");
    const metrics = await ask("GET", `${PODS}/loki-ingester-3:3100/proxy/metrics`);
    expect(metrics.text).toContain("loki_ingester_memory_streams{");
    await scale(3);
    await clock.advance(8_000);
    expect(await podsOf(ask, "ingester")).toHaveLength(3);
    expect(await ringIds(ask)).toHaveLength(3);
    expect((await ask("GET", `${PODS}/loki-ingester-3:3100/proxy/metrics`)).status).toBe(404);
    expect((await ask("GET", "/api/v1/namespaces/loki/persistentvolumeclaims/data-loki-ingester-3")).status).toBe(200);
  });

  it("to nought leaves nobody to answer", async () => {
    const { clock, ask } = await startLab();
    const scale = objectIn(await ask("GET", `${SETS}/loki-compactor/scale`));
    expect((await ask("PUT", `${SETS}/loki-compactor/scale`, { ...scale, spec: { replicas: 0 } })).status).toBe(200);
    await clock.advance(2_000);
    expect(await podsOf(ask, "compactor")).toEqual([]);
    const path = "/api/v1/namespaces/loki/services/loki-compactor:http-metrics/proxy/ready";
    expect((await ask("GET", path)).status).toBe(503);
  });

  it("of the scheduler to nought makes the frontend say that it has none, and not ready", async () => {
    const { clock, ask } = await startLab();
    await ask("PATCH", `${DEPLOYMENTS}/loki-query-scheduler`, { spec: { replicas: 0 } }, MERGE);
    await clock.advance(3_000);
    const [frontend] = await podsOf(ask, "query-frontend");
    const ready = await ask("GET", `${PODS}/${frontend?.metadata.name ?? ""}:3100/proxy/ready`);
    expect([ready.status, ready.text]).toEqual([
      503,
      "Query Frontend not ready: not ready: number of schedulers this worker is connected to is 0\n",
    ]);
    expect(frontend === undefined ? null : isReady(frontend)).toBe(false);
    await ask("PATCH", `${DEPLOYMENTS}/loki-query-scheduler`, { spec: { replicas: 1 } }, MERGE);
    await clock.advance(3_000);
    expect((await podsOf(ask, "query-frontend")).filter(isReady)).toHaveLength(1);
  });

  it("is refused in the API server's words for a version that is not the stored one", async () => {
    const { ask } = await startLab();
    const scale = objectIn(await ask("GET", `${SETS}/loki-compactor/scale`));
    await ask("PATCH", `${SETS}/loki-compactor`, { metadata: { annotations: { seen: "1" } } }, MERGE);
    const stale = await ask("PUT", `${SETS}/loki-compactor/scale`, { ...scale, spec: { replicas: 0 } });
    expect(stale.status).toBe(409);
    expect(JSON.parse(stale.text)).toMatchObject({
      reason: "Conflict",
      message:
        'Operation cannot be fulfilled on statefulsets.apps "loki-compactor": the object has been modified; please apply your changes to the latest version and try again',
    });
  });

  it("names no autoscaler, since there is none", async () => {
    const { ask } = await startLab();
    const path = "/apis/autoscaling/v2/namespaces/loki/horizontalpodautoscalers";
    expect(itemsIn(await ask("GET", path))).toEqual([]);
  });
});

describe("readiness gates", () => {
  it("hold a pod back until their condition is True, take it out of its Service, and leave its containers ready", async () => {
    const { clock, ask } = await startLab();
    const gates = { spec: { template: { spec: { readinessGates: [{ conditionType: GATE }] } } } };
    await ask("PATCH", `${SETS}/loki-ruler`, gates, STRATEGIC);
    await clock.advance(5_000);
    const pod = async () => objectIn(await ask("GET", `${PODS}/loki-ruler-0`));
    expect(conditionOf(await pod(), "ContainersReady")?.status).toBe("True");
    expect(conditionOf(await pod(), "Ready")).toMatchObject({
      status: "False",
      reason: "ReadinessGatesNotReady",
      message: `corresponding condition of pod readiness gate "${GATE}" does not exist.`,
    });
    const setGate = async (status: string) => {
      const conditions = [{ type: GATE, status, reason: "Watchdog", lastTransitionTime: "2026-11-22T12:00:10Z" }];
      const answer = await ask("PATCH", `${PODS}/loki-ruler-0/status`, { status: { conditions } }, STRATEGIC);
      expect(answer.status).toBe(200);
      await clock.advance(100);
    };
    const endpoints = async () => {
      const { text } = await ask("GET", "/api/v1/namespaces/loki/endpoints/loki-ruler");
      const schema = z.object({ subsets: z.array(z.object({ addresses: z.array(z.unknown()).default([]) })) });
      return schema.parse(JSON.parse(text)).subsets.flatMap(({ addresses }) => addresses).length;
    };
    expect(await endpoints()).toBe(0);
    await setGate("True");
    expect(isReady(await pod())).toBe(true);
    expect(await endpoints()).toBe(1);
    await setGate("False");
    expect(conditionOf(await pod(), "Ready")?.message).toBe(
      `the status of pod readiness gate "${GATE}" is not "True", but False`,
    );
    expect(await endpoints()).toBe(0);
    expect(conditionOf(await pod(), GATE)).toMatchObject({ status: "False", reason: "Watchdog" });
  });

  it("leave the spec alone when the status is written, and the status when the object is", async () => {
    const { ask } = await startLab();
    const pod = objectIn(await ask("GET", `${PODS}/loki-ruler-0`));
    await ask("PATCH", `${PODS}/loki-ruler-0/status`, { spec: { nodeName: "elsewhere" } }, MERGE);
    await ask("PATCH", `${PODS}/loki-ruler-0`, { status: { phase: "Failed" } }, MERGE);
    const after = objectIn(await ask("GET", `${PODS}/loki-ruler-0`));
    expect([after.spec["nodeName"], after.status["phase"]]).toEqual([pod.spec["nodeName"], "Running"]);
  });
});

describe("a controller that cannot do its work", () => {
  it("says so in an event, goes on with all else, and does it when it can", async () => {
    const { clock, ask } = await startLab();
    const set = (name: string) => ({
      metadata: { name },
      spec: {
        replicas: 1,
        serviceName: name,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image: "x" }] } },
      },
    });
    await ask("POST", PODS, { metadata: { name: "taken-0" }, spec: { containers: [{ name: "other", image: "x" }] } });
    await ask("POST", SETS, set("taken"));
    await ask("POST", SETS, set("free"));
    await clock.advance(4_000);
    const { text } = await ask("GET", "/api/v1/namespaces/loki/events?fieldSelector=reason%3DFailedReconcile");
    expect(text).toContain('pods \\"taken-0\\" already exists');
    expect(objectIn(await ask("GET", `${SETS}/free`)).status["readyReplicas"]).toBe(1);
    await ask("DELETE", `${PODS}/taken-0`);
    await clock.advance(4_000);
    expect(objectIn(await ask("GET", `${SETS}/taken`)).status["readyReplicas"]).toBe(1);
  });
});

describe("a process that ends", () => {
  it("is a restart of its container: not ready while it is gone, counted when it is back", async () => {
    const { lab, clock, ask } = await startLab();
    const status = async () => {
      const pod = objectIn(await ask("GET", `${PODS}/loki-ingester-0`));
      const [container] = z
        .array(z.object({ restartCount: z.number(), ready: z.boolean(), state: z.record(z.string(), z.unknown()) }))
        .parse(pod.status["containerStatuses"]);
      return { ready: isReady(pod), restarts: container?.restartCount, state: Object.keys(container?.state ?? {}) };
    };
    lab.setFault("killed:loki-ingester-0", true);
    await clock.advance(1_000);
    expect(await status()).toEqual({ ready: false, restarts: 0, state: ["waiting"] });
    lab.setFault("killed:loki-ingester-0", false);
    await clock.advance(2_000);
    expect(await status()).toEqual({ ready: false, restarts: 1, state: ["running"] });
    await clock.advance(15_000);
    expect(await status()).toEqual({ ready: true, restarts: 1, state: ["running"] });
    const shutdown = ask("POST", `${PODS}/loki-ingester-0:3100/proxy/ingester/shutdown`);
    await expect.poll(() => clock.waiting).toBeGreaterThan(1);
    await clock.advance(30_000);
    expect((await shutdown).status).toBe(204);
    expect(await status()).toEqual({ ready: true, restarts: 2, state: ["running"] });
  });
});

describe("leases", () => {
  it("are taken by one of two that write the same version", async () => {
    const { ask } = await startLab();
    const spec = { holderIdentity: "a", leaseDurationSeconds: 15, renewTime: "2026-11-22T12:00:00.000000Z" };
    const created = await ask("POST", LEASES, { metadata: { name: "kubemate-watchdog" }, spec });
    expect(created.status).toBe(201);
    const lease = objectIn(created);
    const take = (holderIdentity: string) =>
      ask("PUT", `${LEASES}/kubemate-watchdog`, { ...lease, spec: { ...spec, holderIdentity } });
    expect((await take("b")).status).toBe(200);
    const late = await take("c");
    expect(late.status).toBe(409);
    expect(JSON.parse(late.text)).toMatchObject({ reason: "Conflict", details: { name: "kubemate-watchdog" } });
    expect(objectIn(await ask("GET", `${LEASES}/kubemate-watchdog`)).spec["holderIdentity"]).toBe("b");
    expect((await ask("DELETE", `${LEASES}/kubemate-watchdog`)).status).toBe(200);
  });
});

describe("server-side apply", () => {
  const recorded = (file: string) => {
    const schema = z.object({
      request: z.object({ path: z.string(), headers: z.record(z.string(), z.string()), body: z.string() }),
      response: z.object({ status: z.number(), body: z.looseObject({}) }),
    });
    return schema.parse(
      JSON.parse(readFileSync(new URL(`../../fixtures/kubernetes/${file}.json`, import.meta.url), "utf8")),
    );
  };

  it("creates, refuses what another manager holds in the recorded words, and takes it when it is forced", async () => {
    const { ask } = await startLab();
    const first = recorded("apply-ssa");
    const created = await ask("PATCH", first.request.path, first.request.body, first.request.headers);
    expect(created.status).toBe(first.response.status);
    const { request, response } = recorded("apply-ssa-conflict");
    const refused = await ask("PATCH", request.path, request.body, request.headers);
    expect(refused.status).toBe(response.status);
    expect(JSON.parse(refused.text)).toEqual(response.body);
    const forced = await ask("PATCH", `${request.path}&force=true`, request.body, request.headers);
    expect(forced.status).toBe(200);
    expect(JSON.parse(forced.text)).toMatchObject({ data: { k: "w" } });
  });

  it("takes out what its manager no longer applies, and leaves what others wrote", async () => {
    const { ask } = await startLab();
    const path = "/api/v1/namespaces/loki/configmaps/extra?fieldManager=me";
    const apply = (data: Record<string, string>) =>
      ask("PATCH", path, JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "extra" }, data }), {
        "Content-Type": "application/apply-patch+yaml",
      });
    await apply({ a: "1", b: "2" });
    await ask("PATCH", "/api/v1/namespaces/loki/configmaps/extra", { data: { c: "3" } }, MERGE);
    const after = await apply({ a: "1" });
    expect(JSON.parse(after.text)).toMatchObject({ data: { a: "1", c: "3" } });
    expect(JSON.parse(after.text).data).not.toHaveProperty("b");
  });
});
