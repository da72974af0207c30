import { join } from "node:path";
import type { LogTarget } from "../../src-shared/api/log-target.ts";
import { archiveIdSchema, siteIdSchema } from "../../src-shared/model/ids.ts";
import { tenantIdSchema } from "../../src-shared/model/tenant-id.ts";
import type { ArchiveContents, OpenParts } from "../../src-main/core/archive/archive-contents.ts";
import { createArchiveWriter } from "../../src-main/core/archive/parquet/archive-writer-pool.ts";
import { createParquetBlockDecoder } from "../../src-main/core/archive/parquet/decode-parquet-block.ts";
import { chooseLabelColumns } from "../../src-main/core/archive/parquet/label-columns.ts";
import { writeManifest } from "../../src-main/core/archive/parquet/manifest-file.ts";
import type { CapsuleInput, CapsuleParts } from "../../src-main/core/capsules/capsule-create.job.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import type { LogSource } from "../../src-main/core/logs/log-source.ts";
import { RecordingAnnouncer } from "./recording-announcer.ts";
import { RecordingLogger } from "./recording-logger.ts";
import { admitFreely } from "../../src-main/core/logs/query-admission.ts";
import { workerSource } from "./worker-source.ts";

export const prod = { kind: "loki", site: siteIdSchema.parse("prod"), tenant: tenantIdSchema.parse("bank") } as const;
export const spare = { kind: "loki", site: siteIdSchema.parse("dr"), tenant: tenantIdSchema.parse("bank") } as const;
export const oldArchive = {
  kind: "archive",
  archive: archiveIdSchema.parse("a1"),
  tenant: tenantIdSchema.parse("retail"),
} as const;

export const AUDIT_ENTRY = {
  sequence: 7,
  atMs: 1_795_000_000_000,
  principal: "ada",
  role: "admin",
  action: "logs.open",
  auditClass: "access",
  subject: { site: "prod", tenant: "bank", query: '{app="a"}' },
  outcome: "succeeded",
  error: null,
  of: 6,
  previousHash: "00",
  hash: "ff",
} as const;

/** What capsules are made with: the real writer, and sources that the test chooses by target. */
export function capsuleParts(
  root: string,
  sourceOf: (target: LogTarget) => LogSource,
): CapsuleParts & AsyncDisposable & { readonly announcer: RecordingAnnouncer } {
  const logger = new RecordingLogger();
  const writer = createArchiveWriter({
    locate: workerSource,
    threads: 1,
    logger,
  });
  return {
    openSource: async (target) => sourceOf(target),
    admit: admitFreely,
    writer,
    chooseLabelColumns,
    writeManifest,
    siteOf: async (target) => (target.kind === "archive" ? "last week" : target.site),
    facts: async () => [{ site: "prod", name: "loki version", value: "3.7.6" }],
    auditOf: () => [{ ...AUDIT_ENTRY }],
    workDirectory: join(root, "capsule-work"),
    program: "kubemate 0.0.0-test",
    announcer: new RecordingAnnouncer(),
    clock: systemClock,
    logger,
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  };
}

export function capsuleInput(file: string, given: Partial<CapsuleInput> = {}): CapsuleInput {
  return {
    title: "Payments slow",
    notes: "## 10:02\nlatency rises",
    queries: [
      { target: prod, query: '{app="a"}', startNs: "0", endNs: "1000000000000", direction: "forward", limit: null },
    ],
    redact: [],
    file,
    principal: "ada",
    role: "operator",
    ...given,
  };
}

/** Parts for an opener that inspects nothing: Parquet tells all by its footers. */
export function openParts(workDirectory: string): OpenParts {
  return {
    inspector: {
      indexText: () => Promise.reject(new Error("no text here")),
      chunkHead: () => Promise.reject(new Error("no chunk here")),
    },
    workDirectory,
    unpackMaxBytes: 2 ** 30,
    clock: systemClock,
    logger: new RecordingLogger(),
    signal: new AbortController().signal,
  };
}

/** Every row of Parquet contents: tenant, time, stream and line, in the order of the blocks. */
export async function storedRows(contents: ArchiveContents): Promise<readonly string[]> {
  const decode = createParquetBlockDecoder();
  const rows: string[] = [];
  for (const { place, tenant } of contents.blocks) {
    if (place.kind !== "parquet") throw new Error(`a block of kind ${place.kind}`);
    const block = await decode(place);
    for (let row = 0; row < block.rowCount; row++) {
      const stream = block.streams[block.streamRefs[row] ?? 0];
      const line = Buffer.from(block.bytes.subarray(block.lineStarts[row], block.lineEnds[row])).toString();
      rows.push(`${tenant} ${block.timestampsNs[row]} ${JSON.stringify(stream)} ${line}`);
    }
  }
  return rows;
}
