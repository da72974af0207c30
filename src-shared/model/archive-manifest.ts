import { z } from "zod";
import { provenanceSchema } from "./archive.ts";
import { completenessSchema } from "./completeness.ts";
import { labelSetSchema } from "./labels.ts";
import { nanoTextSchema } from "./nano-time.ts";

/**
 * The manifest's name in an archive folder; pandas and Spark pass over names that begin with a line. In an archive of one
 * file it is the footer's key-value `kubemate.manifest`.
 */
export const MANIFEST_FILE = "_manifest.json";
export const MANIFEST_KEY = "kubemate.manifest";
/** Each Parquet file's footer carries its streams as a JSON array of label sets; `stream_id` counts in it. */
export const STREAMS_KEY = "kubemate.streams";

export const archiveFileSchema = z.object({
  /** Relative, with `/`: `tenant=acme/day=2026-11-20/slice-000000-0.parquet`. */
  path: z.string(),
  tenant: z.string(),
  /** UTC day, `2026-11-20`. */
  day: z.string(),
  rows: z.number().int().nonnegative(),
  lineBytes: z.number().int().nonnegative(),
  sizeBytes: z.number().int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Of the first and the last row; both belong to it. */
  startNs: nanoTextSchema,
  endNs: nanoTextSchema,
});
export type ArchiveFile = z.infer<typeof archiveFileSchema>;

/**
 * Written last, so a folder without one is an export that did not end. `version` rises when an older program could misread
 * the files; what is not known is kept.
 */
export const archiveManifestSchema = z.object({
  format: z.literal("kubemate-archive"),
  version: z.literal(1),
  tenants: z.array(z.string()),
  /** Labels that have columns of their own, with the name of the column. */
  labelColumns: labelSetSchema,
  files: z.array(archiveFileSchema),
  linesRead: z.number().int().nonnegative(),
  linesWritten: z.number().int().nonnegative(),
  /** Exact duplicates that a Loki stores once. */
  duplicatesDropped: z.number().int().nonnegative(),
  lineBytes: z.number().int().nonnegative(),
  completeness: completenessSchema,
  provenance: provenanceSchema,
});
export type ArchiveManifest = z.output<typeof archiveManifestSchema>;
