import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { restoreReportSchema, type RestoreReport } from "../../../src-shared/model/storage/restore.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { scanBucket } from "../../../src-main/core/storage/integrity/integrity-scan.ts";
import { storeNowMs } from "../../../src-main/core/storage/lease/store-clock.ts";
import type { ObjectStore } from "../../../src-main/core/storage/object-store.ts";
import { openS3ObjectStore } from "../../../src-main/core/storage/open-s3-object-store.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { KillingProxy, type DeathPoint } from "../../builders/killing-proxy.ts";
import { missingRadosgwPrograms, startRadosgw, type Radosgw } from "../../builders/radosgw.ts";
import { objectsOf } from "../../builders/restore-runs.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";
import { recordedObjects, writeObject } from "../../builders/loki-bucket.ts";

const missing = missingRadosgwPrograms();
const leftOut = missing.length > 0 && process.env["CI"] !== "true";
const MAIN = fileURLToPath(new URL("../../../src-main/cli/main.ts", import.meta.url));
const POINTS: readonly DeathPoint[] = ["before", "during", "after"];
/**
 * At which request of a run it dies, at least and at most: early ones fall into checks, the lease and chunks, later ones into
 * chunks that are there already, index files and the last look. No run has fewer requests.
 */
const EARLY = [1, 90] as const;
const LATE = [120, 300] as const;
const CHUNKS = 110;
const never = new AbortController().signal;

/** Mulberry32: the same points in every run of the test. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function bytesOf(store: ObjectStore, key: string): Promise<Buffer> {
  await using body = await store.get(key, {}, never);
  const pieces: Uint8Array[] = [];
  for await (const piece of body.chunks) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function contentsOf(store: ObjectStore): Promise<ReadonlyMap<string, string>> {
  const contents = new Map<string, string>();
  for (const { key } of await objectsOf(store)) contents.set(key, (await bytesOf(store, key)).toString("base64"));
  return contents;
}

async function inLanes<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const waiting = [...items];
  const lane = async () => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

describe.skipIf(leftOut)(`a restore that is killed${leftOut ? `, left out: no ${missing.join(", ")}` : ""}`, () => {
  let gateway: Radosgw;
  let proxy: KillingProxy;
  let proxied = "";
  const recorded: TemporaryDirectory = temporaryDirectory();
  const objects = new Map<string, Buffer>();

  beforeAll(async () => {
    using whole = temporaryDirectory();
    unpackLokiStorage(whole.path, "whole");
    const { FolderObjectStore } = await import("../../../src-main/core/storage/folder-object-store.ts");
    const all = new FolderObjectStore(whole.path);
    const chunks = new Set([...recordedObjects("objects.ndjson.gz").keys()].slice(0, CHUNKS));
    for (const { key } of await objectsOf(all)) {
      if (chunks.has(key) || key.startsWith("index/")) objects.set(key, await bytesOf(all, key));
    }
    for (const [key, bytes] of objects) writeObject(recorded.path, key, bytes);
    gateway = await startRadosgw();
    proxy = new KillingProxy(gateway.endpoint);
    proxied = await proxy.start();
  }, 120_000);

  afterAll(async () => {
    recorded[Symbol.dispose]();
    await proxy[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
  });

  async function bucketOf(name: string, versioned: boolean): Promise<ObjectStore> {
    const { endpoint, accessKeyId, secretAccessKey } = gateway;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
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

  /** Overwrites, truncates and deletes three quarters of all, by kind in turn. */
  async function damage(store: ObjectStore, random: () => number): Promise<number> {
    const keys = [...objects.keys()].filter(() => random() < 0.75);
    await inLanes([...keys.entries()], async ([at, key]) => {
      const bytes = objects.get(key) ?? Buffer.alloc(0);
      if (at % 3 === 0) await store.delete({ key }, never);
      else if (at % 3 === 1) await store.put(key, bytes.subarray(0, Math.floor(bytes.length / 2)), {}, never);
      else await store.put(key, Buffer.from(`overwritten ${key}`), {}, never);
    });
    return keys.length;
  }

  function restore(profile: TemporaryDirectory, parameters: readonly string[]) {
    const child = spawn(
      process.execPath,
      [MAIN, "--profile", profile.path, "storage", "restore", "apply", ...parameters, "--output", "json"],
      {
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          PATH: process.env["PATH"],
          LANG: "en_GB.UTF-8",
          KUBECONFIG: profile.file("no-kubeconfig"),
          KUBEMATE_MANAGED_SETTINGS: profile.file("no-managed-settings.json"),
          AWS_ACCESS_KEY_ID: gateway.accessKeyId,
          AWS_SECRET_ACCESS_KEY: gateway.secretAccessKey,
        },
      },
    );
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (piece: Buffer) => (stdout += piece.toString()));
    child.stderr.on("data", (piece: Buffer) => (stderr += piece.toString()));
    const ended = once(child, "close").then(() => ({
      code: child.exitCode,
      killed: child.signalCode === "SIGKILL",
      stdout,
      stderr,
    }));
    return { child, ended };
  }

  /** Runs the same command until it comes to its end, killed so often at random requests of it. */
  async function killedAndResumed(
    profile: TemporaryDirectory,
    parameters: readonly string[],
    deaths: readonly (readonly [number, number])[],
    random: () => number,
  ): Promise<RestoreReport> {
    for (const [kill, [first, last]] of deaths.entries()) {
      const { child, ended } = restore(profile, parameters);
      const point = POINTS[Math.floor(random() * POINTS.length)] ?? "before";
      const at = first + Math.floor(random() * (last - first + 1));
      proxy.killAt(at, point, () => child.kill("SIGKILL"));
      const { killed, stderr, stdout } = await ended;
      expect({ kill, killed, stderr, stdout: stdout.slice(0, 500) }).toMatchObject({ killed: true });
    }
    proxy.spare();
    const { code, stdout, stderr } = await restore(profile, parameters).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return restoreReportSchema.parse(JSON.parse(stdout));
  }

  async function plannedBy(profile: TemporaryDirectory, parameters: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await restore(profile, parameters).ended;
    expect({ code, stderr }).toMatchObject({ code: 2 });
    return (JSON.parse(stdout) as { readonly id: string }).id;
  }

  it(
    "as of before the damage: ten kills later the bucket equals the original, object for object",
    { timeout: 600_000 },
    async () => {
      using profile = temporaryDirectory();
      await using store = await bucketOf("versions", true);
      await inLanes([...objects], ([key, bytes]) => store.put(key, bytes, {}, never));
      const original = await contentsOf(store);
      // Stores know full seconds: the damage begins in a later one.
      const writtenMs = await storeNowMs(store, never);
      let asOfMs = writtenMs;
      while (asOfMs <= writtenMs + 1_000) asOfMs = await storeNowMs(store, never);
      const damaged = await damage(store, seeded(6));
      const scanned = await scanBucket({ store, mode: "fast" }, never);
      expect(scanned.findings.length).toBeGreaterThan(CHUNKS / 2);
      const address = `s3://versions?endpoint=${encodeURIComponent(proxied)}`;
      const asked = ["--store", address, "--as-of", new Date(asOfMs).toISOString()];
      const plan = await plannedBy(profile, asked);
      const deaths = [EARLY, EARLY, EARLY, EARLY, LATE, LATE, LATE, EARLY, EARLY, EARLY];
      const report = await killedAndResumed(profile, [plan, "--yes"], deaths, seeded(2026));
      expect(report).toMatchObject({ done: true, failedCount: 0 });
      expect(report.written + report.found).toBe(damaged);
      expect(await contentsOf(store)).toEqual(original);
    },
  );

  it.each([
    ["a DR bucket", true],
    ["a folder, into a bucket that keeps no versions", false],
  ])("from %s: killed and resumed, it equals the original", { timeout: 300_000 }, async (source, versioned) => {
    using profile = temporaryDirectory();
    const name = versioned ? "from-dr" : "from-folder";
    await using store = await bucketOf(name, versioned);
    await inLanes([...objects], ([key, bytes]) => store.put(key, bytes, {}, never));
    const original = await contentsOf(store);
    await damage(store, seeded(9));
    const address = (bucket: string) => `s3://${bucket}?endpoint=${encodeURIComponent(proxied)}`;
    let from = recorded.path;
    if (source === "a DR bucket") {
      await using copy = await bucketOf("dr-copy", false);
      await inLanes([...objects], ([key, bytes]) => copy.put(key, bytes, {}, never));
      from = address("dr-copy");
    }
    const plan = await plannedBy(profile, ["--store", address(name), "--from-store", from]);
    const report = await killedAndResumed(profile, [plan, "--yes"], [EARLY, LATE, EARLY], seeded(41));
    expect(report).toMatchObject({ done: true, failedCount: 0 });
    expect(await contentsOf(store)).toEqual(original);
  });
});
