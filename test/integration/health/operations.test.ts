import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Operation } from "../../../src-shared/model/health/operation.ts";
import type { Job } from "../../../src-shared/model/job.ts";
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
});
