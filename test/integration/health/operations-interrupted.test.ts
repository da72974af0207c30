import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unrestored } from "../../../src-main/core/health/operations/unrestored.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Operation } from "../../../src-shared/model/health/operation.ts";
import type { JobId } from "../../../src-shared/model/ids.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import { OPERATOR, OperationsBench } from "../../builders/operations-bench.ts";

const never = new AbortController().signal;
const forever = new Promise<never>(() => undefined);
let bench: OperationsBench;

beforeEach(async () => {
  bench = await OperationsBench.open();
});
afterEach(() => bench[Symbol.asyncDispose]());

async function applied(operation: Operation): Promise<JobId> {
  const made = await bench.drive(bench.service.plan(bench.site.id, operation, OPERATOR, never));
  return bench.drive(bench.service.apply(made.id, null, OPERATOR, never));
}

/** The console dies at the moment in which a request has been answered, and before that is known to its disk. */
function dieAfter(path: string, sent = true): Promise<void> {
  return new Promise((died) => {
    bench.intercept = async (request, send) => {
      if (request.path !== path) return send(request);
      if (sent) await send(request);
      died();
      return forever;
    };
  });
}

describe("an operation whose console was killed", () => {
  it("is not sent again: that a flush was done is found by looking, and it is followed to its end", async () => {
    const died = dieAfter("/flush");
    const job = await applied({ kind: "flush-ingester", instance: "loki-ingester-0" });
    await bench.drive(died);
    bench.dieAndStart();
    expect(bench.engine.get(job).state).toBe("interrupted");
    expect(bench.report(job).steps.map(({ state }) => state)).toEqual([
      "done",
      "done",
      "running",
      "waiting",
      "waiting",
    ]);
    bench.engine.resume(job);
    const ended = await bench.finished(job);
    expect(ended.state).toBe("succeeded");
    expect(bench.report(job).steps[2]?.detail?.key).toBe("seen-flushing");
    expect(bench.report(job).verified).toBe(true);
    expect(bench.sent.map(({ path }) => path)).toEqual(["/flush"]);
  });

  it("is told to be of unknown outcome when looking does not show it, and is not sent then either", async () => {
    const died = dieAfter("/flush", false);
    const job = await applied({ kind: "flush-ingester", instance: "loki-ingester-0" });
    await bench.drive(died);
    bench.dieAndStart();
    bench.engine.resume(job);
    const ended = await bench.finished(job);
    expect(ended).toMatchObject({ state: "failed", error: { code: "operation.outcome-unknown" } });
    expect(bench.sent).toHaveLength(1);
  });

  it("a shutdown that was cut off is seen in the ring and followed until the process is back", async () => {
    const died = dieAfter("/ingester/shutdown");
    const job = await applied({ kind: "shutdown-ingester", instance: "loki-ingester-1", deleteRingTokens: true });
    await bench.drive(died);
    bench.dieAndStart();
    bench.engine.resume(job);
    const ended = await bench.finished(job);
    expect(bench.report(job).error).toBeUndefined();
    expect(ended.state).toBe("succeeded");
    expect(bench.sent.map(({ path }) => path)).toEqual(["/ingester/shutdown"]);
  });

  it("a log level that outlived its console is set back at once when its time is over", async () => {
    const job = await applied({ kind: "log-level", instance: "loki-ingester-0", level: "debug", minutes: 5 });
    await bench.until(() => bench.report(job).steps[4]?.state === "running");
    bench.dieAndStart();
    await bench.labClock.advance(600_000);
    const beforeMs = bench.clock.nowMs();
    expect(unrestored(bench.engine.list(["interrupted"], 10))).toEqual([job]);
    bench.engine.resume(job);
    const ended = await bench.finished(job);
    expect(ended.state).toBe("succeeded");
    expect(bench.clock.nowMs() - beforeMs).toBeLessThan(20_000);
    expect(bench.sent.map(({ form }) => form)).toEqual([{ log_level: "debug" }, { log_level: "info" }]);
    expect(unrestored(bench.engine.list(null, 10))).toEqual([]);
  });

  it("is not taken up by itself when that would go on acting", async () => {
    const died = dieAfter("/flush");
    const job = await applied({ kind: "flush-ingester", instance: "loki-ingester-0" });
    await bench.drive(died);
    bench.dieAndStart();
    expect(bench.engine.get(job).state).toBe("interrupted");
    expect(unrestored(bench.engine.list(["interrupted"], 10))).toEqual([]);
  });

  it("does not begin what was planned long ago", async () => {
    const died = dieAfter("/flush");
    const job = await applied({ kind: "flush-tenant", tenant: tenantIdSchema.parse("cards") });
    await bench.drive(died);
    bench.dieAndStart();
    await bench.labClock.advance(400_000);
    bench.engine.resume(job);
    const ended = await bench.finished(job);
    expect(ended).toMatchObject({ state: "failed", error: { code: "operation.plan-expired" } });
    expect(bench.sent.map(({ instance }) => instance)).toEqual(["loki-ingester-0"]);
  });
});

describe("an operation that is told to stop while a request is on its way", () => {
  it("lets it be answered, begins nothing further and verifies nothing", async () => {
    let answer = (): void => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    bench.intercept = async (request, send) => {
      await held;
      return send(request);
    };
    const job = await applied({ kind: "prepare-shutdown", instance: "loki-ingester-0", prepared: true });
    await bench.until(() => bench.sent.length === 1);
    const cancelled = bench.engine.cancel(job);
    answer();
    expect(await bench.drive(cancelled)).toMatchObject({ state: "cancelled" });
    expect(bench.report(job)).toMatchObject({ verified: false });
    expect(bench.report(job).steps.map(({ state }) => state)).toEqual(["done", "done", "skipped"]);
  });
});

describe("a request that is not answered", () => {
  it("may have been received: what became of it is found by looking", async () => {
    bench.intercept = async (request, send) => {
      await send(request);
      throw new AppError("operation.outcome-unknown", { request: "POST", problem: "cut" });
    };
    const job = await applied({ kind: "prepare-shutdown", instance: "loki-ingester-0", prepared: true });
    const ended = await bench.finished(job);
    expect(ended.state).toBe("succeeded");
    expect(bench.report(job).steps[1]?.detail).toEqual({ key: "prepared-state", params: { state: "set" } });
    expect(bench.sent).toHaveLength(1);
  });

  it("and was not received, as looking shows: the operation fails and nothing is sent again", async () => {
    bench.intercept = () =>
      Promise.reject(new AppError("operation.outcome-unknown", { request: "POST", problem: "cut" }));
    const job = await applied({ kind: "prepare-shutdown", instance: "loki-ingester-0", prepared: true });
    const ended = await bench.finished(job);
    expect(ended).toMatchObject({ state: "failed", error: { code: "operation.outcome-unknown" } });
    expect(bench.report(job).steps.map(({ state }) => state)).toEqual(["done", "failed", "skipped"]);
    expect(bench.sent).toHaveLength(1);
  });

  it("is of an ingester that is refused for what it is: Loki's own words are told", async () => {
    bench.intercept = () => Promise.resolve({ status: 500, text: "shutdown marker path is not set" });
    const job = await applied({ kind: "prepare-shutdown", instance: "loki-ingester-0", prepared: true });
    expect(await bench.finished(job)).toMatchObject({
      state: "failed",
      error: { code: "operation.refused", params: { status: 500, text: "shutdown marker path is not set" } },
    });
  });
});
