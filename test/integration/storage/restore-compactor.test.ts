import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import type { HealthCluster } from "../../../src-main/core/health/health-site.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import type { ObjectStore } from "../../../src-main/core/storage/object-store.ts";
import type { LokiControl } from "../../../src-main/core/storage/loki/loki-control.ts";
import { siteLokiControl } from "../../../src-main/core/storage/loki/site-loki-control.ts";
import { restoreCheckpointSchema } from "../../../src-main/core/storage/restore/apply/restore-checkpoint.ts";
import { unpaused } from "../../../src-main/core/storage/restore/apply/unpaused.ts";
import { RESTORE_JOB } from "../../../src-main/core/storage/restore/apply/restore.job.ts";
import { wrappedStore } from "../../../src-main/core/storage/wrapped-store.ts";
import type { RestoreReport } from "../../../src-shared/model/storage/restore.ts";
import { anOperationJob, aReport } from "../../builders/health-operations.ts";
import { recordedObjects, writeObject } from "../../builders/loki-bucket.ts";
import { OperationsBench } from "../../builders/operations-bench.ts";
import {
  itemsBetween,
  newJob,
  openerOf,
  plannedOf,
  restoreParts,
  runOf,
  SOURCE,
  TARGET,
} from "../../builders/restore-runs.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const never = new AbortController().signal;
const recorded = temporaryDirectory();
let bench: OperationsBench;

beforeAll(() => {
  for (const [key, bytes] of [...recordedObjects("objects.ndjson.gz")].slice(0, 60)) {
    writeObject(recorded.path, key, bytes);
  }
});
afterAll(() => recorded[Symbol.dispose]());
beforeEach(async () => {
  bench = await OperationsBench.open();
});
afterEach(() => bench[Symbol.asyncDispose]());

function clusterOf(): HealthCluster {
  const { cluster } = bench.site;
  if (cluster === null) throw new Error("no cluster");
  return cluster;
}

function lokiOf(cluster: Pick<HealthCluster, "inventory" | "workloads"> = clusterOf()): LokiControl {
  return siteLokiControl({
    cluster,
    config: () => Promise.resolve(null),
    overrides: () => Promise.resolve(new Map()),
    seconds: () => null,
    countLines: () => Promise.reject(new AppError("loki.unreachable", { host: "-", problem: "nobody is asked" })),
    clock: bench.clock,
  });
}

async function compactor(): Promise<{ readonly replicas: number; readonly pods: number }> {
  const found = await lokiOf().compactor(never);
  const { pods } = await clusterOf().inventory(never);
  return {
    replicas: found?.replicas ?? -1,
    pods: (pods ?? []).filter(({ component }) => component === "compactor").length,
  };
}

/** Sixty chunks to restore, into a folder that has none of them. */
async function prepared(
  wrap: (store: ObjectStore) => ObjectStore = (store) => store,
  cluster?: Pick<HealthCluster, "inventory" | "workloads">,
) {
  const target = temporaryDirectory();
  const items = await itemsBetween(new FolderObjectStore(recorded.path), new FolderObjectStore(target.path));
  const found = await lokiOf().compactor(never);
  if (found === null) throw new Error("the lab has a compactor");
  const planned = plannedOf(items, { compactor: { workload: found.workload, replicas: found.replicas } });
  const opener = openerOf({
    [SOURCE]: () => new FolderObjectStore(recorded.path),
    [TARGET]: () => wrap(new FolderObjectStore(target.path)),
  });
  const parts = restoreParts(opener, {
    clock: bench.clock,
    lokiControl: () => Promise.resolve(lokiOf(cluster)),
  });
  return { target, items, planned, parts, replicas: found.replicas, [Symbol.dispose]: () => target[Symbol.dispose]() };
}

it("has no pod while objects are written, and its replicas again afterwards", async () => {
  const seen = new Set<string>();
  using work = await prepared((store) =>
    wrappedStore(store, {
      put: async (key, ...args) => {
        if (!key.startsWith("__kubemate__/")) seen.add(JSON.stringify(await compactor()));
        return store.put(key, ...args);
      },
    }),
  );
  const before = await compactor();
  expect(before.replicas).toBeGreaterThan(0);
  const report = await bench.drive(runOf(work.parts, work.planned).run.run());
  expect([...seen]).toEqual([JSON.stringify({ replicas: 0, pods: 0 })]);
  expect(report).toMatchObject({
    done: true,
    written: work.items.length,
    compactor: { replicas: before.replicas, resumed: true },
  });
  expect(report.steps.map(({ state }) => state)).toEqual(report.steps.map(() => "done"));
  expect(await compactor()).toEqual(before);
});

it.each(["stopped", "failed"])("has its replicas again when the restore is %s in the middle", async (how) => {
  const stop = new AbortController();
  let puts = 0;
  using work = await prepared((store) =>
    wrappedStore(store, {
      put: (key, ...args) => {
        if (!key.startsWith("__kubemate__/")) puts += 1;
        if (puts === 30 && how === "stopped") stop.abort();
        if (puts >= 30 && how === "failed") throw new AppError("storage.full", { store: "target" });
        return store.put(key, ...args);
      },
    }),
  );
  const before = await compactor();
  const { run, last } = runOf(work.parts, work.planned, { signal: stop.signal });
  const ended = run.run();
  if (how === "failed") await expect(bench.drive(ended)).rejects.toSatisfy((error) => hasCode(error, "storage.full"));
  else expect(await bench.drive(ended)).toMatchObject({ done: false });
  expect(last().compactor).toMatchObject({ replicas: before.replicas, resumed: true });
  expect((await compactor()).replicas).toBe(before.replicas);
});

it("gets back what it had, from whoever goes on after a kill in the moment in which it was scaled", async () => {
  const { promise: died, resolve: die } = Promise.withResolvers<undefined>();
  const cluster = clusterOf();
  const dying: HealthCluster = {
    ...cluster,
    workloads: {
      ...cluster.workloads,
      async scale(...args) {
        await cluster.workloads.scale(...args);
        die(undefined);
        await new Promise<never>(() => undefined);
      },
    },
  };
  using work = await prepared((store) => store, dying);
  const job = newJob();
  const first = runOf(work.parts, work.planned, { job });
  // Nobody hears of it again; what is left of it may end as it likes.
  first.run.run().catch(() => undefined);
  await bench.drive(died);
  expect((await compactor()).replicas).toBe(0);
  const kept = restoreCheckpointSchema.parse(JSON.parse(JSON.stringify(first.last())));
  expect(kept).toMatchObject({ compactor: { replicas: work.replicas, resumed: false } });
  const left = (report: RestoreReport, state: "interrupted" | "succeeded") => ({
    ...anOperationJob(aReport([])),
    id: job,
    kind: RESTORE_JOB,
    state,
    output: report,
  });
  expect(unpaused([left(kept, "interrupted")])).toEqual([job]);
  expect(unpaused([left(kept, "succeeded")])).toEqual([]);
  const alive = { ...work.parts, lokiControl: () => Promise.resolve(lokiOf()) };
  const report = await bench.drive(runOf(alive, work.planned, { job, before: kept }).run.run());
  expect(report).toMatchObject({ done: true, failedCount: 0, compactor: { replicas: work.replicas, resumed: true } });
  expect(unpaused([left(report, "interrupted")])).toEqual([]);
  expect((await compactor()).replicas).toBe(work.replicas);
});

it("stays off where somebody else had turned it off", async () => {
  using work = await prepared();
  await bench.drive(lokiOf().pauseCompactor(never));
  const report = await bench.drive(runOf(work.parts, work.planned).run.run());
  expect(report).toMatchObject({ done: true, compactor: null });
  expect((await compactor()).replicas).toBe(0);
});

it("is left to whoever took the bucket's lease over, with the command that resumes it", async () => {
  using work = await prepared();
  const losses: AbortController[] = [];
  const parts: typeof work.parts = {
    ...work.parts,
    acquireLease: async (...given) => {
      const lease = await work.parts.acquireLease(...given);
      const lost = new AbortController();
      losses.push(lost);
      return {
        lost: lost.signal,
        holder: lease.holder,
        confirm: (signal) => lease.confirm(signal),
        [Symbol.asyncDispose]: () => lease[Symbol.asyncDispose](),
      };
    },
  };
  const { run, last } = runOf(parts, work.planned, {
    commitEvery: 5,
    onCommit: ({ position }) => {
      const error = new AppError("storage.lease-lost", { store: "target", holder: "another console" });
      if (position >= 20) losses[0]?.abort(error);
    },
  });
  await expect(bench.drive(run.run())).rejects.toSatisfy((error) => hasCode(error, "storage.lease-lost"));
  const { compactor: paused, steps, plan } = last();
  expect(paused).toMatchObject({ replicas: work.replicas, resumed: false });
  const told = steps[plan.steps.findIndex(({ key }) => key === "restore-resume-compactor")];
  expect(told?.detail?.key).toBe("compactor-left");
  expect(String(told?.detail?.params["command"])).toMatch(/^kubectl -n \S+ scale \S+ --replicas=1$/);
  expect((await compactor()).replicas).toBe(0);
});
