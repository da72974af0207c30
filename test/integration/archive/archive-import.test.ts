import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import { COMPLETE } from "../../../src-shared/model/completeness.ts";
import type { ImportSummary } from "../../../src-shared/model/import-summary.ts";
import type { ArchiveContents } from "../../../src-main/core/archive/archive-contents.ts";
import { importArchive, type ImportOptions, type ReadRows } from "../../../src-main/core/archive/archive-import.ts";
import type { ArchiveWriter } from "../../../src-main/core/archive/archive-writer.ts";
import { importCheckpointSchema, type ImportCheckpoint } from "../../../src-main/core/archive/import-checkpoint.ts";
import { importProvenance } from "../../../src-main/core/archive/import-provenance.ts";
import { createArchiveWriter } from "../../../src-main/core/archive/parquet/archive-writer-pool.ts";
import { chooseLabelColumns } from "../../../src-main/core/archive/parquet/label-columns.ts";
import { readManifest, writeManifest } from "../../../src-main/core/archive/parquet/manifest-file.ts";
import { openKubemateArchive } from "../../../src-main/core/archive/parquet/open-kubemate-archive.ts";
import { verifyArchive } from "../../../src-main/core/archive/parquet/verify-archive.ts";
import { rowsFrom } from "../../../src-main/core/archive/import-position.ts";
import { ArchiveScanPool } from "../../../src-main/core/archive/scan/archive-scan-pool.ts";
import { readArchiveRows } from "../../../src-main/core/archive/scan/read-archive-rows.ts";
import { openTextFiles } from "../../../src-main/core/archive/text/open-text-files.ts";
import type { LogBatch } from "../../../src-shared/model/log-batch.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { openParts, storedRows } from "../../builders/capsule-parts.ts";
import { logBatch, type PlainRow } from "../../builders/log-batches.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";
import { workerSource } from "../../builders/worker-source.ts";

const DAY_NS = 86_400_000_000_000n;
const always = new AbortController().signal;

let writer: ArchiveWriter;

const locate = workerSource;

beforeAll(() => {
  writer = createArchiveWriter({ locate, threads: 2, logger: new RecordingLogger() });
});
afterAll(() => writer[Symbol.asyncDispose]());

function rowsBetween(batch: LogBatch, from: number, to: number): LogBatch {
  const rest = rowsFrom(batch, from);
  const rowCount = to - from;
  return {
    ...rest,
    rowCount,
    timestampsNs: rest.timestampsNs.slice(0, rowCount),
    lineOffsets: rest.lineOffsets.slice(0, rowCount + 1),
  };
}

/** Rows by tenant, ascending, as the source has them. */
type Tenants = Readonly<Record<string, readonly PlainRow[]>>;

function contentsOf(tenants: Tenants, given: Partial<ArchiveContents> = {}): ArchiveContents {
  return {
    kind: "files",
    title: "a test",
    blocks: Object.entries(tenants).map(([tenant, rows]) => ({
      place: { kind: "chunk", file: tenant, key: "" },
      tenant,
      minNs: rows[0]?.timestampNs ?? 0n,
      maxNs: rows.at(-1)?.timestampNs ?? 0n,
      rows: rows.length,
      bytes: rows.length,
      streams: null,
      sorted: true,
    })),
    tenants: Object.keys(tenants),
    formats: ["text"],
    problems: [],
    completeness: COMPLETE,
    provenance: null,
    assumptions: {},
    dropsDuplicates: false,
    ...given,
  };
}

/** Reads those rows in batches; `beforeBatch` may throw, with the batches of all tenants counted through. */
function readerOf(tenants: Tenants, batchRows: number, beforeBatch: (batch: number) => void = () => {}): ReadRows {
  let batches = 0;
  return async function* ({ tenant, range }) {
    const rows = (tenants[tenant] ?? []).filter(
      ({ timestampNs }) => range === null || (timestampNs >= range.startNs && timestampNs < range.endNs),
    );
    for (let from = 0; from < rows.length; from += batchRows) {
      beforeBatch(batches++);
      yield logBatch(rows.slice(from, from + batchRows));
    }
  };
}

function optionsOf(directory: string, tenants: Tenants, given: Partial<ImportOptions> = {}): ImportOptions {
  const contents = given.contents ?? contentsOf(tenants);
  const by = { paths: ["/logs/a.log"], principal: "ada", program: "kubemate 0.0.0-test", nowMs: 0 };
  return {
    contents,
    tenants: null,
    tenantOverride: null,
    labels: {},
    directory,
    writer,
    lanes: 2,
    readRows: readerOf(tenants, 10),
    writeManifest,
    chooseLabelColumns,
    provenance: importProvenance(contents, by),
    clock: systemClock,
    signal: always,
    report: () => {},
    checkpoint: null,
    commit: async () => {},
    ...given,
  };
}

async function rowsIn(directory: string): Promise<string[]> {
  const outcome = await openKubemateArchive([directory], {}, openParts(directory));
  if (outcome?.kind !== "opened") throw new Error("not opened");
  expect(outcome.contents.problems).toEqual([]);
  return [...(await storedRows(outcome.contents))].sort();
}

function textsOf(tenants: Tenants): string[] {
  return Object.entries(tenants)
    .flatMap(([tenant, rows]) =>
      rows.map(({ timestampNs, labels, line }) => `${tenant} ${timestampNs} ${JSON.stringify(labels)} ${String(line)}`),
    )
    .sort();
}

const sample: Tenants = {
  retail: Array.from({ length: 95 }, (_, index) => ({
    timestampNs: 1_795_168_800_000_000_000n + BigInt(Math.floor(index / 4)) * (DAY_NS / 10n),
    labels: { app: index % 2 === 0 ? "web" : "db" },
    line: `retail ${index}`,
  })),
  core: [{ timestampNs: 5n, labels: { app: "ledger" }, line: "only one" }],
};

describe("an import", () => {
  it("writes every row of every tenant once, by tenant and day, and a manifest that verifies", async () => {
    using root = temporaryDirectory();
    const directory = root.file("made");
    const summary = await importArchive(optionsOf(directory, sample, { sliceRows: 20 }));
    expect(summary).toMatchObject({
      path: directory,
      tenants: ["core", "retail"],
      linesRead: 96,
      linesWritten: 96,
      duplicatesDropped: 0,
      problems: [],
      completeness: COMPLETE,
    });
    expect(await rowsIn(directory)).toEqual(textsOf(sample));
    expect(await verifyArchive(directory, { signal: always })).toEqual([]);
    const manifest = await readManifest(directory);
    expect(manifest?.provenance).toMatchObject({ site: "files", files: ["a.log"], exportedBy: "ada" });
    expect(new Set(manifest?.files.map(({ day }) => day)).size).toBe(4);
    expect(manifest?.labelColumns).toEqual({ app: "app" });
  });

  it("goes on behind its last slices after an end at any point, and writes each row exactly once", async () => {
    const row = fc.record({
      // Many rows of one instant, so that a resumption begins among equals.
      timestampNs: fc.bigInt({ min: 0n, max: 12n }).map((time) => time * 3_600_000_000_000n * 6n),
      labels: fc.constantFrom({ app: "a" }, { app: "b" }),
    });
    const tenant = fc.array(row, { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        tenant,
        tenant,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 15 }),
        fc.array(fc.nat(25), { maxLength: 4 }),
        async (first, second, batchRows, sliceRows, ends) => {
          using root = temporaryDirectory();
          const directory = root.file("made");
          const tenants = Object.fromEntries(
            Object.entries({ first, second }).map(([name, rows]) => [
              name,
              rows
                .toSorted((a, b) => Number(a.timestampNs - b.timestampNs))
                .map((one, index) => ({ ...one, line: `${name} ${index}` })),
            ]),
          );
          let checkpoint: ImportCheckpoint | null = null;
          const commit = async (next: ImportCheckpoint) => {
            checkpoint = importCheckpointSchema.parse(JSON.parse(JSON.stringify(next)));
          };
          let summary: ImportSummary | null = null;
          for (const end of [...ends, null]) {
            const readRows = readerOf(tenants, batchRows, (batch) => {
              if (batch === end) throw new AppError("request.cancelled", {});
            });
            const run = importArchive(optionsOf(directory, tenants, { readRows, sliceRows, checkpoint, commit }));
            summary = await run.catch((error: unknown) => {
              if (!hasCode(error, "request.cancelled")) throw error;
              return null;
            });
            if (summary !== null) break;
            expect(existsSync(join(directory, "_manifest.json"))).toBe(false);
          }
          expect(summary?.linesWritten).toBe(first.length + second.length);
          expect(summary?.linesRead).toBe(first.length + second.length);
          expect(await rowsIn(directory)).toEqual(textsOf(tenants));
          expect(await verifyArchive(directory, { signal: always })).toEqual([]);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("goes on in the order of the first reading when the rows come from scan threads", async () => {
    using root = temporaryDirectory();
    const logger = new RecordingLogger();
    await using pool = new ArchiveScanPool({ locate, clock: systemClock, logger, threads: 2 });
    // Three files whose lines share their seconds, so that ties between files are everywhere.
    const files = ["a", "b", "c"].map((name) => {
      const lines = Array.from({ length: 900 }, (_, index) => {
        const at = new Date(Date.UTC(2026, 10, 20, 23, 59, Math.floor(index / 9))).toISOString();
        return `${at} ${name} line ${index}`;
      });
      writeFileSync(root.file(`${name}.log`), lines.join("\n"));
      return root.file(`${name}.log`);
    });
    const outcome = await openTextFiles(files, {}, { ...openParts(root.file("work")), inspector: pool });
    if (outcome?.kind !== "opened") throw new Error("not opened");
    const { contents } = outcome;
    let checkpoint: ImportCheckpoint | null = null;
    const commit = async (next: ImportCheckpoint) => void (checkpoint = next);
    let budget = 400;
    const readRows: ReadRows = async function* (options, signal) {
      let read = 0;
      for await (const batch of readArchiveRows({ ...options, pool }, signal)) {
        // Batches of a whole file would leave nothing to interrupt.
        for (let from = 0; from < batch.rowCount; from += 100) {
          if (read >= budget) throw new AppError("request.cancelled", {});
          const piece = rowsBetween(batch, from, Math.min(from + 100, batch.rowCount));
          read += piece.rowCount;
          yield piece;
        }
      }
    };
    const directory = root.file("made");
    const given = { contents, readRows, commit, sliceRows: 70 };
    for (let tries = 0; tries < 2; tries++) {
      const cut = importArchive(optionsOf(directory, {}, { ...given, checkpoint }));
      await expect(cut).rejects.toSatisfy((error) => hasCode(error, "request.cancelled"));
    }
    budget = Number.POSITIVE_INFINITY;
    const summary = await importArchive(optionsOf(directory, {}, { ...given, checkpoint }));
    expect(summary).toMatchObject({ linesRead: 2_700, linesWritten: 2_700 });
    const lines = (await rowsIn(directory)).map((row) => row.slice(row.indexOf("} ") + 2));
    expect(new Set(lines).size).toBe(2_700);
  });

  it("adds labels to every stream, and gives rows the tenant that was asked for", async () => {
    using root = temporaryDirectory();
    const directory = root.file("made");
    const options = { labels: { env: "prod", app: "x" }, tenantOverride: "bank", tenants: ["core"] };
    const summary = await importArchive(optionsOf(directory, sample, options));
    expect(summary).toMatchObject({ tenants: ["bank"], linesWritten: 1 });
    expect(await rowsIn(directory)).toEqual(['bank 5 {"app":"x","env":"prod"} only one']);
  });

  it("counts as dropped what the source says it stored more than once", async () => {
    using root = temporaryDirectory();
    const [first] = sample["core"] ?? [];
    if (first === undefined) throw new Error("no row");
    const contents = contentsOf({ core: [first, first, first] }, { dropsDuplicates: true });
    const summary = await importArchive(optionsOf(root.file("made"), sample, { contents }));
    expect(summary).toMatchObject({ linesRead: 3, linesWritten: 1, duplicatesDropped: 2 });
  });

  it("takes no row for a duplicate that could not be read", async () => {
    using root = temporaryDirectory();
    const [first] = sample["core"] ?? [];
    if (first === undefined) throw new Error("no row");
    const damaged = new AppError("archive.damaged", { part: "b", problem: "checksum" }).toWire();
    const problems = [{ part: "b", error: damaged, count: 1 }];
    const contents = contentsOf({ core: [first, first] }, { dropsDuplicates: true, problems });
    const readRows: ReadRows = async function* (options, signal) {
      options.onProblem({ part: "b", error: damaged, count: 1 });
      yield* readerOf(sample, 10)(options, signal);
    };
    const summary = await importArchive(optionsOf(root.file("made"), sample, { contents, readRows }));
    expect(summary).toMatchObject({ linesRead: 1, linesWritten: 1, duplicatesDropped: 0, problems });
  });

  it("says which parts could not be read, and is incomplete for them", async () => {
    using root = temporaryDirectory();
    const damaged = new AppError("archive.damaged", { part: "b.log", problem: "checksum" }).toWire();
    const kept = new AppError("archive.lines-unreadable", { part: "a.log", lines: 2, example: "?" }).toWire();
    const readRows: ReadRows = async function* (options) {
      options.onProblem({ part: "b.log", error: damaged, count: 1, startNs: 1n, endNs: 2n });
      options.onProblem({ part: "b.log", error: damaged, count: 2 });
      options.onProblem({ part: "a.log", error: kept, count: 2 });
      yield* readerOf(sample, 10)(options, always);
    };
    const summary = await importArchive(optionsOf(root.file("made"), sample, { readRows, tenants: ["core"] }));
    expect(summary.problems).toMatchObject([
      { part: "b.log", count: 3 },
      { part: "a.log", count: 2 },
    ]);
    expect(summary.completeness).toEqual({
      verdict: "incomplete",
      reasons: [{ kind: "partial-failure", part: "b.log", code: "archive.damaged" }],
    });
    expect((await readManifest(root.file("made")))?.completeness.verdict).toBe("incomplete");
  });

  it("replaces what an import that did not end left, and nothing else", async () => {
    using root = temporaryDirectory();
    const directory = root.file("made");
    mkdirSync(join(directory, "tenant=old", "day=2026-11-20"), { recursive: true });
    writeFileSync(join(directory, "tenant=old", "day=2026-11-20", "slice-000000-0.parquet"), "half");
    await importArchive(optionsOf(directory, sample));
    expect(readdirSync(directory).sort()).toEqual(["_manifest.json", "tenant=core", "tenant=retail"]);
    await expect(importArchive(optionsOf(directory, sample))).rejects.toSatisfy((error) =>
      hasCode(error, "archive.already-there"),
    );
    expect(await rowsIn(directory)).toEqual(textsOf(sample));

    rmSync(join(directory, "_manifest.json"));
    writeFileSync(join(directory, "notes.txt"), "mine");
    await expect(importArchive(optionsOf(directory, sample))).rejects.toSatisfy((error) =>
      hasCode(error, "archive.already-there"),
    );
    expect(existsSync(join(directory, "tenant=core"))).toBe(true);
    writeFileSync(root.file("file"), "mine");
    await expect(importArchive(optionsOf(root.file("file"), sample))).rejects.toSatisfy((error) =>
      hasCode(error, "archive.already-there"),
    );
  });

  it("does not go on over files that have changed meanwhile", async () => {
    using root = temporaryDirectory();
    let checkpoint: ImportCheckpoint | null = null;
    const commit = async (next: ImportCheckpoint) => void (checkpoint = next);
    const readRows = readerOf(sample, 10, (batch) => {
      if (batch === 3) throw new AppError("request.cancelled", {});
    });
    const first = importArchive(optionsOf(root.file("made"), sample, { commit, readRows }));
    await expect(first).rejects.toSatisfy((error) => hasCode(error, "request.cancelled"));
    const contents = contentsOf({ ...sample, core: [] });
    const second = importArchive(optionsOf(root.file("made"), sample, { contents, checkpoint }));
    await expect(second).rejects.toSatisfy((error) => hasCode(error, "archive.changed"));
  });

  it("fails with what the disk says, and leaves no manifest", async () => {
    using root = temporaryDirectory();
    const commit = async () => {
      throw new AppError("files.disk-full", { file: "jobs.db" });
    };
    await expect(importArchive(optionsOf(root.file("made"), sample, { commit }))).rejects.toSatisfy((error) =>
      hasCode(error, "files.disk-full"),
    );
    expect(existsSync(join(root.file("made"), "_manifest.json"))).toBe(false);
  });
});
