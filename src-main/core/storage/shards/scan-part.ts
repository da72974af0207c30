import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { SCAN_MODES, scanScopeSchema } from "../../../../src-shared/model/storage/scan.ts";
import { storageFindingSchema } from "../../../../src-shared/model/storage-finding.ts";

/** Of one part, unpacked: a million findings. */
const PART_MAX_BYTES = 1_500 * 2 ** 20;
const FORMAT = "kubemate-scan-part/1";

export const MOST_SHARDS = 1_000;
/** Names the scan that parts belong to; it is a part of their keys. */
export const scanNameSchema = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/);

const countSchema = z.number().int().min(0);
const scanPartSchema = z.object({
  format: z.literal(FORMAT),
  scan: scanNameSchema,
  shard: z.object({ index: countSchema, count: z.number().int().min(1).max(MOST_SHARDS) }),
  mode: z.enum(SCAN_MODES),
  scope: scanScopeSchema,
  /** `s3://bucket/prefix` or a folder. */
  store: z.string().max(2_000),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  /** Of the whole bucket, as this shard saw it. */
  totals: z.object({
    objects: countSchema,
    bytes: countSchema,
    chunks: countSchema,
    indexFiles: countSchema,
    references: countSchema,
  }),
  /** Of this shard's chunks. */
  counts: z.object({ checked: countSchema, skipped: countSchema, checkedBytes: countSchema }),
  gaps: z
    .array(z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }))
    .max(1_000),
  findings: z.array(storageFindingSchema),
});
/** What one shard of a scan has found. */
export type ScanPart = z.output<typeof scanPartSchema>;

export function newPart(part: Omit<ScanPart, "format">): ScanPart {
  return { format: FORMAT, ...part };
}

export function packPart(part: ScanPart): Uint8Array {
  return gzipSync(JSON.stringify(part));
}

/** Reads a part, from wherever it comes; `name` is what a person knows it by. @throws AppError `storage.shards-incomplete` */
export function unpackPart(packed: Uint8Array, name: string): ScanPart {
  let parsed: unknown;
  try {
    parsed = JSON.parse(gunzipSync(packed, { maxOutputLength: PART_MAX_BYTES }).toString("utf8"));
  } catch {
    throw incomplete(`${name} is no part of a scan: it does not unpack`);
  }
  const read = scanPartSchema.safeParse(parsed);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw incomplete(`${name} is no part of a scan: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`);
}

export function incomplete(problem: string): AppError {
  return new AppError("storage.shards-incomplete", { problem: problem.slice(0, 300) });
}
