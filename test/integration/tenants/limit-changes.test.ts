import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import type { LimitChange, LimitEdit } from "../../../src-shared/model/tenants/limit-change.ts";
import { EXPIRY_ANNOTATION } from "../../../src-main/core/tenants/changes/expiry-annotation.ts";
import { kubectlInstalled, labKubectl } from "../../builders/lab-kubectl.ts";
import { BENCH_SITE, CHANGER, LimitsBench } from "../../builders/limits-bench.ts";

const never = new AbortController().signal;
const TEXT = `# Who may send how much.
overrides:
  cards:
    ingestion_rate_mb: 12 # since the spring
    ingestion_burst_size_mb: 24

  treasury: { max_global_streams_per_user: 125 }
`;
const hasKubectl = await kubectlInstalled();
let bench: LimitsBench;

beforeEach(async () => {
  bench = await LimitsBench.open(TEXT);
});
afterEach(() => bench[Symbol.asyncDispose]());

function edit(tenant: string, key: string, value: string | null): LimitEdit {
  return { tenant: tenantIdSchema.parse(tenant), key, value };
}

function edits(given: readonly LimitEdit[], expiresAfterMinutes?: number): Extract<LimitChange, { kind: "edits" }> {
  return { kind: "edits", edits: [...given], ...(expiresAfterMinutes === undefined ? {} : { expiresAfterMinutes }) };
}

const RAISE = edits([edit("cards", "ingestion_rate_mb", "20"), edit("treasury", "max_query_length", "60d")]);
const RAISED = TEXT.replace("ingestion_rate_mb: 12 #", "ingestion_rate_mb: 20 #").replace(
  "{ max_global_streams_per_user: 125 }",
  "{ max_global_streams_per_user: 125, max_query_length: 60d }",
);

it("kubectl is there in continuous integration; a laptop may do without, and leaves its test out", () => {
  expect(hasKubectl || process.env["CI"] !== "true").toBe(true);
});

describe("a change of limits", () => {
  it("is shown as a diff with every value before and after, and writes nothing by being planned", async () => {
    const plan = await bench.plan(RAISE);
    expect(plan.diff).toContain("-    ingestion_rate_mb: 12 # since the spring\n+    ingestion_rate_mb: 20 # since");
    expect(plan.edits).toMatchObject([
      { tenant: "cards", key: "ingestion_rate_mb", before: "12", after: "20" },
      { tenant: "treasury", key: "max_query_length", before: null, after: "60d" },
    ]);
    expect(plan.problems.filter(({ weight }) => weight === "stops")).toEqual([]);
    expect(plan.lately.map(({ who }) => who)).not.toEqual([]);
    expect((await bench.map()).text).toBe(TEXT);
  });

  it("is written with every comment kept, watched until all have it, and taken back byte for byte", async () => {
    for (const [at, process] of bench.processes.entries()) process.lateMs = at * 20_000;
    bench.published = { max_query_length: "60d" };
    const job = await bench.done(RAISE);
    expect(job.state).toBe("succeeded");
    const report = bench.report(job.id);
    expect(report.verified).toBe(true);
    expect(report.convergence.map(({ state }) => state)).toEqual(["taken", "taken", "taken"]);
    expect(report.held).toContainEqual({ tenant: "treasury", key: "max_query_length", value: "60d", asPlanned: true });
    expect(report.held).toContainEqual({ tenant: "cards", key: "ingestion_rate_mb", value: null, asPlanned: true });
    const written = await bench.map();
    expect(written.text).toBe(RAISED);
    expect(written.data["other.txt"]).toBe("left alone");
    expect(written.annotations).toEqual({ owner: "sre" });

    bench.published = null;
    const back = await bench.done({ kind: "rollback", job: job.id });
    expect(back.state).toBe("succeeded");
    expect((await bench.map()).text).toBe(TEXT);
    const [first, second] = bench.service.list(BENCH_SITE, 10);
    expect(first?.job).toBe(back.id);
    expect(second?.report.rolledBackBy).toBe(back.id);
    await expect(bench.plan({ kind: "rollback", job: job.id })).rejects.toMatchObject({
      code: "tenants.rollback-impossible",
    });
  });

  it.runIf(hasKubectl)("is read back by kubectl as it was meant", async () => {
    await bench.done({ ...RAISE, expiresAfterMinutes: 120 });
    await using kubectl = await labKubectl(bench.lab);
    const get = (path: string) =>
      kubectl.run("get", "configmap", "loki-limits", "-n", "loki", "-o", `jsonpath=${path}`);
    expect(await get("{.data.overrides\\.yaml}")).toBe(RAISED);
    expect(await get("{.data.other\\.txt}")).toBe("left alone");
    expect(JSON.parse(await get("{.metadata.annotations.kubemate\\.io/limits-expire}"))).toMatchObject({
      version: 1,
      entries: [{ tenant: "cards" }, { tenant: "treasury" }],
    });
  });

  it("is refused with the name of whoever changed the ConfigMap between plan and apply", async () => {
    const { id } = await bench.plan(RAISE);
    await bench.edit(`${TEXT}# mine\n`, "someone-else");
    await expect(bench.service.apply(id, "because", CHANGER, never)).rejects.toMatchObject({
      code: "tenants.change-conflict",
      params: { object: "loki/loki-limits", who: "someone-else" },
    });
    expect((await bench.map()).text).toBe(`${TEXT}# mine\n`);
  });

  it("loses a race in the last moment to whoever was faster, and writes nothing", async () => {
    bench.intercept = (store) => ({
      read: (place, signal) => store.read(place, signal),
      write: async (place, version, content, signal) => {
        await bench.edit(`${TEXT}# mine\n`, "someone-else");
        return store.write(place, version, content, signal);
      },
    });
    bench.start();
    const job = await bench.done(RAISE);
    expect(job).toMatchObject({ state: "failed", error: { code: "tenants.change-conflict" } });
    expect((await bench.map()).text).toBe(`${TEXT}# mine\n`);
  });

  it("whose answer is lost is found by looking, and is not sent again", async () => {
    let sent = 0;
    bench.intercept = (store) => ({
      read: (place, signal) => store.read(place, signal),
      write: async (place, version, content, signal) => {
        sent += 1;
        await store.write(place, version, content, signal);
        throw new AppError("operation.outcome-unknown", { request: "PATCH", problem: "cut off" });
      },
    });
    bench.start();
    const job = await bench.done(RAISE);
    expect(job.state).toBe("succeeded");
    expect(sent).toBe(1);
  });

  it("that a component refuses is put back, and it is said so", async () => {
    const [, ingester] = bench.processes;
    if (ingester !== undefined) ingester.refuses = (text) => text.includes("20 #");
    const job = await bench.done(RAISE);
    expect(job.error).toMatchObject({
      code: "tenants.reload-refused",
      params: { instances: "loki-ingester-0", restored: "yes" },
    });
    expect((await bench.map()).text).toBe(TEXT);
    expect(bench.report(job.id).steps.at(-1)?.state).toBe("done");
  });

  it("that a component refuses is left alone where somebody else has changed it since", async () => {
    const [, ingester] = bench.processes;
    let edited = false;
    if (ingester !== undefined) ingester.refuses = (text) => text.includes("20 #");
    const { id } = await bench.plan(RAISE);
    const job = await bench.service.apply(id, "because", CHANGER, never);
    const stop = bench.engine.onChange(() => {
      const step = bench.report(job).steps[2];
      if (edited || step?.state !== "running") return;
      edited = true;
      void bench.edit(`${RAISED}# mine\n`);
    });
    const ended = await bench.finished(job);
    stop();
    expect(ended.state).toBe("failed");
    expect((await bench.map()).text).toBe(`${RAISED}# mine\n`);
  });

  it("that components never take ends with their names, and can be taken back", async () => {
    const [distributor, , querier] = bench.processes;
    if (distributor !== undefined) distributor.stuck = true;
    if (querier !== undefined) querier.silent = true;
    const job = await bench.done(RAISE);
    expect(job.error).toMatchObject({
      code: "tenants.not-converged",
      params: { instances: "loki-distributor-a, loki-querier-b" },
    });
    expect((await bench.map()).text).toBe(RAISED);
    if (querier !== undefined) querier.silent = false;
    const back = await bench.done({ kind: "rollback", job: job.id });
    expect(back.state).toBe("succeeded");
    expect((await bench.map()).text).toBe(TEXT);
  });

  it("of a comment alone needs no new hash", async () => {
    const job = await bench.done({ kind: "file", text: `# Reviewed.\n${TEXT}` });
    expect(job.state).toBe("succeeded");
    expect((await bench.map()).text).toBe(`# Reviewed.\n${TEXT}`);
  });

  it("is taken back value by value where the file was edited since, and not at all where its value was", async () => {
    const job = await bench.done(RAISE);
    await bench.edit(`${RAISED}  retail: { max_line_size: 1MB }\n`);
    const back = await bench.plan({ kind: "rollback", job: job.id });
    expect(back.problems.filter(({ weight }) => weight === "stops")).toEqual([]);
    expect(back.edits).toMatchObject([
      { key: "ingestion_rate_mb", before: "20", after: "12" },
      { key: "max_query_length", before: "60d", after: null },
    ]);
    await bench.edit(RAISED.replace("ingestion_rate_mb: 20", "ingestion_rate_mb: 30"));
    const refused = await bench.plan({ kind: "rollback", job: job.id });
    expect(refused.problems).toContainEqual({
      code: "already-changed",
      weight: "stops",
      params: { tenant: "cards", key: "ingestion_rate_mb", value: "30" },
    });
    await expect(bench.service.apply(refused.id, "because", CHANGER, never)).rejects.toMatchObject({
      code: "tenants.change-stopped",
    });
  });

  it("of a job that nobody knows cannot be taken back", async () => {
    await expect(bench.plan({ kind: "rollback", job: jobIdSchema.parse("gone") })).rejects.toMatchObject({
      code: "tenants.rollback-impossible",
    });
  });

  it("is one at a time at a site", async () => {
    for (const process of bench.processes) process.lateMs = 60_000;
    const first = await bench.plan(RAISE);
    const second = await bench.plan(edits([edit("cards", "max_line_size", "1MB")]));
    const job = await bench.service.apply(first.id, "because", CHANGER, never);
    await expect(bench.service.apply(second.id, "because", CHANGER, never)).rejects.toMatchObject({
      code: "operation.other-running",
    });
    await bench.finished(job);
  });

  it("that is cancelled while components take it stays written, and says that it was not verified", async () => {
    for (const process of bench.processes) process.stuck = true;
    const job = await bench.applied(RAISE);
    const converging = Promise.withResolvers<undefined>();
    const stop = bench.engine.onChange(() => {
      if (bench.report(job).convergence.length > 0) converging.resolve(undefined);
    });
    await converging.promise;
    stop();
    const ended = await bench.engine.cancel(job);
    expect(ended.state).toBe("cancelled");
    expect(bench.report(job).verified).toBe(false);
    expect((await bench.map()).text).toBe(RAISED);
  });
});

describe("a value for a while", () => {
  const TWO_HOURS = edits([edit("cards", "ingestion_rate_mb", "20")], 120);

  it("is written down in an annotation, goes back by itself when its time is over, and only then", async () => {
    await bench.done(TWO_HOURS);
    const { annotations } = await bench.map();
    expect(JSON.parse(annotations[EXPIRY_ANNOTATION] ?? "")).toMatchObject({
      version: 1,
      entries: [{ tenant: "cards", key: "ingestion_rate_mb", value: "20", restores: "12", by: "ops" }],
    });
    expect(await bench.service.restoreExpired(BENCH_SITE, never)).toBeNull();
    bench.nowMs += 121 * 60_000;
    expect((await bench.plan(RAISE)).problems).toContainEqual({
      code: "overdue-expiry",
      weight: "warns",
      params: { count: 1 },
    });
    const job = await bench.service.restoreExpired(BENCH_SITE, never);
    if (job === null) throw new Error("nothing was restored");
    expect((await bench.finished(job)).state).toBe("succeeded");
    const restored = await bench.map();
    expect(restored.text).toBe(TEXT);
    expect(restored.annotations).toEqual({ owner: "sre" });
    expect(bench.service.list(BENCH_SITE, 1)[0]).toMatchObject({ principal: "system" });
  });

  it("stays where somebody has set another one meanwhile, and is not asked about again", async () => {
    await bench.done(TWO_HOURS);
    const { text } = await bench.map();
    await bench.edit(text.replace("ingestion_rate_mb: 20", "ingestion_rate_mb: 16"));
    bench.nowMs += 121 * 60_000;
    const job = await bench.service.restoreExpired(BENCH_SITE, never);
    if (job === null) throw new Error("nothing was restored");
    expect((await bench.finished(job)).state).toBe("succeeded");
    const { text: now, annotations } = await bench.map();
    expect(now).toContain("ingestion_rate_mb: 16");
    expect(annotations).toEqual({ owner: "sre" });
  });

  it("raised a second time goes back to what it was before the first", async () => {
    await bench.done(TWO_HOURS);
    await bench.done(edits([edit("cards", "ingestion_rate_mb", "40")], 60));
    const { annotations } = await bench.map();
    expect(JSON.parse(annotations[EXPIRY_ANNOTATION] ?? "").entries).toMatchObject([{ value: "40", restores: "12" }]);
  });

  it("that is set for good stands, and taking that back gives it its end again", async () => {
    await bench.done(TWO_HOURS);
    const before = await bench.map();
    const job = await bench.done(edits([edit("cards", "ingestion_rate_mb", "25")]));
    expect((await bench.map()).annotations).toEqual({ owner: "sre" });
    await bench.done({ kind: "rollback", job: job.id });
    const after = await bench.map();
    expect(after.text).toBe(before.text);
    expect(after.annotations).toEqual(before.annotations);
  });

  it("is not set over an annotation that somebody else wrote there", async () => {
    await bench.annotate({ [EXPIRY_ANNOTATION]: "tomorrow" });
    const plan = await bench.plan(TWO_HOURS);
    expect(plan.problems).toContainEqual({
      code: "expiries-unreadable",
      weight: "stops",
      params: { problem: "no JSON" },
    });
  });
});
