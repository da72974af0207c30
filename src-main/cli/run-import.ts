import { resolve } from "node:path";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { ImportSummary } from "../../src-shared/model/import-summary.ts";
import { formatNanoUtc } from "../../src-shared/model/nano-time.ts";
import { tenantIdProblem } from "../../src-shared/model/tenant-id.ts";
import { resolveDestination } from "../core/archive/archive-destination.ts";
import { importArchive } from "../core/archive/archive-import.ts";
import { ANY_PATH } from "../core/archive/archive-path-rule.ts";
import { importProvenance } from "../core/archive/import-provenance.ts";
import { chooseLabelColumns } from "../core/archive/parquet/label-columns.ts";
import { writeManifest } from "../core/archive/parquet/manifest-file.ts";
import { ARCHIVE_THREADS } from "../core/console-archives.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { assumptionsOf, type AssumptionOptions } from "./assumption-options.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { completenessLines } from "./completeness-text.ts";
import { openCommandArchive, type CommandArchive } from "./open-archive.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";
import { KUBEMATE_VERSION } from "./version.ts";

export interface ImportCommandOptions extends AssumptionOptions {
  readonly archive: string;
  readonly tenant?: string;
  readonly output: OutputFormat;
}

/** Imports files into a new archive and says what was written, what could not be read, and whether anything is missing. */
export async function runImport(
  context: CommandContext,
  options: ImportCommandOptions,
  files: readonly string[],
): Promise<void> {
  const problem = options.tenant === undefined ? null : tenantIdProblem(options.tenant);
  if (problem !== null)
    throw new AppError("tenants.invalid", { tenant: options.tenant ?? "", problem: problem.reason });
  const assumptions = assumptionsOf(options, options.tenant);
  const directory = await resolveDestination(resolve(options.archive), "", ANY_PATH);
  using base = openBase(context);
  const subject = { path: files[0] ?? "", files: files.length, folder: directory };
  const act = { action: "archives.import", permission: "logs.export", auditClass: "change", subject } as const;
  const summary = await audited(base, context, act, async () => {
    await using archive = await openCommandArchive(base, context, files, assumptions);
    return await importInto(base, context, options, archive, directory);
  });
  await printSummary(context, options, summary);
}

async function importInto(
  base: ConsoleBase,
  context: CommandContext,
  options: ImportCommandOptions,
  { contents, paths, tools }: CommandArchive,
  directory: string,
): Promise<ImportSummary> {
  // Files took the name for lines without a tenant when they were opened; an archive has its own.
  const { tenant } = options;
  const chooses = tenant !== undefined && contents.kind !== "files";
  const renames = chooses && contents.tenants.length === 1;
  if (chooses && !renames && !contents.tenants.includes(tenant)) {
    throw new AppError("archive.tenant-unknown", { tenant });
  }
  const labels = contents.kind === "files" ? {} : (assumptionsOf(options, undefined).labels ?? {});
  return await importArchive({
    contents,
    tenants: chooses && !renames ? [tenant] : null,
    tenantOverride: renames ? tenant : null,
    labels,
    directory,
    writer: tools.writer,
    lanes: ARCHIVE_THREADS,
    readRows: tools.readRows,
    writeManifest,
    chooseLabelColumns,
    provenance: importProvenance(contents, {
      paths,
      principal: context.principal,
      program: `kubemate ${KUBEMATE_VERSION}`,
      nowMs: base.clock.nowMs(),
    }),
    clock: base.clock,
    signal: context.terminal.signal,
    report: () => {},
    checkpoint: null,
    commit: async () => {},
  });
}

async function printSummary(
  { terminal, text }: CommandContext,
  { output }: ImportCommandOptions,
  summary: ImportSummary,
): Promise<void> {
  if (output !== "text") return await write(terminal.stdout, jsonLine(summary));
  const rate = summary.seconds > 0 ? Math.round(summary.linesWritten / summary.seconds) : summary.linesWritten;
  const { path, tenants, linesRead, linesWritten, duplicatesDropped, files, sizeBytes, seconds } = summary;
  const counts = { linesRead, linesWritten, duplicatesDropped, files, sizeBytes, seconds: seconds.toFixed(1), rate };
  const place = { path: terminalSafe(path), tenants: tenants.map(terminalSafe).join(", ") };
  await write(terminal.stdout, `${text.sentence("archives.import.summary", { ...counts, ...place })}\n`);
  for (const problem of summary.problems) {
    const times = problem.count > 1 ? ` (×${problem.count})` : "";
    const from = problem.startNs === undefined ? "" : ` ${formatNanoUtc(BigInt(problem.startNs))}`;
    await write(terminal.stderr, `kubemate: ${terminalSafe(text.error(problem.error))}${times}${from}\n`);
  }
  for (const doubt of completenessLines(summary.completeness, text)) {
    await write(terminal.stderr, `kubemate: ${terminalSafe(doubt)}\n`);
  }
}
