import { z } from "zod";
import { archiveProblemSchema } from "../../../src-shared/model/archive.ts";
import { archiveFileSchema } from "../../../src-shared/model/archive-manifest.ts";
import { completenessSchema } from "../../../src-shared/model/completeness.ts";
import { labelSetSchema } from "../../../src-shared/model/labels.ts";
import { nanoTextSchema } from "../../../src-shared/model/nano-time.ts";

/** Where an import got to. Every file it lists is in its place; what was written after it is written again. */
export const importCheckpointSchema = z.object({
  /** What was being read, by its size: an import does not go on over something else. */
  basis: z.string(),
  labelColumns: labelSetSchema,
  /** Slices that are in their places; the number of the next one. */
  slices: z.number().int().nonnegative(),
  files: z.array(archiveFileSchema),
  linesRead: z.number().int().nonnegative(),
  duplicatesDropped: z.number().int().nonnegative(),
  problems: z.array(archiveProblemSchema),
  completeness: completenessSchema,
  /** Tenants whose rows are all written. */
  done: z.array(z.string()),
  /** How far the next tenant is: its last row taken, and how many rows of that instant were taken. */
  within: z
    .object({
      tenant: z.string(),
      rows: z.number().int().positive(),
      lastNs: nanoTextSchema,
      takenAtLast: z.number().int().positive(),
    })
    .nullable(),
});
export type ImportCheckpoint = z.output<typeof importCheckpointSchema>;
