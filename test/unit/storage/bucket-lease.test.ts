import { spawn } from "node:child_process";
import { once } from "node:events";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import { acquireLease, leaseInForce } from "../../../src-main/core/storage/lease/acquire-lease.ts";
import { LEASE_KEY } from "../../../src-main/core/storage/lease/lease-object.ts";
import type { ObjectStore } from "../../../src-main/core/storage/object-store.ts";
import { ignoringAbsence, wrapped } from "../../builders/careless-store.ts";
import { ManualClock, settle } from "../../builders/manual-clock.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const signal = new AbortController().signal;

function requestOf(store: ObjectStore, holder: string, clock = new ManualClock()) {
  return { store, holder, purpose: "restore 1", clock };
}

async function keysOf(store: ObjectStore): Promise<readonly string[]> {
  return (await store.list({ prefix: "" }, signal)).objects.map(({ key }) => key);
}

/** As if the holder had written it so long ago, by the store's clock. */
async function age(folder: string, ageMs: number): Promise<void> {
  const then = new Date(Date.now() - ageMs);
  await utimes(join(folder, LEASE_KEY), then, then);
}

describe("a lease on a bucket", () => {
  it("refuses the second, names who has it and until when, and is free when it is released", async () => {
    using work = temporaryDirectory();
    await using store = new FolderObjectStore(work.path);
    const first = await acquireLease(requestOf(store, "ada on one"), signal);
    await expect(acquireLease(requestOf(store, "bob on two"), signal)).rejects.toMatchObject({
      code: "storage.lease-held",
      params: { holder: "ada on one, restore 1", until: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
    expect(await leaseInForce(store, null, signal)).toMatchObject({ holder: "ada on one, restore 1" });
    await first.confirm(signal);
    await first[Symbol.asyncDispose]();
    expect(await keysOf(store)).toEqual([]);
    await using second = await acquireLease(requestOf(store, "bob on two"), signal);
    await second.confirm(signal);
  });

  it("is taken over when it has ended by the store's clock, whatever the clocks of the consoles say", async () => {
    using work = temporaryDirectory();
    await using store = new FolderObjectStore(work.path);
    const late = new ManualClock(Date.UTC(2031, 0, 1));
    const early = new ManualClock(Date.UTC(2001, 0, 1));
    await using first = await acquireLease(requestOf(store, "ada on one", late), signal);
    await age(work.path, 50_000);
    await expect(acquireLease(requestOf(store, "bob on two", early), signal)).rejects.toMatchObject({
      code: "storage.lease-held",
    });
    await age(work.path, 70_000);
    await using second = await acquireLease(requestOf(store, "bob on two", early), signal);
    await second.confirm(signal);
    await expect(first.confirm(signal)).rejects.toMatchObject({
      code: "storage.lease-lost",
      params: { holder: "bob on two, restore 1" },
    });
    expect(first.lost.aborted).toBe(true);
    expect(await keysOf(store)).toEqual([LEASE_KEY]);
  });

  it("is renewed at a third of its time, and lost when that cannot be done before it ends", async () => {
    using work = temporaryDirectory();
    await using folder = new FolderObjectStore(work.path);
    const clock = new ManualClock();
    let reachable = true;
    const store = wrapped(folder, (name, args) => {
      if (name === "get" && !reachable) throw new AppError("storage.unreachable", { store: "it", problem: "gone" });
      return args;
    });
    await using lease = await acquireLease(requestOf(store, "ada", clock), signal);
    await age(work.path, 59_000);
    await clock.advance(20_000);
    await expect
      .poll(async () => (await folder.head(LEASE_KEY, {}, signal)).modifiedMs)
      .toBeGreaterThan(Date.now() - 30_000);
    await settle();
    expect(lease.lost.aborted).toBe(false);
    reachable = false;
    await expect
      .poll(async () => {
        await clock.advance(10_000);
        return lease.lost.aborted;
      })
      .toBe(true);
    expect(lease.lost.reason).toMatchObject({ code: "storage.lease-lost" });
  });

  it("is never had by two of many that ask at once, also for one that has ended", async () => {
    for (const ended of [false, true]) {
      using work = temporaryDirectory();
      await using store = new FolderObjectStore(work.path);
      if (ended) {
        const left = await acquireLease(requestOf(store, "who was killed"), signal);
        expect(left.lost.aborted).toBe(false);
        await age(work.path, 100_000);
      }
      const asked = await Promise.allSettled(
        Array.from({ length: 8 }, (_, at) =>
          acquireLease({ ...requestOf(store, `holder ${at}`), clock: systemClock }, signal),
        ),
      );
      const got = asked.filter((each) => each.status === "fulfilled").map(({ value }) => value);
      const confirmed = await Promise.allSettled(got.map((lease) => lease.confirm(signal)));
      expect(confirmed.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(1);
      expect(got.length).toBeLessThanOrEqual(1);
      for (const each of asked)
        if (each.status === "rejected") expect(each.reason).toMatchObject({ code: "storage.lease-held" });
      for (const lease of got) await lease[Symbol.asyncDispose]();
    }
  });

  it("where a store cannot put conditionally, the last who wrote has it and the others are refused", async () => {
    using work = temporaryDirectory();
    await using folder = new FolderObjectStore(work.path);
    const store = ignoringAbsence(folder);
    const clock = new ManualClock();
    const asked = ["ada", "bob", "eve"].map((holder) => acquireLease(requestOf(store, holder, clock), signal));
    const answers = Promise.allSettled(asked);
    let refused = 0;
    for (const each of asked) each.catch(() => (refused += 1));
    // Whoever was not refused at once waits to see whether another wrote later.
    await expect.poll(() => clock.waiting + refused).toBe(3);
    await clock.advance(3_000);
    const got = (await answers).filter((each) => each.status === "fulfilled").map(({ value }) => value);
    expect(got).toHaveLength(1);
    await got[0]?.confirm(signal);
    await expect(acquireLease(requestOf(store, "late", clock), signal)).rejects.toMatchObject({
      code: "storage.lease-held",
    });
    await got[0]?.confirm(signal);
    await got[0]?.[Symbol.asyncDispose]();
    expect(await keysOf(folder)).toEqual([]);
  });

  it("ends by itself when the bucket holds something that is no lease under its name", async () => {
    using work = temporaryDirectory();
    await using store = new FolderObjectStore(work.path);
    await store.put(LEASE_KEY, Buffer.from('{"ttlMs": 1e300, "nonce": "x"'), {}, signal);
    await expect(acquireLease(requestOf(store, "ada"), signal)).rejects.toMatchObject({ params: { holder: "?" } });
    await age(work.path, 61_000);
    await using lease = await acquireLease(requestOf(store, "ada"), signal);
    await lease.confirm(signal);
    await writeFile(join(work.path, LEASE_KEY), "");
    await expect(lease.confirm(signal)).rejects.toMatchObject({ code: "storage.lease-lost" });
  });

  it("of a process that was killed shuts others out until it ends, and its own job has it at once", async () => {
    using work = temporaryDirectory();
    const script = fileURLToPath(new URL("../../builders/lease-holder.ts", import.meta.url));
    const child = spawn(process.execPath, [script, work.path, "job-1"], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    expect(line).toBe("has it");
    await using store = new FolderObjectStore(work.path);
    const other = { ...requestOf(store, "bob on two"), clock: systemClock };
    await expect(acquireLease(other, signal)).rejects.toMatchObject({ code: "storage.lease-held" });
    child.kill("SIGKILL");
    await once(child, "exit");
    await expect(acquireLease(other, signal)).rejects.toMatchObject({ code: "storage.lease-held" });
    const own = await acquireLease({ ...other, nonce: "job-1" }, signal);
    await own.confirm(signal);
    await own[Symbol.asyncDispose]();
    await using free = await acquireLease(other, signal);
    await free.confirm(signal);
  });
});
