import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import type { ObjectStore } from "../../../src-main/core/storage/object-store.ts";
import { openS3ObjectStore } from "../../../src-main/core/storage/open-s3-object-store.ts";
import { versionsPart } from "../../../src-main/core/storage/recovery/versions-part.ts";
import { drillBench } from "../../builders/drill-runs.ts";
import { missingRadosgwPrograms, startRadosgw, type Radosgw } from "../../builders/radosgw.ts";
import { itemsOf, openedStore, planned, unpackOldDays } from "../../builders/restore-planning.ts";
import { objectsOf, openerOf } from "../../builders/restore-runs.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

// On a developer's machine without Ceph the suite is left out by name; the build's machine must have it.
const missing = missingRadosgwPrograms();
const leftOut = missing.length > 0 && process.env["CI"] !== "true";
const signal = new AbortController().signal;

describe.skipIf(leftOut)(`a drill from versions${leftOut ? `, left out: no ${missing.join(", ")}` : ""}`, () => {
  const work = temporaryDirectory();
  let gateway: Radosgw;
  const open = (bucket: string): Promise<ObjectStore> => {
    const { endpoint, accessKeyId, secretAccessKey } = gateway;
    const credentials = async () => ({ accessKeyId, secretAccessKey });
    return openS3ObjectStore({ bucket, endpoint, credentials, clock: systemClock });
  };

  beforeAll(async () => {
    gateway = await startRadosgw();
    const { endpoint, accessKeyId, secretAccessKey } = gateway;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
    await client.send(new CreateBucketCommand({ Bucket: "loki" }));
    await client.send(new CreateBucketCommand({ Bucket: "scratch" }));
    const versioning = { Status: "Enabled" } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: "loki", VersioningConfiguration: versioning }));
    client.destroy();
  });

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]();
    work[Symbol.dispose]();
  });

  it("brings back in the scratch bucket what was overwritten and deleted, and leaves the bucket as it was", async () => {
    await using bucket = await open("loki");
    await using scratch = await open("scratch");
    const chunks = unpackOldDays(work.file("whole"));
    const folder = new FolderObjectStore(work.file("whole"));
    for (const { key } of await objectsOf(folder)) {
      await using body = await folder.get(key, {}, signal);
      const pieces: Uint8Array[] = [];
      for await (const piece of body.chunks) pieces.push(piece);
      await bucket.put(key, Buffer.concat(pieces), {}, signal);
    }
    const originals = await objectsOf(bucket);
    const settings = null;
    expect(await versionsPart({ store: bucket, indexPrefix: "index/", settings }, Date.now(), signal)).toMatchObject({
      state: "unknown",
      reason: "none-seen",
    });
    const asOfMs = Math.max(...originals.map(({ modifiedMs }) => modifiedMs));
    // Versions are told apart by the second.
    await expect.poll(() => Date.now(), { timeout: 10_000 }).toBeGreaterThan(asOfMs + 1_500);
    await bucket.put(chunks[0] ?? "", Buffer.from("damaged"), {}, signal);
    await bucket.delete({ key: chunks[1] ?? "" }, signal);
    const versions = await versionsPart({ store: bucket, indexPrefix: "index/", settings }, Date.now(), signal);
    expect(versions).toMatchObject({ state: "known", params: { by: "sample" } });
    expect(versions.evidence.some(({ fact }) => fact.startsWith(chunks[0] ?? "-"))).toBe(true);
    const before = await objectsOf(bucket);

    const ends = { bucket: openedStore("loki", bucket), into: openedStore("scratch", scratch) };
    const plan = await planned(work.file("plans"), ends, { source: { kind: "versions", asOfMs } });
    using bench = drillBench(work, openerOf({ loki: () => lent(bucket), scratch: () => lent(scratch) }));
    const { drill } = await bench.run(plan);
    expect(drill).toMatchObject({ result: "passed", objects: (await itemsOf(plan)).length });
    const sizes = (objects: typeof originals) => objects.map(({ key, sizeBytes }) => `${key} ${sizeBytes}`).toSorted();
    expect(sizes(await objectsOf(scratch))).toEqual(sizes(originals));
    expect(sizes(await objectsOf(bucket))).toEqual(sizes(before));
  });
});

/** The same store, which stays open when a drill closes it. */
function lent(store: ObjectStore): ObjectStore {
  return new Proxy(store, {
    get: (target, name) => {
      if (name === Symbol.asyncDispose) return () => Promise.resolve();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
