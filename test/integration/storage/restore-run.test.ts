import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import { acquireLease } from "../../../src-main/core/storage/lease/acquire-lease.ts";
import type { ObjectStore } from "../../../src-main/core/storage/object-store.ts";
import {
  restoreCheckpointSchema,
  type RestoreCheckpoint,
} from "../../../src-main/core/storage/restore/apply/restore-checkpoint.ts";
import { replacedKey } from "../../../src-main/core/storage/restore/apply/restore-object.ts";
import { wrappedStore } from "../../../src-main/core/storage/wrapped-store.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { FastClock } from "../../builders/fast-clock.ts";
import { recordedObjects, writeObject } from "../../builders/loki-bucket.ts";
import {
  itemsBetween,
  newJob,
  objectsOf,
  openerOf,
  plannedOf,
  restoreParts,
  runOf,
  SOURCE,
  TARGET,
} from "../../builders/restore-runs.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const never = new AbortController().signal;

interface Bench extends Disposable {
  readonly source: TemporaryDirectory;
  readonly target: TemporaryDirectory;
  /** Keys that were damaged or taken away. */
  readonly truncated: string;
  readonly gone: string;
  readonly index: string;
}

/** Enough for every path, and quickly there. */
const CHUNKS = 150;

const recorded = temporaryDirectory();
beforeAll(() => {
  const chunks = [...recordedObjects("objects.ndjson.gz")].slice(0, CHUNKS);
  for (const [key, bytes] of chunks) writeObject(recorded.path, key, bytes);
  cpSync(new URL("../../fixtures/loki-index/index", import.meta.url), recorded.file("index"), { recursive: true });
});
afterAll(() => recorded[Symbol.dispose]());

/** A recorded bucket, and a copy of it that lost and damaged some. */
async function damagedCopy(): Promise<Bench> {
  const source = temporaryDirectory();
  const target = temporaryDirectory();
  for (const { path } of [source, target]) cpSync(recorded.path, path, { recursive: true });
  const keys = (await objectsOf(new FolderObjectStore(source.path))).map(({ key }) => key);
  const chunks = keys.filter((key) => !key.startsWith("index/"));
  const truncated = chunks[10] ?? "";
  const gone = chunks[100] ?? "";
  const index = keys.find((key) => /^index\/.*compactor/.test(key)) ?? "";
  writeFileSync(target.file(truncated), readFileSync(source.file(truncated)).subarray(0, 100));
  rmSync(target.file(gone));
  rmSync(target.file(index));
  return {
    source,
    target,
    truncated,
    gone,
    index,
    [Symbol.dispose]() {
      source[Symbol.dispose]();
      target[Symbol.dispose]();
    },
  };
}

function storesOf({ source, target }: Bench, wrap: (target: ObjectStore) => ObjectStore = (store) => store) {
  return openerOf({
    [SOURCE]: () => new FolderObjectStore(source.path),
    [TARGET]: () => wrap(new FolderObjectStore(target.path)),
  });
}

async function damageOf(bench: Bench) {
  const all = await itemsBetween(new FolderObjectStore(bench.source.path), new FolderObjectStore(bench.target.path));
  const wanted = new Set([bench.truncated, bench.gone, bench.index]);
  return all.filter(({ key }) => wanted.has(key));
}

function sameAsSource({ source, target }: Bench, key: string): boolean {
  return readFileSync(source.file(key)).equals(readFileSync(target.file(key)));
}

it("brings back what is gone and what is damaged, chunks first, and keeps what stood there", async () => {
  using bench = await damagedCopy();
  const damaged = readFileSync(bench.target.file(bench.truncated));
  const items = await damageOf(bench);
  const job = newJob();
  const { run } = runOf(restoreParts(storesOf(bench)), plannedOf(items), { job });
  const report = await run.run();
  expect(report).toMatchObject({ done: true, written: 3, found: 0, verified: 3, failedCount: 0, failed: [] });
  expect(report.steps.map(({ state }) => state)).toEqual(report.steps.map(() => "done"));
  for (const key of [bench.truncated, bench.gone, bench.index]) expect(sameAsSource(bench, key)).toBe(true);
  expect(readFileSync(bench.target.file(replacedKey(job, bench.truncated)))).toEqual(damaged);
  expect(report.bytesPerSecond).toBeGreaterThan(0);
});

it("finds what is there already when it is done once more", async () => {
  using bench = await damagedCopy();
  const items = await damageOf(bench);
  await runOf(restoreParts(storesOf(bench)), plannedOf(items)).run.run();
  const again = await runOf(restoreParts(storesOf(bench)), plannedOf(items)).run.run();
  expect(again).toMatchObject({ done: true, written: 0, found: 3, verified: 3, failedCount: 0 });
});

it("leaves alone what has changed since the plan, and tells it", async () => {
  using bench = await damagedCopy();
  const items = await damageOf(bench);
  writeFileSync(bench.target.file(bench.truncated), "somebody else's");
  const report = await runOf(restoreParts(storesOf(bench)), plannedOf(items)).run.run();
  expect(report.failed).toContainEqual({ key: bench.truncated, problem: "place-changed" });
  expect(readFileSync(bench.target.file(bench.truncated), "utf8")).toBe("somebody else's");
});

it("puts nothing in place that does not fit its key, and holds back an index file that names it", async () => {
  using bench = await damagedCopy();
  const whole = readFileSync(bench.source.file(bench.gone));
  const bad = Buffer.from(whole);
  bad[whole.length - 20] = (bad[whole.length - 20] ?? 0) ^ 1;
  writeFileSync(bench.source.file(bench.gone), bad);
  const all = await itemsBetween(new FolderObjectStore(bench.source.path), new FolderObjectStore(bench.target.path));
  const indexes = all.filter(({ kind }) => kind === "index").map((item) => ({ ...item, replacesEtag: null }));
  for (const { key } of indexes) rmSync(bench.target.file(key), { force: true });
  const items = [...all.filter(({ key }) => key === bench.gone), ...indexes];
  const report = await runOf(restoreParts(storesOf(bench)), plannedOf(items)).run.run();
  expect(report.failed).toContainEqual({ key: bench.gone, problem: "storage.source-damaged" });
  const held = report.failed.filter(({ problem }) => problem === "index-names-failed");
  expect(held.length).toBeGreaterThan(0);
  expect(report.written).toBe(indexes.length - held.length);
  const there = (await objectsOf(new FolderObjectStore(bench.target.path))).map(({ key }) => key);
  expect(there).not.toContain(bench.gone);
  for (const { key } of held) expect(there).not.toContain(key);
});

it("takes out again what does not read back as it was sent, and puts back what stood there", async () => {
  using bench = await damagedCopy();
  const damaged = readFileSync(bench.target.file(bench.truncated));
  const items = await damageOf(bench);
  const forgetful = (store: ObjectStore) =>
    wrappedStore(store, {
      put: (key, bytes, options, signal) =>
        store.put(key, key.startsWith("__kubemate__/") ? bytes : bytes.subarray(1), options, signal),
    });
  const report = await runOf(restoreParts(storesOf(bench, forgetful)), plannedOf(items)).run.run();
  expect(report).toMatchObject({ done: true, written: 0, verified: 0, failedCount: 3 });
  expect(report.failed.map(({ problem }) => problem)).toContain("not-verified");
  expect(readFileSync(bench.target.file(bench.truncated))).toEqual(damaged);
  const there = (await objectsOf(new FolderObjectStore(bench.target.path))).map(({ key }) => key);
  expect(there).not.toContain(bench.gone);
});

it("waits for a bucket that is away for ten minutes, and goes on where it was", async () => {
  using bench = await damagedCopy();
  rmSync(bench.target.path, { recursive: true });
  const items = await itemsBetween(new FolderObjectStore(bench.source.path), new FolderObjectStore(bench.target.path));
  const clock = new FastClock(600);
  let puts = 0;
  let awayUntilMs = 0;
  const shaky = (store: ObjectStore) => {
    const there = async () => {
      if (clock.nowMs() >= awayUntilMs) return;
      throw new AppError("storage.unreachable", { store: "target", problem: "ECONNREFUSED" });
    };
    return wrappedStore(store, {
      head: (...args) => there().then(() => store.head(...args)),
      get: (...args) => there().then(() => store.get(...args)),
      put: async (key, ...args) => {
        if (!key.startsWith("__kubemate__/")) puts += 1;
        if (puts === 60 && awayUntilMs === 0) awayUntilMs = clock.nowMs() + 10 * 60_000;
        await there();
        return store.put(key, ...args);
      },
    });
  };
  // Its lease outlasts it here; that one is taken again which does not, is the next test.
  const ttlMs = 24 * 60 * 60_000;
  const parts = restoreParts(storesOf(bench, shaky), {
    clock,
    acquireLease: ({ store }, { principal, purpose, nonce }, signal) =>
      acquireLease({ store, holder: principal, purpose, nonce, clock, ttlMs }, signal),
  });
  const report = await runOf(parts, plannedOf(items)).run.run();
  expect(awayUntilMs).toBeGreaterThan(0);
  expect(clock.nowMs()).toBeGreaterThan(awayUntilMs);
  expect(report).toMatchObject({ done: true, failedCount: 0 });
  expect(report.written + report.found).toBe(items.length);
});

it("takes its lease again when the bucket was away for longer than it stood, and not when another has it", async () => {
  using bench = await damagedCopy();
  rmSync(bench.target.path, { recursive: true });
  const items = await itemsBetween(new FolderObjectStore(bench.source.path), new FolderObjectStore(bench.target.path));
  const losing = (holders: readonly string[]) => {
    let leases = 0;
    const losses: AbortController[] = [];
    const parts = restoreParts(storesOf(bench), {
      acquireLease: async (target, about, signal) => {
        const lease = await restoreParts(storesOf(bench)).acquireLease(target, about, signal);
        const lost = new AbortController();
        losses.push(lost);
        leases += 1;
        return {
          lost: lost.signal,
          holder: lease.holder,
          confirm: (inner) => lease.confirm(inner),
          [Symbol.asyncDispose]: () => lease[Symbol.asyncDispose](),
        };
      },
    });
    const onCommit = ({ position }: RestoreCheckpoint): void => {
      const holder = holders[leases - 1];
      const error = new AppError("storage.lease-lost", { store: "target", holder: holder ?? "" });
      if (position >= 40 * leases && holder !== undefined) losses[leases - 1]?.abort(error);
    };
    return { parts, onCommit, leases: () => leases };
  };
  const job = newJob();
  const taken = losing(["-", "another"]);
  const first = runOf(taken.parts, plannedOf(items), { job, onCommit: taken.onCommit, commitEvery: 10 });
  await expect(first.run.run()).rejects.toSatisfy((error) => hasCode(error, "storage.lease-lost"));
  expect(taken.leases()).toBe(2);
  expect(first.last().position).toBeLessThan(items.length);
  const back = losing(["-", "-"]);
  const planned = plannedOf(items);
  const second = runOf(back.parts, planned, { job, before: first.last(), onCommit: back.onCommit, commitEvery: 10 });
  const report = await second.run.run();
  expect(back.leases()).toBe(3);
  expect(report).toMatchObject({ done: true, failedCount: 0 });
  expect(report.written + report.found).toBe(items.length);
});

it("asks for new credentials when the old ones have expired in the middle", async () => {
  using bench = await damagedCopy();
  const items = await damageOf(bench);
  let opened = 0;
  const expiring = (store: ObjectStore) => {
    opened += 1;
    const mine = opened;
    return wrappedStore(store, {
      copy: (...args) => {
        if (mine > 1) return store.copy(...args);
        throw new AppError("storage.credentials-refused", { store: "target", problem: "ExpiredToken" });
      },
    });
  };
  const report = await runOf(restoreParts(storesOf(bench, expiring)), plannedOf(items)).run.run();
  expect(opened).toBe(2);
  expect(report).toMatchObject({ done: true, written: 3, failedCount: 0 });
});

it("fails where the disk is full, and goes on from there when there is room", async () => {
  using bench = await damagedCopy();
  const items = await itemsBetween(new FolderObjectStore(bench.source.path), new FolderObjectStore(bench.target.path));
  rmSync(bench.target.path, { recursive: true });
  const planned = plannedOf(items.map((item) => ({ ...item, replacesEtag: null, action: "add" as const })));
  let puts = 0;
  const full = (store: ObjectStore) =>
    wrappedStore(store, {
      put: (key, ...args) => {
        if (!key.startsWith("__kubemate__/")) puts += 1;
        if (puts > 90) throw new AppError("storage.full", { store: "target" });
        return store.put(key, ...args);
      },
    });
  const job = newJob();
  const first = runOf(restoreParts(storesOf(bench, full)), planned, { job });
  await expect(first.run.run()).rejects.toSatisfy((error) => hasCode(error, "storage.full"));
  expect(first.last()).toMatchObject({ done: false, error: { code: "storage.full" } });
  const before = restoreCheckpointSchema.parse(JSON.parse(JSON.stringify(first.last())));
  expect(before.position).toBeGreaterThan(60);
  const report = await runOf(restoreParts(storesOf(bench)), planned, { job, before }).run.run();
  expect(report).toMatchObject({ done: true, failedCount: 0 });
  expect(report.error).toBeUndefined();
  expect(report.written + report.found).toBe(items.length);
  for (const { key } of items) expect(sameAsSource(bench, key)).toBe(true);
});

it("stops when it is told to, commits what it has, and goes on later", async () => {
  using bench = await damagedCopy();
  const items = await itemsBetween(new FolderObjectStore(bench.source.path), new FolderObjectStore(bench.target.path));
  rmSync(bench.target.path, { recursive: true });
  const planned = plannedOf(items.map((item) => ({ ...item, replacesEtag: null, action: "add" as const })));
  const stop = new AbortController();
  const job = newJob();
  const onCommit = ({ position }: RestoreCheckpoint) => {
    if (position >= 40) stop.abort();
  };
  const first = runOf(restoreParts(storesOf(bench)), planned, { job, signal: stop.signal, onCommit, commitEvery: 10 });
  const stopped = await first.run.run();
  expect(stopped.done).toBe(false);
  expect(stopped.written).toBeGreaterThanOrEqual(40);
  expect(stopped.written).toBeLessThan(items.length);
  const report = await runOf(restoreParts(storesOf(bench)), planned, { job, before: first.last() }).run.run();
  expect(report).toMatchObject({ done: true, failedCount: 0 });
  expect(report.written + report.found).toBe(items.length);
});

it("is refused while another console changes the bucket, and writes nothing", async () => {
  using bench = await damagedCopy();
  const items = await damageOf(bench);
  const store = new FolderObjectStore(bench.target.path);
  const lease = { store, holder: "another", purpose: "restore", clock: systemClock };
  await using held = await acquireLease(lease, never);
  const { run, last } = runOf(restoreParts(storesOf(bench)), plannedOf(items));
  await expect(run.run()).rejects.toSatisfy((error) => hasCode(error, "storage.lease-held"));
  expect(held.lost.aborted).toBe(false);
  expect(last()).toMatchObject({ position: 0, written: 0, done: false });
});
