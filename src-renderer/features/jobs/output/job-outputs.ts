import { z } from "zod";
import { archiveProblemSchema, type ArchiveProblem } from "../../../../src-shared/model/archive.ts";
import { completenessSchema, type Completeness } from "../../../../src-shared/model/completeness.ts";
import { exportSummarySchema } from "../../../../src-shared/model/export-summary.ts";
import { importSummarySchema } from "../../../../src-shared/model/import-summary.ts";
import { operationReportSchema, type OperationReport } from "../../../../src-shared/model/health/operation.ts";
import type { Job } from "../../../../src-shared/model/job.ts";

/** What a job about lines has done, whatever its kind; `null` and empty where the kind does not say. */
export interface JobOutcome {
  /** The archive, capsule or file it is about: a path, or `s3://bucket/prefix`. */
  readonly place: string;
  readonly linesRead: number | null;
  readonly linesWritten: number | null;
  readonly duplicatesDropped: number | null;
  /** Bytes of the lines, before encoding. */
  readonly lineBytes: number | null;
  readonly files: number | null;
  readonly sizeBytes: number | null;
  readonly redacted: Readonly<Record<string, number>>;
  readonly completeness: Completeness | null;
  readonly parts: { readonly total: number; readonly done: number; readonly resumed: number } | null;
  readonly problems: readonly ArchiveProblem[];
  /** A check that found nothing wrong says so; `null` for jobs that check nothing. */
  readonly intact: boolean | null;
}

const NOTHING: Omit<JobOutcome, "place"> = {
  linesRead: null,
  linesWritten: null,
  duplicatesDropped: null,
  lineBytes: null,
  files: null,
  sizeBytes: null,
  redacted: {},
  completeness: null,
  parts: null,
  problems: [],
  intact: null,
};

const exportOutcome = exportSummarySchema.transform((summary): JobOutcome => ({
  ...NOTHING,
  ...pickLines(summary),
  place: summary.folder ?? summary.place,
  parts: summary.parts,
  redacted: summary.redacted,
}));

const importOutcome = importSummarySchema.transform((summary): JobOutcome => ({
  ...NOTHING,
  ...pickLines(summary),
  place: summary.path,
  problems: summary.problems,
}));

const verifyOutcome = z
  .object({ file: z.string(), problems: z.array(archiveProblemSchema) })
  .transform(({ file, problems }): JobOutcome => ({
    ...NOTHING,
    place: file,
    problems,
    intact: problems.length === 0,
  }));

const capsuleOutcome = z
  .object({
    path: z.string(),
    rows: z.number(),
    sizeBytes: z.number(),
    redacted: z.record(z.string(), z.number()),
    completeness: completenessSchema,
  })
  .transform(({ path, rows, sizeBytes, redacted, completeness }): JobOutcome => ({
    ...NOTHING,
    place: path,
    linesWritten: rows,
    sizeBytes,
    redacted,
    completeness,
  }));

const usageOutcome = z
  .object({ file: z.string(), bytes: z.number() })
  .transform(({ file, bytes }): JobOutcome => ({ ...NOTHING, place: file, sizeBytes: bytes }));

const OUTCOMES: ReadonlyMap<string, z.ZodType<JobOutcome>> = new Map<string, z.ZodType<JobOutcome>>([
  ["logs-export", exportOutcome],
  ["archive-import", importOutcome],
  ["archive-verify", verifyOutcome],
  ["capsule-create", capsuleOutcome],
  ["usage-export", usageOutcome],
]);

/** What a job's output says, in the shape of its kind; `null` for other kinds, older shapes, and jobs that made nothing yet. */
export function jobOutcome({ kind, output }: Pick<Job, "kind" | "output">): JobOutcome | null {
  const parsed = OUTCOMES.get(kind)?.safeParse(output);
  return parsed?.success === true ? parsed.data : null;
}

/** What an operation tells, also while it goes on; `null` for other kinds. */
export function operationReport({ kind, output }: Pick<Job, "kind" | "output">): OperationReport | null {
  if (kind !== "health-operation") return null;
  const parsed = operationReportSchema.safeParse(output);
  return parsed.success ? parsed.data : null;
}

type Lines = Pick<
  z.output<typeof importSummarySchema>,
  "linesRead" | "linesWritten" | "duplicatesDropped" | "lineBytes" | "files" | "sizeBytes" | "completeness"
>;

function pickLines(summary: Lines): Lines {
  const { linesRead, linesWritten, duplicatesDropped, lineBytes, files, sizeBytes, completeness } = summary;
  return { linesRead, linesWritten, duplicatesDropped, lineBytes, files, sizeBytes, completeness };
}
