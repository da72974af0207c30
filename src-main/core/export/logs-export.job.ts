import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { exportDestinationSchema, type ExportDestination, type S3Place } from "../../../src-shared/api/exports.api.ts";
import { logTargetSchema, sourceTenants, type LogTarget } from "../../../src-shared/api/log-target.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { type ExportSummary, exportSummarySchema } from "../../../src-shared/model/export-summary.ts";
import { nanoTextSchema } from "../../../src-shared/model/nano-time.ts";
import { REDACTION_PATTERNS } from "../../../src-shared/model/redaction-pattern.ts";
import type { Announcer } from "../common/topics.ts";
import type { JobContext, JobDefinition } from "../jobs/job-definition.ts";
import type { LogSource } from "../logs/log-source.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { exportCheckpointSchema, type ExportCheckpoint } from "./export-checkpoint.ts";
import { EXPORT_JOURNAL_FILE } from "./export-journal.ts";
import { lockExport } from "./export-lock.ts";
import { spendingSchema } from "../../../src-shared/model/tenants/quota.ts";
import { ROLES } from "../../../src-shared/permissions/roles.ts";
import type { AdmitQuery } from "../logs/query-admission.ts";
import { exportSummary } from "./export-outcome.ts";
import type { ExportParts, ExportPlan } from "./export-plan.ts";
import { runExport } from "./run-export.ts";
import { storeWorkName } from "./store-work.ts";

/** As it is stored: times as text, since a job's input is JSON. */
const inputSchema = z.object({
  target: logTargetSchema,
  /** Title of the site for the manifest. */
  site: z.string(),
  query: z.string(),
  range: z.object({ startNs: nanoTextSchema, endNs: nanoTextSchema }),
  destination: exportDestinationSchema,
  redact: z.array(z.enum(REDACTION_PATTERNS)),
  linesPerSecond: z.number().int().positive().nullable(),
  parallel: z.number().int().min(1).max(16),
  principal: z.string(),
  /** Jobs of before roles were kept count as an operator's. */
  role: z.enum(ROLES).default("operator"),
  spending: spendingSchema.exactOptional(),
});
export type LogsExportInput = z.output<typeof inputSchema>;

export interface LogsExportJobParts extends Pick<
  ExportParts,
  "writer" | "chooseLabelColumns" | "writeManifest" | "clock"
> {
  readonly openSource: (target: LogTarget, signal: AbortSignal) => Promise<LogSource>;
  readonly admit: AdmitQuery;
  /** Opens the prefix of a place; its credentials are a secret. */
  readonly openStore: (place: S3Place, signal: AbortSignal) => Promise<ObjectStore>;
  /** A folder of the profile for slices on their way to a store. */
  readonly workDirectory: string;
  /** `kubemate 0.1.0` */
  readonly program: string;
  readonly announcer: Announcer;
}

/** Exports the whole range of a query; taken up again, it reads nothing that is finished. Folders are absolute paths. */
export function createExportJob(
  parts: LogsExportJobParts,
): JobDefinition<LogsExportInput, ExportCheckpoint, ExportSummary> {
  return {
    kind: "logs-export",
    input: inputSchema,
    checkpoint: exportCheckpointSchema,
    output: exportSummarySchema,
    canPause: true,
    tenants: ({ target }) => sourceTenants([target]),
    titleParams: ({ target, destination }) => ({ tenant: tenantOf(target), place: placeOf(destination) }),
    run: async (context) => {
      try {
        return await exportNow(parts, context);
      } catch (error) {
        // Told to stop before anything of this run began: what earlier ones had finished is the answer.
        if (!context.signal.aborted || context.checkpoint === null) throw error;
        const { plan, finished } = context.checkpoint;
        const where = whereOf(parts, context.input);
        return exportSummary(where, plan, finished, {
          state: "stopped",
          resumed: finished.length,
          repeated: 0,
          seconds: 0,
        });
      }
    },
  };
}

async function exportNow(
  parts: LogsExportJobParts,
  { input, checkpoint, signal, logger, commit, report }: JobContext<LogsExportInput, ExportCheckpoint>,
): Promise<ExportSummary> {
  const { destination } = input;
  const { directory, place } = whereOf(parts, input);
  await using stack = new AsyncDisposableStack();
  stack.use(lockExport(directory));
  // A command that was killed goes on by its own journal; two memories of one folder would not know of each other.
  if (checkpoint === null && existsSync(join(directory, EXPORT_JOURNAL_FILE))) {
    throw new AppError("export.other-plan", { file: directory, problem: EXPORT_JOURNAL_FILE });
  }
  const { target, query, principal, role, spending } = input;
  const asker = { principal, role };
  const range = { startNs: BigInt(input.range.startNs), endNs: BigInt(input.range.endNs) };
  const open = (inner: AbortSignal) => parts.openSource(target, inner);
  const admitted = stack.use(await parts.admit({ asker, target, query, range, limit: null, spending }, open, signal));
  const source = admitted.counted(stack.use(await open(signal)));
  const store = destination.kind === "s3" ? stack.use(await parts.openStore(destination.place, signal)) : null;
  const summary = await runExport(planOf(input, directory, place, parts.program), {
    source,
    writer: parts.writer,
    chooseLabelColumns: parts.chooseLabelColumns,
    writeManifest: parts.writeManifest,
    checkpoint: { load: async () => checkpoint, commit },
    report,
    clock: parts.clock,
    signal,
    logger,
    ...(store === null ? {} : { store }),
  });
  if (summary.state !== "finished") return summary;
  tell(parts.announcer, summary);
  // The lock's file is let go of first.
  await stack.disposeAsync();
  if (store !== null) await rm(directory, { recursive: true, force: true });
  return summary;
}

/** Where slices are written, and what the destination is called. */
function whereOf(
  { workDirectory }: LogsExportJobParts,
  { destination }: LogsExportInput,
): Pick<ExportPlan, "directory" | "place"> {
  const place = placeOf(destination);
  if (destination.kind === "folder") return { directory: destination.path, place };
  return { directory: join(workDirectory, storeWorkName(destination.place)), place };
}

function planOf(input: LogsExportInput, directory: string, place: string, program: string): ExportPlan {
  return {
    site: input.site,
    tenant: tenantOf(input.target),
    query: input.query,
    range: { startNs: BigInt(input.range.startNs), endNs: BigInt(input.range.endNs) },
    redact: input.redact,
    linesPerSecond: input.linesPerSecond,
    parallel: input.parallel,
    directory,
    place,
    exportedBy: input.principal,
    program,
  };
}

/** What the archive's partition is called: pods have a namespace instead of a tenant. */
function tenantOf(target: LogTarget): string {
  return target.kind === "pods" ? target.namespace : target.tenant;
}

function placeOf(destination: ExportDestination): string {
  if (destination.kind === "folder") return destination.path;
  const { bucket, prefix } = destination.place;
  return `s3://${bucket}/${prefix}`;
}

function tell(announcer: Announcer, { place, linesWritten: lines, completeness }: ExportSummary): void {
  announcer.notice(
    completeness.verdict === "incomplete"
      ? { key: "exports.incomplete", severity: "warning", params: { place, lines } }
      : { key: "exports.finished", severity: "info", params: { place, lines } },
  );
}
