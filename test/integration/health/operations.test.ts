import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deleteRequestActions } from "../../../src-main/core/health/operations/adapters/delete-requests.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Operation } from "../../../src-shared/model/health/operation.ts";
import { planIdSchema } from "../../../src-shared/model/ids.ts";
import type { Job } from "../../../src-shared/model/job.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import { askLoki } from "../../builders/lab-loki.ts";
import { ADMIN, OPERATOR, OperationsBench } from "../../builders/operations-bench.ts";

const never = new AbortController().signal;
let bench: OperationsBench;

beforeEach(async () => {
  bench = await OperationsBench.open();
});
afterEach(() => bench[Symbol.asyncDispose]());

async function plan(operation: Operation) {
  return bench.drive(bench.service.plan(bench.site.id, operation, OPERATOR, never));
}

async function apply(operation: Operation, reason: string | null = null): Promise<Job> {
  const made = await plan(operation);
  const caller = reason === null ? OPERATOR : ADMIN;
  const job = await bench.drive(bench.service.apply(made.id, reason, caller, never));
  return bench.finished(job);
}

function requests(): readonly string[] {
  return bench.sent.map(({ method, path, instance }) => `${method} ${path} ${instance}`);
}

describe("operations on the lab's cluster", () => {
  it("a flush of the ingester that flushes slowly is planned as safe, drains its queue and is verified", async () => {
    bench.lab.setFault("slow-flush:ingester-1", true);
    await bench.labClock.advance(200_000);
    const made = await plan({ kind: "flush-ingester", instance: "loki-ingester-1" });
    expect(made.safe).toMatchObject({ answer: "yes" });
    const job = await apply({ kind: "flush-ingester", instance: "loki-ingester-1" });
    const report = bench.report(job.id);
    expect(report.error).toBeUndefined();
    expect(job.state).toBe("succeeded");
    expect(report.verified).toBe(true);
    expect(report.steps.map(({ state }) => state)).toEqual(["done", "done", "done", "done", "done"]);
    expect(report.steps[4]?.detail?.params["flushed"]).toBeGreaterThan(300);
    expect(requests()).toEqual(["POST /flush loki-ingester-1"]);
  });

  it("a tenant is flushed by flushing whoever holds its streams, one after the other, and says so", async () => {
    const job = await apply({ kind: "flush-tenant", tenant: tenantIdSchema.parse("cards") });
    const report = bench.report(job.id);
    expect(report.verified).toBe(true);
    expect(requests()).toEqual([0, 1, 2].map((each) => `POST /flush loki-ingester-${each}`));
    expect(report.plan.safe.reasons.map(({ kind }) => kind)).toContain("all-tenants");
    expect(report.plan.effects[0]).toEqual({ key: "flush-all-tenants", params: { count: 3 } });
  });

  it("a killed member is forgotten and stays away; a living one is not asked for", async () => {
    const alive = await plan({ kind: "forget-member", ring: "ingester", member: "loki-ingester-1" });
    expect(alive.safe).toMatchObject({ answer: "no", reasons: [{ kind: "member-alive", weight: "stops" }] });
    await expect(bench.service.apply(alive.id, null, OPERATOR, never)).rejects.toMatchObject({
      code: "operation.unsafe",
      params: { reasons: "member-alive" },
    });
    bench.lab.setFault("killed:ingester-1", true);
    await bench.labClock.advance(70_000);
    bench.changeBoard = (board) => ({
      ...board,
      instances: board.instances.map((each) =>
        each.instance === "loki-ingester-1" ? { ...each, verdict: "down", outcome: "unreachable" } : each,
      ),
    });
    const job = await apply({ kind: "forget-member", ring: "ingester", member: "loki-ingester-1" });
    const report = bench.report(job.id);
    expect([job.state, report.verified]).toEqual(["succeeded", true]);
    expect(bench.sent).toMatchObject([{ method: "POST", path: "/ring", form: { forget: "loki-ingester-1" } }]);
    expect(report.steps[2]?.detail).toEqual({ key: "absent-reads", params: { reads: 3, of: 3 } });
  });

  it("a living member that is forgotten for a reason comes back, and that is told", async () => {
    const job = await apply({ kind: "forget-member", ring: "ingester", member: "loki-ingester-1" }, "to see it return");
    expect(job).toMatchObject({ state: "failed", error: { code: "operation.not-verified" } });
    const report = bench.report(job.id);
    expect(report).toMatchObject({ verified: false, reason: "to see it return" });
    expect(report.error?.params["what"]).toContain("it came back");
  });

  it("a preparation for shutdown is set, seen, and taken back; a second one would change nothing", async () => {
    const instance = "loki-ingester-0";
    const set = await apply({ kind: "prepare-shutdown", instance, prepared: true });
    expect(bench.report(set.id).steps[2]?.detail).toEqual({ key: "prepared-state", params: { state: "set" } });
    await bench.labClock.advance(2_000);
    const again = await plan({ kind: "prepare-shutdown", instance, prepared: true });
    expect(again.safe.reasons.map(({ kind }) => kind)).toContain("already-so");
    const unset = await apply({ kind: "prepare-shutdown", instance, prepared: false });
    expect(bench.report(unset.id).verified).toBe(true);
    expect(requests()).toEqual([
      `POST /ingester/prepare_shutdown ${instance}`,
      `DELETE /ingester/prepare_shutdown ${instance}`,
    ]);
  });

  it("an ingester that is shut down leaves the ring and is back as a new process", async () => {
    const instance = "loki-ingester-2";
    const job = await apply({ kind: "shutdown-ingester", instance, deleteRingTokens: false });
    const report = bench.report(job.id);
    expect(report.error).toBeUndefined();
    expect([job.state, report.verified]).toEqual(["succeeded", true]);
    expect(bench.sent).toMatchObject([
      {
        method: "POST",
        path: "/ingester/shutdown",
        query: { flush: "true", delete_ring_tokens: "false", terminate: "true" },
      },
    ]);
    expect(report.plan.steps.map(({ key }) => key)).toEqual([
      "check-target",
      "read-process",
      "send-shutdown",
      "wait-left",
      "wait-back",
      "verify-back",
    ]);
  });

  it("a log level is raised, and set back after its minutes", async () => {
    const instance = "loki-distributor-0";
    const names = (await bench.drive(bench.site.targets.targets(never))).map((target) => target.instance);
    const distributor = names.find((name) => name.includes("distributor")) ?? instance;
    const begun = bench.clock.nowMs();
    const job = await apply({ kind: "log-level", instance: distributor, level: "debug", minutes: 3 });
    expect(bench.report(job.id).verified).toBe(true);
    expect(bench.sent.map(({ form }) => form)).toEqual([{ log_level: "debug" }, { log_level: "info" }]);
    expect(bench.clock.nowMs() - begun).toBeGreaterThanOrEqual(180_000);
  });

  it("a log level is set back at once when the operation is cancelled", async () => {
    const made = await plan({ kind: "log-level", instance: "loki-ingester-0", level: "debug", minutes: 60 });
    const job = await bench.drive(bench.service.apply(made.id, null, OPERATOR, never));
    await bench.until(() => bench.report(job).steps[4]?.state === "running");
    const cancelled = await bench.drive(bench.engine.cancel(job));
    expect(cancelled.state).toBe("cancelled");
    const report = bench.report(job);
    expect(report.verified).toBe(false);
    expect(report.steps.map(({ state }) => state)).toEqual(["done", "done", "done", "done", "skipped", "done", "done"]);
    expect(bench.sent.at(-1)?.form).toEqual({ log_level: "info" });
  });

  it("a rolling restart makes every pod anew and is verified against the board", async () => {
    const workload = { kind: "StatefulSet", namespace: "loki", name: "loki-ingester" } as const;
    const made = await plan({ kind: "rolling-restart", workload });
    expect(made.diff).toContain("kubectl.kubernetes.io/restartedAt");
    expect(made.safe).toMatchObject({ answer: "yes" });
    const job = await apply({ kind: "rolling-restart", workload });
    const report = bench.report(job.id);
    expect(report.error).toBeUndefined();
    expect(report.verified).toBe(true);
    expect(report.steps[3]?.detail).toEqual({ key: "pods-healthy", params: { healthy: 3, wanted: 3 } });
  });

  it("ingesters are not scaled below the replication factor; queriers are scaled, and that is seen", async () => {
    const ingesters = { kind: "StatefulSet", namespace: "loki", name: "loki-ingester" } as const;
    const down = await plan({ kind: "scale", workload: ingesters, replicas: 2 });
    expect(down.safe.answer).toBe("no");
    expect(down.safe.reasons.map(({ kind }) => kind)).toContain("below-replication");
    expect(down.steps.filter(({ kind }) => kind === "act").map(({ key }) => key)).toEqual([
      "send-prepare",
      "patch-scale",
      "take-back-prepare",
    ]);
    const queriers = { kind: "Deployment", namespace: "loki", name: "loki-querier" } as const;
    const { cluster } = bench.site;
    const before = await bench.drive(cluster?.workloads.look(queriers, never) ?? Promise.reject(new Error("none")));
    const job = await apply({ kind: "scale", workload: queriers, replicas: before.replicas + 1 });
    expect(bench.report(job.id).error).toBeUndefined();
    expect(bench.report(job.id).verified).toBe(true);
  });
});

describe("cancelling a delete request", () => {
  const tenant = tenantIdSchema.parse("cards");

  async function addRequest(query: string): Promise<string> {
    const nowSeconds = Math.floor(bench.clock.nowMs() / 1_000);
    const range = { start: String(nowSeconds - 7_200), end: String(nowSeconds - 3_600) };
    const answer = await askLoki(bench.lab, `/loki/api/v1/delete?${new URLSearchParams({ query, ...range })}`, {
      tenant,
      method: "POST",
    });
    return answer.headers.get("x-delete-request-id") ?? "";
  }

  const listed = async () =>
    (await bench.service.deleteRequests(bench.site.id, tenant, never)).map(({ request }) => request).toSorted();

  it("shows lines that it would remove, and cancels this one and no other", async () => {
    const [one, other] = [await addRequest('{app="a"}'), await addRequest('{app="b"}')];
    expect(await listed()).toEqual([one, other].toSorted());
    const made = await plan({ kind: "cancel-delete", tenant, request: one });
    expect(made.preview).toEqual([{ timestampNs: "1", line: 'a line of {app="a"}' }]);
    expect(made.steps[1]?.request).toBe(`DELETE /loki/api/v1/delete?request_id=${one} (X-Scope-OrgID: cards)`);
    const job = await apply({ kind: "cancel-delete", tenant, request: one });
    expect(bench.report(job.id)).toMatchObject({ verified: true, plan: { preview: [] } });
    expect(await listed()).toEqual([other]);
  });

  it("can be done though its lines cannot be read, and says that they could not", async () => {
    const request = await addRequest('{app="a"}');
    bench.previewLines = () => Promise.reject(new AppError("loki.timed-out", { seconds: 30 }));
    const made = await plan({ kind: "cancel-delete", tenant, request });
    expect(made.safe.answer).toBe("yes");
    expect(made.effects.at(-1)).toEqual({ key: "preview-unread", params: { problem: "loki.timed-out" } });
  });

  it("is stale when the request was processed since, and no plan for what is not there", async () => {
    const request = await addRequest('{app="a"}');
    const made = await plan({ kind: "cancel-delete", tenant, request });
    await bench.drive(deleteRequestActions(bench.site.transport).cancel(tenant, request, never));
    const refused = bench.drive(bench.service.apply(made.id, null, OPERATOR, never));
    await expect(refused).rejects.toMatchObject({
      code: "operation.plan-stale",
      params: { what: `delete request ${request}` },
    });
    await expect(plan({ kind: "cancel-delete", tenant, request })).rejects.toMatchObject({
      code: "operation.unsupported",
    });
  });
});

describe("an operation that is not to be done", () => {
  it("needs a reason when it is not known to be safe, from somebody who may override", async () => {
    bench.replicationFactor = null;
    const made = await plan({ kind: "shutdown-ingester", instance: "loki-ingester-0", deleteRingTokens: false });
    expect(made.safe).toMatchObject({ answer: "unknown", reasons: [{ kind: "factor-unknown", weight: "doubts" }, {}] });
    const applied = (reason: string | null, caller: typeof OPERATOR | typeof ADMIN) =>
      bench.drive(bench.service.apply(made.id, reason, caller, never));
    await expect(applied(null, ADMIN)).rejects.toMatchObject({ code: "operation.unsafe" });
    await expect(applied("because", OPERATOR)).rejects.toMatchObject({
      code: "operation.override-forbidden",
      params: { role: "operator" },
    });
    expect(bench.sent).toEqual([]);
    const job = await bench.finished(await applied("the ring is known to be well", ADMIN));
    expect(bench.report(job.id)).toMatchObject({ verified: true, reason: "the ring is known to be well" });
  });

  it("is refused when the plan is older than five minutes, or unknown", async () => {
    const made = await plan({ kind: "flush-ingester", instance: "loki-ingester-0" });
    await bench.labClock.advance(301_000);
    await expect(bench.service.apply(made.id, null, OPERATOR, never)).rejects.toMatchObject({
      code: "operation.plan-expired",
    });
    await expect(bench.service.apply(planIdSchema.parse("nobody"), null, OPERATOR, never)).rejects.toMatchObject({
      code: "operation.plan-unknown",
    });
  });

  it("is refused when the process is another one than the plan saw", async () => {
    const made = await plan({ kind: "flush-ingester", instance: "loki-ingester-0" });
    bench.lab.setFault("killed:ingester-0", true);
    await bench.labClock.advance(2_000);
    bench.lab.setFault("killed:ingester-0", false);
    await bench.labClock.advance(20_000);
    const refused = bench.drive(bench.service.apply(made.id, null, OPERATOR, never));
    await expect(refused).rejects.toMatchObject({
      code: "operation.plan-stale",
      params: { what: "process loki-ingester-0" },
    });
    expect(bench.sent).toEqual([]);
  });

  it("waits until the other one on its site has ended", async () => {
    const first = await plan({ kind: "log-level", instance: "loki-ingester-0", level: "debug", minutes: 1 });
    const second = await plan({ kind: "flush-ingester", instance: "loki-ingester-1" });
    const job = await bench.drive(bench.service.apply(first.id, null, OPERATOR, never));
    await expect(bench.service.apply(second.id, null, OPERATOR, never)).rejects.toMatchObject({
      code: "operation.other-running",
      params: { operation: "log-level" },
    });
    const during = await plan({ kind: "flush-ingester", instance: "loki-ingester-1" });
    expect(during.safe).toMatchObject({ answer: "no", reasons: [{ kind: "other-operation" }] });
    await bench.finished(job);
    const after = await apply({ kind: "flush-ingester", instance: "loki-ingester-1" });
    expect(after.state).toBe("succeeded");
  });

  it("cannot be planned on what is not there", async () => {
    const missing = plan({ kind: "flush-tenant", tenant: tenantIdSchema.parse("nobody-has-this") });
    await expect(missing).rejects.toMatchObject({ code: "operation.unsupported" });
    const workload = { kind: "StatefulSet", namespace: "loki", name: "nosuch" } as const;
    await expect(plan({ kind: "rolling-restart", workload })).rejects.toMatchObject({ code: "cluster.gone" });
  });
});
