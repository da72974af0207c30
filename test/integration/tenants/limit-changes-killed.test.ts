import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unsettled } from "../../../src-main/core/tenants/changes/unsettled.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import type { LimitChange } from "../../../src-shared/model/tenants/limit-change.ts";
import { LimitsBench } from "../../builders/limits-bench.ts";

const TEXT = "overrides:\n  cards:\n    ingestion_rate_mb: 12 # since the spring\n";
const RAISED = TEXT.replace("12 #", "20 #");
const RAISE: LimitChange = {
  kind: "edits",
  edits: [{ tenant: tenantIdSchema.parse("cards"), key: "ingestion_rate_mb", value: "20" }],
  expiresAfterMinutes: 60,
};
let bench: LimitsBench;

beforeEach(async () => {
  bench = await LimitsBench.open(TEXT);
});
afterEach(() => bench[Symbol.asyncDispose]());

/** Lets a change run until the console dies at one of its events, and gives the job to the console after it. */
async function killedAt(count: number): Promise<Awaited<ReturnType<LimitsBench["applied"]>> | null> {
  const { id } = await bench.plan(RAISE);
  const before = bench.events.length;
  const { promise: died, resolve } = Promise.withResolvers<"died">();
  bench.onDeath = () => resolve("died");
  // Of the events of the job alone; the first read is that of the apply itself.
  bench.diesAt = (_event, events) => events - before - 1 === count;
  const job = await bench.applyPlan(id);
  const outcome = await Promise.race([died, bench.finished(job).then(() => "ended" as const)]);
  if (outcome === "ended") return null;
  bench.dieAndStart();
  return job;
}

describe("a console that is killed while it changes limits", () => {
  it("finds out at every moment what it had done, writes once, and comes to the same end", async () => {
    const writes: number[] = [];
    let moment = 1;
    for (; moment < 200; moment++) {
      const job = await killedAt(moment);
      if (job === null) break;
      expect(bench.engine.get(job).state).toBe("interrupted");
      const atDeath = (await bench.map()).text;
      expect([TEXT, RAISED]).toContain(atDeath);
      bench.engine.resume(job);
      const ended = await bench.finished(job);
      expect({ moment, state: ended.state, error: ended.error?.code }).toEqual({
        moment,
        state: "succeeded",
        error: undefined,
      });
      expect(bench.report(job).verified).toBe(true);
      const { text, resourceVersion } = await bench.map();
      expect(text).toBe(RAISED);
      writes.push(bench.writesSince());
      // What is written is what was committed, and nothing was written after it.
      expect(bench.report(job).writtenVersion).toBe(resourceVersion);
      await bench.edit(TEXT);
      await bench.annotate({ "kubemate.io/limits-expire": null });
      bench.forgetWrites();
      for (const process of bench.processes) process.metrics(TEXT, bench.nowMs);
    }
    // Of each kind of event there was a death: commits, reads, the write before and after it, scrapes.
    expect(moment).toBeGreaterThan(15);
    expect(writes.every((count) => count === 1)).toBe(true);
  }, 60_000);

  it("takes up again by itself only what it had written already", async () => {
    const early = await killedAt(2);
    if (early === null) throw new Error("it ended");
    expect(unsettled(bench.engine.list(null, 10))).toEqual([]);
    await bench.engine.cancel(early);
    for (const process of bench.processes) process.lateMs = 30_000;
    const late = await killedAt(14);
    if (late === null) throw new Error("it ended");
    expect((await bench.map()).text).toBe(RAISED);
    expect(unsettled(bench.engine.list(null, 10))).toEqual([late]);
  });

  it("puts back what a component refuses also after it was killed while it waited", async () => {
    for (const process of bench.processes) {
      process.lateMs = 30_000;
      process.refuses = (text) => text.includes("20 #");
    }
    const job = await killedAt(14);
    if (job === null) throw new Error("it ended");
    expect((await bench.map()).text).toBe(RAISED);
    bench.engine.resume(job);
    const ended = await bench.finished(job);
    expect(ended.error).toMatchObject({ code: "tenants.reload-refused", params: { restored: "yes" } });
    const { text, annotations } = await bench.map();
    expect(text).toBe(TEXT);
    expect(annotations).toEqual({ owner: "sre" });
  });
});
