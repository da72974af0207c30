import { z } from "zod";
import { wireErrorSchema } from "../errors/wire-error.ts";
import { completenessSchema } from "./completeness.ts";
import { archiveIdSchema } from "./ids.ts";
import { labelSetSchema } from "./labels.ts";
import { nanoTextSchema } from "./nano-time.ts";
import { tenantIdSchema } from "./tenant-id.ts";

/**
 * What was opened.
 * - `kubemate`: a folder of Parquet with our manifest, or one Parquet file that carries it.
 * - `parquet`: Parquet of others with a time and a line.
 * - `bucket`: a copy of a Loki bucket; chunks are read as they are.
 * - `files`: log files: NDJSON, container logs, plain text.
 * - `capsule`: an investigation capsule; its results are an archive.
 */
export const ARCHIVE_KINDS = ["kubemate", "parquet", "bucket", "files", "capsule"] as const;
export type ArchiveKind = (typeof ARCHIVE_KINDS)[number];

/** The line formats that are told apart; `auto` finds out. */
export const FILE_FORMATS = [
  "kubemate-ndjson",
  "loki-push",
  "logcli-jsonl",
  "cri",
  "docker-json",
  "kubectl",
  "kubectl-timestamps",
  "text",
] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** How `03/04/2026` is read. */
export const DAY_ORDERS = ["day-first", "month-first"] as const;
export type DayOrder = (typeof DAY_ORDERS)[number];

export const FILE_ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "gbk"] as const;
export type FileEncoding = (typeof FILE_ENCODINGS)[number];

/**
 * What a person said where a file does not: the zone of times without one (`UTC`, `+08:00`, an IANA name), the year of the
 * first line of a file without years, the instant that stands for lines without any time, whether day or month comes first
 * where no line of the file tells, labels and tenant.
 */
export const archiveAssumptionsSchema = z.object({
  zone: z.string().min(1).max(64).exactOptional(),
  year: z.number().int().min(1970).max(2261).exactOptional(),
  timelessFromNs: nanoTextSchema.exactOptional(),
  dayOrder: z.enum(DAY_ORDERS).exactOptional(),
  encoding: z.enum(FILE_ENCODINGS).exactOptional(),
  format: z.enum(FILE_FORMATS).exactOptional(),
  labels: labelSetSchema.exactOptional(),
  tenant: tenantIdSchema.exactOptional(),
});
export type ArchiveAssumptions = z.output<typeof archiveAssumptionsSchema>;

/** Something that must be known before a file's times mean anything. Asked once; never guessed. */
export const archiveQuestionSchema = z.object({
  kind: z.enum(["zone", "year", "timeless", "dayOrder"]),
  file: z.string(),
  /** The first line that shows it, cut to 200 characters. */
  example: z.string(),
  /** What would fit, to preselect nothing but to offer: the file's own year of change, this machine's zone. */
  suggestions: z.array(z.string()),
});
export type ArchiveQuestion = z.infer<typeof archiveQuestionSchema>;

/** A part that could not be read, or reads otherwise than it should. The rest is read. */
export const archiveProblemSchema = z.object({
  /** Path inside the archive, or object key. */
  part: z.string(),
  error: wireErrorSchema,
  /** How many parts have this same problem. */
  count: z.number().int().positive(),
  startNs: nanoTextSchema.exactOptional(),
  endNs: nanoTextSchema.exactOptional(),
});
export type ArchiveProblem = z.infer<typeof archiveProblemSchema>;

/** Where an archive's rows came from; part of its manifest. */
export const provenanceSchema = z.object({
  /** Title of the site, `files` or `bucket`. */
  site: z.string(),
  query: z.string(),
  startNs: nanoTextSchema.nullable(),
  endNs: nanoTextSchema.nullable(),
  exportedAt: z.string(),
  exportedBy: z.string(),
  program: z.string(),
  /** Names of the redaction patterns that were applied, with how often. */
  redacted: z.record(z.string(), z.number()),
  /** Files that were imported. */
  files: z.array(z.string()),
  assumptions: archiveAssumptionsSchema,
});
export type Provenance = z.output<typeof provenanceSchema>;

/** What the window shows of an archive. Rows and bytes are `null` while not known without reading everything. */
export const archiveDescriptionSchema = z.object({
  id: archiveIdSchema,
  kind: z.enum(ARCHIVE_KINDS),
  title: z.string(),
  /** Where it is on disk; for the person who opened it. */
  path: z.string(),
  tenants: z.array(
    z.object({
      tenant: tenantIdSchema,
      startNs: nanoTextSchema.nullable(),
      endNs: nanoTextSchema.nullable(),
      rows: z.number().nullable(),
      bytes: z.number().nullable(),
      /** A selector that takes all of the tenant's streams, to begin with. */
      selector: z.string(),
    }),
  ),
  formats: z.array(z.string()),
  assumptions: archiveAssumptionsSchema,
  problems: z.array(archiveProblemSchema),
  completeness: completenessSchema,
  provenance: provenanceSchema.nullable(),
  openedAtMs: z.number(),
});
export type ArchiveDescription = z.output<typeof archiveDescriptionSchema>;
