import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { WorkloadActions } from "../../../src-main/core/health/operations/pod-actions.ts";
import type { Operation } from "../../../src-shared/model/health/operation.ts";
import type { Job } from "../../../src-shared/model/job.ts";
import { ADMIN, OperationsBench } from "../../builders/operations-bench.ts";

const never = new AbortController().signal;
const INGESTERS = { kind: "StatefulSet", namespace: "loki", name: "loki-ingester" } as const;
const DOWN: Operation = { kind: "scale", workload: INGESTERS, replicas: 2 };
let bench: OperationsBench;

beforeEach(async () => {
  bench = await OperationsBench.open();
});
afterEach(() => bench[Symbol.asyncDispose]());

async function applied(operation: Operation): Promise<Job> {
  const made = await bench.drive(bench.service.plan(bench.site.id, operation, ADMIN, never));
  return bench.finished(await bench.drive(bench.service.apply(made.id, "a drill", ADMIN, never)));
}

/** The cluster with another way to change workloads. */
function withWorkloads(change: (workloads: WorkloadActions) => Partial<WorkloadActions>): void {
  const { cluster } = bench.site;
  if (cluster === null) throw new Error("no cluster");
  bench.site = {
    ...bench.site,
    cluster: { ...cluster, workloads: { ...cluster.workloads, ...change(cluster.workloads) } },
  };
}

describe("scaling ingesters down", () => {
  it("prepares the one that goes, lets it flush and leave the ring, and sees that it has", async () => {
    const job = await applied(DOWN);
    const report = bench.report(job.id);
    expect(report.error).toBeUndefined();
    expect(report.verified).toBe(true);
    expect(bench.sent.map(({ method, path, instance }) => [method, path, instance])).toEqual([
      ["POST", "/ingester/prepare_shutdown", "loki-ingester-2"],
    ]);
    expect(report.steps.map(({ state }) => state)).toEqual(["done", "done", "done", "done", "done", "done", "skipped"]);
  });

  it("takes the preparation back when the API server refuses, since somebody was faster", async () => {
    withWorkloads(() => ({
      scale: () => Promise.reject(new AppError("operation.plan-stale", { what: "StatefulSet loki-ingester" })),
    }));
    const job = await applied(DOWN);
    expect(job).toMatchObject({ state: "failed", error: { code: "operation.plan-stale" } });
    expect(bench.report(job.id).steps.map(({ state }) => state)).toEqual([
      "done",
      "done",
      "done",
      "failed",
      "skipped",
      "skipped",
      "done",
    ]);
    expect(bench.sent.map(({ method }) => method)).toEqual(["POST", "DELETE"]);
  });

  it("that was cut off is found by the number of replicas, and not sent again", async () => {
    let patches = 0;
    withWorkloads((workloads) => ({
      async scale(...given) {
        patches += 1;
        await workloads.scale(...given);
        throw new AppError("operation.outcome-unknown", { request: "PATCH", problem: "cut" });
      },
    }));
    const job = await applied(DOWN);
    expect(bench.report(job.id)).toMatchObject({ verified: true });
    expect(bench.report(job.id).steps[3]?.detail).toEqual({ key: "seen-replicas", params: { replicas: 2 } });
    expect(patches).toBe(1);
  });
});

describe("a rolling restart that does not get on", () => {
  it("is not verified, and says how to undo it", async () => {
    // As if the new pods never came: nobody restarts anything.
    withWorkloads(() => ({ restart: () => Promise.resolve() }));
    bench.stepMs = 20_000;
    const job = await applied({ kind: "rolling-restart", workload: INGESTERS });
    expect(job).toMatchObject({ state: "failed", error: { code: "operation.not-verified" } });
    const stuck = bench.report(job.id).steps[2];
    expect(stuck).toMatchObject({
      state: "failed",
      detail: {
        key: "rollout-stuck",
        params: { undo: "kubectl -n loki rollout undo statefulset/loki-ingester" },
      },
    });
  });

  it("is not verified when a new pod is gray on the board", async () => {
    bench.changeBoard = (board) => ({
      ...board,
      instances: board.instances.map((each) =>
        each.instance === "loki-ingester-0" ? { ...each, verdict: "gray" } : each,
      ),
    });
    const job = await applied({ kind: "rolling-restart", workload: INGESTERS });
    expect(job).toMatchObject({ state: "failed", error: { code: "operation.not-verified" } });
    expect(bench.report(job.id).steps[3]?.detail).toEqual({
      key: "pods-healthy",
      params: { healthy: 2, wanted: 3 },
    });
  });
});
