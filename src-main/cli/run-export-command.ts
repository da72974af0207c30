import { createArchiveWriter } from "../core/archive/parquet/archive-writer-pool.ts";
import { chooseLabelColumns } from "../core/archive/parquet/label-columns.ts";
import { writeManifest } from "../core/archive/parquet/manifest-file.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { type ExportJournal, journalMemory, readJournal } from "../core/export/export-journal.ts";
import { lockExport } from "../core/export/export-lock.ts";
import type { ExportPlan } from "../core/export/export-plan.ts";
import { exportQuery } from "../core/export/export-query.ts";
import { runExport } from "../core/export/run-export.ts";
import type { ExportSummary } from "../../src-shared/model/export-summary.ts";
import type { TimeRange } from "../../src-shared/model/nano-time.ts";
import { audited, openBase, type CommandContext } from "./command-context.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { auditSpending } from "../../src-shared/model/tenants/quota.ts";
import { spendingOf } from "./spending-options.ts";
import { ExitWith } from "./exit-with.ts";
import {
  type ExportCommandOptions,
  type ExportPlace,
  parseParallel,
  parsePlace,
  parseRate,
  parseRedaction,
} from "./export-options.ts";
import { printExportSummary, progressLine } from "./export-printing.ts";
import { openExportSource } from "./export-source.ts";
import { openExportStore } from "./export-store.ts";
import { KUBEMATE_VERSION } from "./version.ts";

const WRITER_THREADS = 2;

/** Exports a query's whole range. Killed at any point, the same command goes on with what is not finished. */
export async function runExportCommand(
  context: CommandContext,
  options: ExportCommandOptions,
  query: string,
): Promise<void> {
  const place = parsePlace(options.archive);
  exportQuery(query);
  using base = openBase(context);
  const subject = {
    site: options.site ?? options.source ?? null,
    tenant: options.tenant ?? null,
    query: query.slice(0, 2_000),
    to: titleOf(place),
    redact: options.redact ?? "",
    ...auditSpending(spendingOf(options)),
  };
  const act = { action: "exports.start", permission: "logs.export", auditClass: "change", subject } as const;
  const summary = await audited(base, context, act, () => exportTo(base, context, options, place, query));
  await printExportSummary(context, options, summary);
  if (summary.state === "stopped") throw new ExitWith(EXIT_CODES.interrupted);
  if (options.requireComplete === true && summary.completeness.verdict !== "complete") {
    throw new ExitWith(EXIT_CODES.incomplete);
  }
}

async function exportTo(
  base: ConsoleBase,
  context: CommandContext,
  options: ExportCommandOptions,
  place: ExportPlace,
  query: string,
): Promise<ExportSummary> {
  const { clock, logger } = base;
  const { signal, locateWorker } = context.terminal;
  const parallel = parseParallel(options.parallel);
  const linesPerSecond = parseRate(options.rate);
  const redact = parseRedaction(options.redact);
  await using stack = new AsyncDisposableStack();
  const { directory, store } = await openExportStore(base, context, place, stack);
  stack.use(lockExport(directory));
  const journal = readJournal(directory, clock.nowMs());
  const asked = { from: options.from ?? "", to: options.to ?? "" };
  const { source, site, tenant, range } = await openExportSource(base, context, options, query, stack);
  const plan: ExportPlan = {
    site,
    tenant,
    query,
    range: pinnedRange(journal, asked) ?? range,
    redact,
    linesPerSecond,
    parallel,
    directory,
    place: titleOf(place),
    exportedBy: context.principal,
    program: `kubemate ${KUBEMATE_VERSION}`,
  };
  const writer = stack.use(
    createArchiveWriter({
      locate: locateWorker,
      threads: Math.min(WRITER_THREADS, parallel),
      logger: logger.child("archives"),
    }),
  );
  const { report, clear } = progressLine(context, clock);
  try {
    return await runExport(plan, {
      source,
      writer,
      chooseLabelColumns,
      writeManifest,
      checkpoint: journalMemory(directory, asked, journal),
      report,
      clock,
      signal,
      logger: logger.child("export"),
      ...(store === null ? {} : { store }),
    });
  } finally {
    clear();
  }
}

/** The same words mean the range that they meant when the export began. */
function pinnedRange(journal: ExportJournal | null, asked: ExportJournal["asked"]): TimeRange | null {
  if (journal === null || journal.asked.from !== asked.from || journal.asked.to !== asked.to) return null;
  const { startNs, endNs } = journal.checkpoint.plan;
  return { startNs: BigInt(startNs), endNs: BigInt(endNs) };
}

function titleOf(place: ExportPlace): string {
  return place.kind === "folder" ? place.directory : `s3://${place.place.bucket}/${place.place.prefix}`;
}
