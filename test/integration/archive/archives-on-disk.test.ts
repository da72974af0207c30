import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadCorpus } from "../../../build/conformance/corpus.ts";
import { requestOf } from "../../../build/conformance/run.ts";
import type { ArchiveContents, ArchiveOpener } from "../../../src-main/core/archive/archive-contents.ts";
import { decodeChunkBlock } from "../../../src-main/core/archive/bucket/decode-chunk-block.ts";
import { openBucketFolder } from "../../../src-main/core/archive/bucket/open-bucket-folder.ts";
import { createArchiveWriter } from "../../../src-main/core/archive/parquet/archive-writer-pool.ts";
import { writeManifest } from "../../../src-main/core/archive/parquet/manifest-file.ts";
import { openKubemateArchive } from "../../../src-main/core/archive/parquet/open-kubemate-archive.ts";
import { answerArchiveQuery } from "../../../src-main/core/archive/scan/answer-archive-query.ts";
import { ArchiveScanPool } from "../../../src-main/core/archive/scan/archive-scan-pool.ts";
import { readArchiveRows } from "../../../src-main/core/archive/scan/read-archive-rows.ts";
import { openTextFiles } from "../../../src-main/core/archive/text/open-text-files.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { answerQuery } from "../../../src-shared/logql/answer-query.ts";
import type { LogStream } from "../../../src-shared/logql/log-entry.ts";
import { streamHash } from "../../../src-shared/logql/pipeline/stream-hash.ts";
import { formatLabelSet } from "../../../src-shared/model/labels.ts";
import { seenRows } from "../../builders/archived-rows.ts";
import { unpackLokiBucket } from "../../builders/loki-bucket.ts";
import { manifestOf } from "../../builders/parquet-archives.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { workerSource } from "../../builders/worker-source.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const folder = fileURLToPath(new URL("../../fixtures/logql", import.meta.url));
const corpus = loadCorpus(folder);
const NOW_NS = 1_795_180_000_000_000_000n;
const signal = new AbortController().signal;
const logger = new RecordingLogger();
const directory = temporaryDirectory();
const pool = new ArchiveScanPool({ locate: workerSource, clock: systemClock, logger, threads: 2 });

async function opened(opener: ArchiveOpener, path: string): Promise<ArchiveContents> {
  const parts = {
    inspector: pool,
    workDirectory: directory.file("work"),
    unpackMaxBytes: 2 ** 30,
    clock: systemClock,
    logger,
    signal,
  };
  const outcome = await opener([path], {}, parts);
  if (outcome?.kind !== "opened") throw new Error(`not opened: ${JSON.stringify(outcome)}`);
  return outcome.contents;
}

/** Writes all rows of an archive into one of ours. */
async function rewritten(contents: ArchiveContents): Promise<string> {
  const path = directory.file("archive");
  await using writer = createArchiveWriter({ locate: workerSource, threads: 1, logger });
  const slices = [];
  for (const [at, tenant] of contents.tenants.entries()) {
    const slice = String(at).padStart(6, "0");
    // oxlint-disable-next-line no-await-in-loop -- one slice after the other
    await using open = await writer.openSlice({
      directory: path,
      tenant,
      slice,
      labelColumns: { app: "app" },
      redact: [],
    });
    const onProblem = (problem: unknown) => expect.fail(JSON.stringify(problem));
    const rows = readArchiveRows({ contents, tenant, range: null, pool, onProblem }, signal);
    for await (const batch of rows) await open.append(batch);
    // oxlint-disable-next-line no-await-in-loop -- one slice after the other
    slices.push(await open.finish());
  }
  await writeManifest(path, manifestOf(slices, { app: "app" }));
  return path;
}

function streamsOf(tenant: string): readonly LogStream[] {
  const streams = corpus.streamsByTenant.get(tenant) ?? [];
  return streams.toSorted((left, right) => (streamHash(left.labels) < streamHash(right.labels) ? -1 : 1));
}

async function differences(contents: ArchiveContents, nth: number): Promise<readonly string[]> {
  const different: string[] = [];
  for (const query of corpus.queries.filter((_, at) => at % 6 === nth)) {
    const request = { ...requestOf(query, "documented"), nowNs: () => NOW_NS };
    const expected = answerQuery(request, streamsOf(query.tenant));
    // oxlint-disable-next-line no-await-in-loop -- one answer after the other
    const actual = await answerArchiveQuery({ contents, tenant: query.tenant, pool }, request, signal);
    if (JSON.stringify(actual) !== JSON.stringify(expected)) different.push(`${query.id} ${query.query}`);
  }
  return different;
}

describe("Archives on disk, read by the scan threads", () => {
  let text: ArchiveContents;
  let archive: ArchiveContents;

  beforeAll(async () => {
    text = await opened(openTextFiles, `${folder}/dataset`);
    archive = await opened(openKubemateArchive, await rewritten(text));
  });
  afterAll(async () => {
    await pool[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
  });

  it("hold every entry of the corpus once", async () => {
    for (const contents of [text, archive]) {
      let rows = 0;
      for (const tenant of contents.tenants) {
        const onProblem = (problem: unknown) => expect.fail(JSON.stringify(problem));
        // oxlint-disable-next-line no-await-in-loop -- one tenant after the other
        for await (const batch of readArchiveRows({ contents, tenant, range: null, pool, onProblem }, signal)) {
          rows += batch.rowCount;
        }
      }
      expect(rows).toBe(29_523 - 87);
    }
  });

  it("hold every entry of a copied bucket once, whichever of its chunks have it", async () => {
    unpackLokiBucket(directory.file("bucket"));
    const contents = await opened(openBucketFolder, directory.file("bucket"));
    for (const tenant of contents.tenants) {
      const expected = new Set<string>();
      for (const { place, tenant: own } of contents.blocks) {
        if (place.kind !== "chunk" || own !== tenant) continue;
        const { rowCount, timestampsNs, streams, streamRefs, bytes, lineStarts, lineEnds, metadata } =
          decodeChunkBlock(place);
        for (let row = 0; row < rowCount; row += 1) {
          const line = Buffer.from(bytes.subarray(lineStarts[row], lineEnds[row])).toString("latin1");
          const labels = formatLabelSet(streams[streamRefs[row] ?? 0] ?? {});
          expected.add(`${timestampsNs[row]} ${labels} ${formatLabelSet(metadata?.(row) ?? {})} ${line}`);
        }
      }
      const onProblem = (problem: unknown) => expect.fail(JSON.stringify(problem));
      const read: string[] = [];
      // oxlint-disable-next-line no-await-in-loop -- one tenant after the other
      for await (const batch of readArchiveRows({ contents, tenant, range: null, pool, onProblem }, signal)) {
        for (const { ts, labels, metadata, bytes } of seenRows(batch)) {
          read.push(`${ts} ${labels} ${formatLabelSet(metadata)} ${bytes}`);
        }
      }
      expect(read.length).toBe(expected.size);
      expect(new Set(read)).toEqual(expected);
      expect(read.length).toBeGreaterThan(0);
    }
  });

  it("answer as NDJSON files that were opened as they are", { timeout: 120_000 }, async () => {
    expect(await differences(text, 1)).toEqual([]);
  });

  it("answer as an archive of ours", { timeout: 120_000 }, async () => {
    expect(await differences(archive, 2)).toEqual([]);
  });
});
