import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hasCode } from "../../../src-shared/errors/app-error.ts";
import type { ArchiveWriter, SliceOptions } from "../../../src-main/core/archive/archive-writer.ts";
import { createArchiveWriter } from "../../../src-main/core/archive/parquet/archive-writer-pool.ts";
import { openKubemateArchive } from "../../../src-main/core/archive/parquet/open-kubemate-archive.ts";
import { verifyArchive } from "../../../src-main/core/archive/parquet/verify-archive.ts";
import { writeManifest } from "../../../src-main/core/archive/parquet/manifest-file.ts";
import { logBatch, type PlainRow } from "../../builders/log-batches.ts";
import { manifestOf, openContents, readBlocks } from "../../builders/parquet-archives.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { workerSource } from "../../builders/worker-source.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const MIDNIGHT_NS = 1_763_683_200_000_000_000n;

function writer(): ArchiveWriter {
  return createArchiveWriter({ locate: workerSource, threads: 2, logger: new RecordingLogger() });
}

function options(directory: string, slice = "000001"): SliceOptions {
  return { directory, tenant: "acme", slice, labelColumns: { app: "app" }, redact: [] };
}

function rows(from: number, count: number): PlainRow[] {
  return Array.from({ length: count }, (_, index): PlainRow => ({
    timestampNs: MIDNIGHT_NS + BigInt(from + index) * 1_000_000n,
    labels: { app: "pay" },
    line: `line ${from + index}`,
  }));
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".parquet"))
    .sort();
}

describe("the writer of archives", () => {
  it("writes slices in threads, a file a UTC day, with the checksums that verification finds", async () => {
    using directory = temporaryDirectory();
    await using pool = writer();
    const write = async (slice: string, from: number) => {
      await using open = await pool.openSlice(options(directory.path, slice));
      for (let batch = 0; batch < 10; batch += 1) await open.append(logBatch(rows(from + batch * 500, 500)));
      return open.finish();
    };
    const slices = await Promise.all([write("000000", -2_000), write("000001", 3_000), write("000002", 8_000)]);
    expect(filesIn(directory.path)).toEqual([
      "tenant=acme/day=2025-11-20/slice-000000-0.parquet",
      "tenant=acme/day=2025-11-21/slice-000000-1.parquet",
      "tenant=acme/day=2025-11-21/slice-000001-0.parquet",
      "tenant=acme/day=2025-11-21/slice-000002-0.parquet",
    ]);
    expect(slices.map((slice) => slice.rows)).toEqual([5_000, 5_000, 5_000]);
    await writeManifest(directory.path, manifestOf(slices, { app: "app" }));
    expect(await verifyArchive(directory.path, { signal: new AbortController().signal })).toEqual([]);
    const { blocks } = await openContents(openKubemateArchive, directory.path);
    const read = await readBlocks(blocks);
    const lines = read.rows.map(({ line }) => line.toString()).sort();
    expect(lines).toEqual(
      rows(-2_000, 15_000)
        .map(({ line }) => String(line))
        .sort(),
    );
  });

  it("leaves nothing of a slice that is let go of before its end", async () => {
    using directory = temporaryDirectory();
    await using pool = writer();
    {
      await using open = await pool.openSlice(options(directory.path));
      await open.append(logBatch(rows(-500, 1_000)));
    }
    expect(
      readdirSync(directory.path, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("slice")),
    ).toEqual([]);
  });

  it("replaces what an earlier try of a slice left, finished files and unfinished ones", async () => {
    using directory = temporaryDirectory();
    await using pool = writer();
    const first = await pool.openSlice(options(directory.path));
    await first.append(logBatch(rows(-500, 1_000)));
    await first.finish();
    const day = `${directory.path}/tenant=acme/day=2025-11-21`;
    writeFileSync(`${day}/.tmp-slice-000001-0.parquet`, "left by a crash");
    writeFileSync(`${day}/slice-0000011-0.parquet`, "of another slice");
    const second = await pool.openSlice(options(directory.path));
    await second.append(logBatch(rows(0, 10)));
    await second.finish();
    expect(filesIn(directory.path)).toEqual([
      "tenant=acme/day=2025-11-21/slice-000001-0.parquet",
      "tenant=acme/day=2025-11-21/slice-0000011-0.parquet",
    ]);
  });

  it("writes no file of a slice without rows, and removes those of an earlier try", async () => {
    using directory = temporaryDirectory();
    await using pool = writer();
    const first = await pool.openSlice(options(directory.path));
    await first.append(logBatch(rows(0, 10)));
    await first.finish();
    const second = await pool.openSlice(options(directory.path));
    await second.append(logBatch([]));
    expect(await second.finish()).toEqual({ files: [], rows: 0, redacted: {} });
    expect(filesIn(directory.path)).toEqual([]);
  });

  it("counts what it redacted", async () => {
    using directory = temporaryDirectory();
    await using pool = writer();
    const open = await pool.openSlice({ ...options(directory.path), redact: ["email"] });
    await open.append(
      logBatch([{ timestampNs: MIDNIGHT_NS, labels: { app: "pay" }, line: "mail to a.b@example.com" }]),
    );
    expect((await open.finish()).redacted).toEqual({ email: 1 });
    const { blocks } = await openContents(openKubemateArchive, directory.path);
    expect((await readBlocks(blocks)).rows[0]?.line.toString()).not.toContain("example.com");
  });

  it("says that a folder cannot be written, to whoever appends or finishes", async () => {
    using directory = temporaryDirectory();
    // Where the partition should be, there is a file.
    mkdirSync(directory.path, { recursive: true });
    writeFileSync(directory.file("tenant=acme"), "in the way");
    await using pool = writer();
    const failure = await (async () => {
      await using open = await pool.openSlice(options(directory.path));
      await open.append(logBatch(rows(0, 10)));
      await open.finish();
    })().catch((error: unknown) => error);
    expect(hasCode(failure, "files.unwritable")).toBe(true);
  });

  it("takes no more batches while many bytes wait for its thread", async () => {
    using directory = temporaryDirectory();
    await using pool = writer();
    const open = await pool.openSlice(options(directory.path));
    const large = logBatch([{ timestampNs: MIDNIGHT_NS, labels: {}, line: Buffer.alloc(9 * 1024 * 1024, "x") }]);
    let welcome = false;
    const appended = open.append(large).then(() => {
      welcome = true;
    });
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    expect(welcome).toBe(false);
    await appended;
    expect((await open.finish()).rows).toBe(1);
  });

  it("leaves only temporary files when it is killed, which the next try removes", async () => {
    using directory = temporaryDirectory();
    const script = new URL("../../fixtures/archive/write-until-killed.ts", import.meta.url);
    const child = spawn(process.execPath, [script.pathname, directory.path], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const left = readdirSync(directory.path, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.includes("slice-"),
    );
    expect(left).toEqual(["tenant=acme/day=2025-11-21/.tmp-slice-000001-0.parquet"]);
    await using pool = writer();
    const open = await pool.openSlice(options(directory.path));
    await open.append(logBatch(rows(0, 10)));
    await open.finish();
    expect(filesIn(directory.path)).toEqual(["tenant=acme/day=2025-11-21/slice-000001-0.parquet"]);
  });
});
