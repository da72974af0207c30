import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import { acquireLease } from "../../../src-main/core/storage/lease/acquire-lease.ts";
import { LEASE_KEY } from "../../../src-main/core/storage/lease/lease-object.ts";
import type { ObjectStore } from "../../../src-main/core/storage/object-store.ts";
import { openS3ObjectStore } from "../../../src-main/core/storage/open-s3-object-store.ts";
import { ignoringAbsence } from "../../builders/careless-store.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import type { MortalQuarantine } from "../../builders/mortal-quarantine.ts";
import { BUCKET, contentsOf, QuarantineBench } from "../../builders/quarantine-desk.ts";
import { missingRadosgwPrograms, startRadosgw, type Radosgw } from "../../builders/radosgw.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

// On a developer's machine without Ceph the suite is left out by name; the build's machine must have it.
const missing = missingRadosgwPrograms();
const leftOut = missing.length > 0 && process.env["CI"] !== "true";
const MORTAL = fileURLToPath(new URL("../../builders/mortal-quarantine.ts", import.meta.url));
const signal = new AbortController().signal;

/** The other process; `null` where it was killed. */
function mortal(told: MortalQuarantine): Promise<{ calls: number; state: string } | null> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [MORTAL, JSON.stringify(told)], (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout) as { calls: number; state: string });
      else if (error.signal === "SIGKILL") resolve(null);
      else reject(new Error(stderr, { cause: error }));
    });
  });
}

describe.skipIf(leftOut)(`the quarantine of radosgw${leftOut ? `, left out: no ${missing.join(", ")}` : ""}`, () => {
  let gateway: Radosgw;
  let work: TemporaryDirectory;
  let profiles = 0;

  async function bucketOf(name: string, versioned: boolean): Promise<ObjectStore> {
    const { endpoint, accessKeyId, secretAccessKey } = gateway;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
    await client.send(new CreateBucketCommand({ Bucket: name }));
    if (versioned) {
      const VersioningConfiguration = { Status: "Enabled" } as const;
      await client.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration }));
    }
    client.destroy();
    return openS3ObjectStore({
      bucket: name,
      prefix: "",
      endpoint,
      credentials: async () => credentials,
      clock: systemClock,
    });
  }

  /** Some of the recorded bucket's chunks of a tenant, put into a bucket. */
  async function fill(store: ObjectStore, most: number): Promise<readonly string[]> {
    await using folder = new FolderObjectStore(work.file("recorded"));
    const recorded = [...(await contentsOf(folder, "acme/"))]
      .filter(([key]) => /^acme\/[0-9a-f]+\//.test(key))
      .slice(0, most);
    for (const [key, bytes] of recorded) await store.put(key, Buffer.from(bytes, "base64"), {}, signal);
    return recorded.map(([key]) => key);
  }

  async function versionsOf(store: ObjectStore, prefix: string) {
    return (await store.listVersions({ prefix }, signal)).versions;
  }

  function bench(store: ObjectStore): QuarantineBench {
    return new QuarantineBench({ profile: work.file(`profile-${(profiles += 1)}`), store });
  }

  beforeAll(async () => {
    work = temporaryDirectory();
    unpackLokiStorage(work.file("recorded"), "whole");
    gateway = await startRadosgw();
  }, 120_000);

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]();
    work?.[Symbol.dispose]();
  });

  it("with versions, puts delete markers, keeps every version, and brings back as new ones", async () => {
    await using store = await bucketOf("versioned", true);
    const keys = await fill(store, 6);
    const [damaged = "", whole = ""] = keys;
    const sound = (await contentsOf(store)).get(damaged) ?? "";
    await store.put(damaged, Buffer.from(sound, "base64").subarray(0, -10), {}, signal);
    const before = await contentsOf(store);
    const versions = new Set((await versionsOf(store, "acme/")).map(({ versionId }) => versionId));
    await using desk = bench(store);
    const plan = await desk.planKeys([damaged, whole]);
    // The older version of the damaged one is whole.
    expect(plan.items.map(({ remains }) => remains)).toEqual(["versions", "none"]);
    expect(plan.preflight.filter(({ state }) => state !== "passed").map(({ check }) => check)).toEqual(["compactor"]);
    const { report } = await desk.done(plan);
    expect(report).toMatchObject({ done: true, removed: 2 });
    expect([...(await contentsOf(store)).keys()].toSorted()).toEqual(keys.slice(2).toSorted());
    const after = await versionsOf(store, "acme/");
    expect(
      after
        .filter(({ isDeleteMarker }) => isDeleteMarker)
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual([damaged, whole].toSorted());
    for (const id of versions) expect(after.map(({ versionId }) => versionId)).toContain(id);
    await desk.done(await desk.planUndo(plan.batch));
    expect(await contentsOf(store)).toEqual(before);
    const back = (await versionsOf(store, "acme/")).map(({ versionId }) => versionId);
    for (const id of versions) expect(back).toContain(id);
    // Of the console's own, manifests and copies alone are left: no versions of leases or probes.
    const own = new Set((await versionsOf(store, "__kubemate__/")).map(({ key }) => key.split("/")[1]));
    expect([...own]).toEqual(["quarantine"]);
  }, 60_000);

  it("killed with SIGKILL at ten points and taken up again each time, ends with the bucket as it was, object for object", async () => {
    await using store = await bucketOf("mortal", true);
    const keys = await fill(store, 8);
    const before = await contentsOf(store);
    const { endpoint, accessKeyId, secretAccessKey } = gateway;
    const place = { bucket: "mortal", endpoint, accessKeyId, secretAccessKey };
    const told = { profile: work.file("mortal-profile"), place, keys, batch: null };
    let kills = 0;
    const run = async (batch: string | null, points: readonly number[]) => {
      for (const call of points) {
        const ended = await mortal({ ...told, batch, killAt: { call, answered: call % 2 === 0 } });
        if (ended !== null) return ended.state;
        kills += 1;
        const aside = new Set((await contentsOf(store, "__kubemate__/quarantine/")).values());
        const now = await contentsOf(store);
        for (const [key, bytes] of before) expect(now.get(key) === bytes || aside.has(bytes)).toBe(true);
      }
      return (await mortal({ ...told, batch, killAt: null }))?.state;
    };
    expect(await run(null, [4, 9, 14, 21, 33])).toBe("succeeded");
    expect((await contentsOf(store)).size).toBe(0);
    await using desk = bench(store);
    const [batch] = await desk.service.batches(BUCKET, signal);
    expect(await run(batch?.batch ?? "", [5, 8, 15, 24, 31])).toBe("succeeded");
    expect(kills).toBe(10);
    expect(await contentsOf(store)).toEqual(before);
    expect(await desk.service.batches(BUCKET, signal)).toMatchObject([{ state: "undone", count: 8 }]);
  }, 180_000);

  it("without versions it sets aside and undoes as well, and says that only the copy remains", async () => {
    await using store = await bucketOf("plain", false);
    const keys = await fill(store, 3);
    const before = await contentsOf(store);
    await using desk = bench(store);
    const plan = await desk.planKeys(keys);
    expect(plan.preflight).toContainEqual(
      expect.objectContaining({ check: "versioning", state: "warned", reason: "off" }),
    );
    expect((await desk.done(plan)).report.done).toBe(true);
    expect((await contentsOf(store)).size).toBe(0);
    expect((await desk.done(await desk.planUndo(plan.batch))).report.done).toBe(true);
    expect(await contentsOf(store)).toEqual(before);
  }, 60_000);

  it("two consoles: the lease refuses the second, is renewed, leaves no versions, and the second is told who has it", async () => {
    for (const [name, versioned] of [
      ["lease-versioned", true],
      ["lease-plain", false],
    ] as const) {
      await using store = await bucketOf(name, versioned);
      const asked = await Promise.allSettled(
        ["ada", "bob", "eve", "joe"].map((holder) =>
          acquireLease({ store, holder, purpose: "restore", clock: systemClock, ttlMs: 15_000 }, signal),
        ),
      );
      const got = asked.filter((each) => each.status === "fulfilled").map(({ value }) => value);
      expect(got).toHaveLength(1);
      const [lease] = got;
      const written = (await store.head(LEASE_KEY, {}, signal)).modifiedMs;
      await expect
        .poll(async () => (await store.head(LEASE_KEY, {}, signal)).modifiedMs, { timeout: 20_000 })
        .toBeGreaterThan(written);
      await lease?.confirm(signal);
      const late = acquireLease({ store, holder: "late", purpose: "restore", clock: systemClock }, signal);
      await expect(late).rejects.toMatchObject({ code: "storage.lease-held" });
      await lease?.[Symbol.asyncDispose]();
      expect((await store.list({ prefix: "__kubemate__/" }, signal)).objects).toEqual([]);
      if (versioned) expect(await versionsOf(store, "__kubemate__/")).toEqual([]);
    }
  }, 60_000);

  it("one that nobody renews any more is taken over when it has ended, by one alone, also where puts are never refused", async () => {
    for (const careless of [false, true]) {
      await using bucket = await bucketOf(careless ? "ended-careless" : "ended", true);
      const store = careless ? ignoringAbsence(bucket) : bucket;
      const left = { nonce: "killed", holder: "dead", purpose: "restore", ttlMs: 1_500, expiresAtMs: 0 };
      await store.put(LEASE_KEY, Buffer.from(JSON.stringify(left)), {}, signal);
      const take = (holder: string) => acquireLease({ store, holder, purpose: "restore", clock: systemClock }, signal);
      await expect(take("too soon")).rejects.toMatchObject({
        code: "storage.lease-held",
        params: { holder: "dead, restore" },
      });
      const asked = async () => {
        const answers = await Promise.allSettled(["ada", "bob", "eve"].map(take));
        return answers.filter((each) => each.status === "fulfilled").map(({ value }) => value);
      };
      let got = await asked();
      await expect
        .poll(
          async () => {
            if (got.length === 0) got = await asked();
            return got.length;
          },
          { timeout: 20_000, interval: 300 },
        )
        .toBe(1);
      await got[0]?.confirm(signal);
      await got[0]?.[Symbol.asyncDispose]();
      expect((await bucket.list({ prefix: "__kubemate__/" }, signal)).objects).toEqual([]);
    }
  }, 60_000);
});
