import { describe, expect, it } from "vitest";
import { StorageCheckPool } from "../../../src-main/core/storage/check/storage-check-pool.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import type { ChunkChecker } from "../../../src-main/core/storage/integrity/chunk-checker.ts";
import { scanBucket } from "../../../src-main/core/storage/integrity/integrity-scan.ts";
import { buildChunk } from "../../builders/loki-chunk.ts";
import { writeObject } from "../../builders/loki-bucket.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { builderWorker, workerSource } from "../../builders/worker-source.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const never = new AbortController().signal;

function checkPool(worker: URL = workerSource("storage-check")): StorageCheckPool {
  return new StorageCheckPool({ locate: () => worker, logger: new RecordingLogger(), threads: 2 });
}

function chunkOf(tenant: string, line: string) {
  const entry = { timestampNs: 1_795_354_897_453_591_789n, line: Buffer.from(line) };
  return buildChunk({ version: 4, codec: "snappy", tenant, labels: { app: "a" }, blocks: [[entry]] });
}

describe("threads", () => {
  it.each(["fast", "deep"] as const)(
    "find in a %s scan what one thread finds, from files and from bytes",
    async (mode) => {
      using work = temporaryDirectory();
      unpackLokiStorage(work.path, "damaged");
      await using store = new FolderObjectStore(work.path);
      await using pool = checkPool();
      const alone = await scanBucket({ store, mode }, never);
      expect(alone.findings.length).toBeGreaterThan(60);
      for (const checker of [pool.ofFolder(store.title), pool.ofStore(store)]) {
        expect(await scanBucket({ store, mode, checker }, never)).toEqual(alone);
      }
    },
  );

  it.each(["folder", "store"] as const)(
    "that die of a chunk of a %s tell that chunk and check all others",
    async (kind) => {
      using work = temporaryDirectory();
      const poison = chunkOf("poison", "x");
      writeObject(work.path, poison.name, poison.bytes);
      const cut = chunkOf("acme", "cut");
      writeObject(work.path, cut.name, cut.bytes.subarray(0, -9));
      for (let at = 0; at < 5; at += 1) {
        const { name, bytes } = chunkOf("acme", `line ${at}`);
        writeObject(work.path, name, bytes);
      }
      await using store = new FolderObjectStore(work.path);
      await using pool = checkPool(builderWorker("mortal-storage-check"));
      // One at a time: whatever else such a thread was given is lost with it.
      const lone = (checker: ChunkChecker) => ({ ...checker, batchesAtOnce: 1 });
      const checker = kind === "folder" ? pool.ofFolder(store.title) : pool.ofStore(store);
      const { findings, chunks } = await scanBucket({ store, mode: "fast", checker: lone(checker) }, never);
      expect(chunks).toBe(7);
      expect(findings.find(({ key }) => key === poison.name)).toMatchObject({
        kind: "unreadable-object",
        evidence: [{ what: "internal" }],
      });
      expect(findings.filter(({ kind: found }) => found === "unreadable-object")).toHaveLength(1);
      expect(findings.find(({ key }) => key === cut.name)?.kind).toBe("truncated-chunk");
    },
  );

  it("end with whoever waits for them, and refuse work after the end", async () => {
    using work = temporaryDirectory();
    unpackLokiStorage(work.path, "whole");
    await using store = new FolderObjectStore(work.path);
    const pool = checkPool();
    const controller = new AbortController();
    const checker = pool.ofFolder(store.title);
    const scan = scanBucket({ store, mode: "deep", checker, onProgress: () => controller.abort() }, controller.signal);
    await expect(scan).rejects.toMatchObject({ code: "request.cancelled" });
    await pool[Symbol.asyncDispose]();
    await expect(scanBucket({ store, mode: "fast", checker }, never)).rejects.toMatchObject({
      code: "request.cancelled",
    });
  });
});
