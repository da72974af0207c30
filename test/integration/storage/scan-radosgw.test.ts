import { connect, createServer, type Socket } from "node:net";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import { WHOLE_BUCKET } from "../../../src-shared/model/storage/scan.ts";
import { storeIdSchema } from "../../../src-shared/model/storage/store.ts";
import { DEFAULT_LAYOUT } from "../../../src-main/core/storage/integrity/object-kind.ts";
import { ScanRunner } from "../../../src-main/core/storage/scans/scan-runner.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { StorageCheckPool } from "../../../src-main/core/storage/check/storage-check-pool.ts";
import { scanBucket, type ScanReport } from "../../../src-main/core/storage/integrity/integrity-scan.ts";
import type { ObjectStore } from "../../../src-main/core/storage/object-store.ts";
import { openS3ObjectStore } from "../../../src-main/core/storage/open-s3-object-store.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import { allObjects } from "../../../src-main/core/storage/integrity/inventory.ts";
import { CommandLine } from "../../builders/command-line.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { missingRadosgwPrograms, startRadosgw, type Radosgw } from "../../builders/radosgw.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { workerSource } from "../../builders/worker-source.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

// On a developer's machine without Ceph the suite is left out by name; the build's machine must have it.
const missing = missingRadosgwPrograms();
const leftOut = missing.length > 0 && process.env["CI"] !== "true";

const signal = new AbortController().signal;
const PREFIX = "site one/loki";
const DELETED = "globex/569d719cbfd4ce6d/1a1fd8c6900:1a1fd90f8f8:d2b21eae";

async function bytesOf(store: ObjectStore, key: string): Promise<Buffer> {
  await using body = await store.get(key, {}, signal);
  const pieces: Uint8Array[] = [];
  for await (const piece of body.chunks) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function keysOf(store: ObjectStore): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of allObjects(store, "", signal)) keys.push(key);
  return keys;
}

async function copyAll(from: ObjectStore, to: ObjectStore): Promise<readonly string[]> {
  const keys = await keysOf(from);
  const waiting = [...keys];
  const lane = async () => {
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
      await to.put(key, await bytesOf(from, key), {}, signal);
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return keys;
}

describe.skipIf(leftOut)(`a scan of radosgw${leftOut ? `, left out: no ${missing.join(", ")}` : ""}`, () => {
  let gateway: Radosgw;
  let bucket: ObjectStore;
  let keys: readonly string[] = [];
  let whole: ScanReport;

  async function open(prefix: string): Promise<ObjectStore> {
    const { endpoint, accessKeyId, secretAccessKey } = gateway;
    const credentials = async () => ({ accessKeyId, secretAccessKey });
    return openS3ObjectStore({ bucket: "loki", prefix, endpoint, credentials, clock: systemClock });
  }

  async function scan(mode: "fast" | "deep"): Promise<ScanReport> {
    await using pool = new StorageCheckPool({ locate: workerSource, logger: new RecordingLogger(), threads: 2 });
    return await scanBucket({ store: bucket, mode, checker: pool.ofStore(bucket) }, signal);
  }

  beforeAll(async () => {
    gateway = await startRadosgw();
    const { endpoint, accessKeyId, secretAccessKey } = gateway;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
    await client.send(new CreateBucketCommand({ Bucket: "loki" }));
    client.destroy();
    bucket = await open(PREFIX);
    await using besides = await open("site two");
    await besides.put("acme/none-of-site-one", Buffer.from("x"), {}, signal);
    using work = temporaryDirectory();
    unpackLokiStorage(work.path, "whole");
    await using folder = new FolderObjectStore(work.path);
    keys = await copyAll(folder, bucket);
    whole = await scanBucket({ store: folder, mode: "fast" }, signal);
  }, 120_000);

  afterAll(async () => {
    await bucket?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
  });

  it("below a storage prefix finds what a scan of the same bucket as a folder finds, and nothing of others", async () => {
    expect(await scan("fast")).toEqual(whole);
    expect(whole.findings).toHaveLength(60);
  }, 60_000);

  it("finds what was overwritten, cut, put under another's name and deleted, and nothing besides", async () => {
    const chunks = keys.filter((key) => key !== DELETED && /^acme\/[0-9a-f]+\//.test(key));
    const [overwritten = "", cut = "", emptied = "", swapped = "", source = "", multipart = ""] = chunks;
    const put = (key: string, bytes: Uint8Array) => bucket.put(key, bytes, {}, signal);
    const flipped = await bytesOf(bucket, overwritten);
    const at = flipped.length - 40;
    flipped[at] = (flipped[at] ?? 0) ^ 0xff;
    await put(overwritten, flipped);
    await put(cut, (await bytesOf(bucket, cut)).subarray(0, -20));
    await put(emptied, new Uint8Array(0));
    await put(swapped, await bytesOf(bucket, source));
    await bucket.delete({ key: DELETED }, signal);
    // The same bytes again, as an upload in parts: the etag is no checksum of them.
    const bytes = await bytesOf(bucket, multipart);
    const upload = await bucket.beginUpload(multipart, {}, signal);
    const part = await bucket.uploadPart(upload, 1, bytes, signal);
    const { etag } = await bucket.completeUpload(upload, [part], signal);
    expect(etag).toMatch(/-1$/);
    for (const mode of ["fast", "deep"] as const) {
      const { findings } = await scan(mode);
      const before = new Set(whole.findings.map(({ key }) => key));
      const told = findings.filter(({ key }) => !before.has(key)).map(({ kind, key }) => `${kind} ${key}`);
      expect(told.toSorted()).toEqual(
        [
          `bitflip-block ${overwritten}`,
          `truncated-chunk ${cut}`,
          `zero-byte-chunk ${emptied}`,
          `wrong-key-checksum ${swapped}`,
          `missing-chunk ${DELETED}`,
        ].toSorted(),
      );
      expect(findings).toHaveLength(65);
    }
  }, 60_000);

  it("is what the command prints", async () => {
    using line = new CommandLine();
    line.environment["AWS_ACCESS_KEY_ID"] = gateway.accessKeyId;
    line.environment["AWS_SECRET_ACCESS_KEY"] = gateway.secretAccessKey;
    const place = `s3://loki/${encodeURIComponent(PREFIX).replaceAll("%2F", "/")}?endpoint=${gateway.endpoint}`;
    const { stdout, stderr, exitCode } = await line.run("storage", "scan", "--store", place, "--output", "json");
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ chunks: 1805, indexFiles: 19, references: 3595 });
    expect(stdout).not.toContain(gateway.secretAccessKey);
  }, 60_000);

  it("that refuses every connection for a while is waited for, and told as if nothing had been", async () => {
    using profile = temporaryDirectory();
    await using proxy = await startProxy(new URL(gateway.endpoint));
    const { accessKeyId, secretAccessKey } = gateway;
    const credentials = async () => ({ accessKeyId, secretAccessKey });
    const endpoint = proxy.endpoint;
    await using through = await openS3ObjectStore({
      bucket: "loki",
      prefix: PREFIX,
      endpoint,
      credentials,
      clock: systemClock,
    });
    await using runner = new ScanRunner({
      locateWorker: workerSource,
      clock: systemClock,
      logger: new RecordingLogger(),
      patienceMs: 60_000,
      onDamaged: () => {},
    });
    const store = storeIdSchema.parse("proxied");
    const place = { kind: "folder" as const, directory: "/" };
    const config = {
      name: "proxied",
      place,
      site: null,
      indexPrefix: "index/",
      bytesPerSecond: null,
      dr: null,
      scratch: null,
    };
    const told: (string | null)[] = [];
    const run = (id: string, refuse: boolean) =>
      runner.run(
        {
          opened: {
            id: store,
            config,
            store: through,
            layout: DEFAULT_LAYOUT,
            folder: null,
            s3: null,
            [Symbol.asyncDispose]: async () => {},
          },
          order: {
            scan: jobIdSchema.parse(id),
            request: { store, mode: "fast", scope: WHOLE_BUCKET, incremental: false, bytesPerSecond: null },
            title: through.title,
            principal: "tester",
            startedAtMs: systemClock.nowMs(),
            layout: DEFAULT_LAYOUT,
            findingsFile: profile.file("findings.db"),
            ledgerFile: profile.file("ledger.db"),
            sampleFrom: 0,
            keepScans: 5,
          },
          bytesPerSecond: null,
          onNews: ({ summary }) => {
            if (refuse && told.length === 0 && summary.checked > 200) proxy.setDown(true);
          },
          onWaiting: (waiting) => {
            told.push(waiting?.error.code ?? null);
            proxy.setDown(false);
          },
        },
        signal,
      );
    const first = await run("11111111-1111-4111-8111-111111111111", false);
    const second = await run("22222222-2222-4222-8222-222222222222", true);
    expect(told).toEqual(["storage.unreachable", null]);
    expect(second.compared).toMatchObject({ with: first.scan, appeared: 0, vanished: 0 });
    expect(second.gaps).toEqual([]);
  }, 120_000);
});

/** Passes bytes on; while down, it cuts what is open and refuses what is new. */
async function startProxy(target: URL) {
  const sockets = new Set<Socket>();
  let down = false;
  const server = createServer((socket) => {
    if (down) {
      socket.destroy();
      return;
    }
    const onward = connect(Number(target.port), target.hostname);
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on("error", () => end.destroy());
      end.on("close", () => {
        sockets.delete(end);
        socket.destroy();
        onward.destroy();
      });
    }
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    setDown(next: boolean): void {
      down = next;
      if (down) for (const socket of sockets) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
