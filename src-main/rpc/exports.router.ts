import type { z } from "zod";
import type { exportRequestSchema, exportsApi } from "../../src-shared/api/exports.api.ts";
import type { LogTarget } from "../../src-shared/api/log-target.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { REDACTION_PATTERNS } from "../../src-shared/model/redaction-pattern.ts";
import { exportQuery } from "../core/export/export-query.ts";
import { exportSelection, type RowWriting } from "../core/export/export-selection.ts";
import type { createExportJob } from "../core/export/logs-export.job.ts";
import type { JobEngine } from "../core/jobs/job-engine.ts";
import type { Asker } from "../core/logs/query-admission.ts";
import type { LogsService } from "../core/logs/logs.service.ts";
import { MARKER_LEVEL } from "../core/logs/result-set/packed-rows.ts";
import { parseRowExtra } from "../core/logs/result-set/row-extra.ts";
import { rowText } from "../core/logs/row-text.ts";
import type { DomainHandlers } from "./handlers.ts";

export interface ExportHandlerParts {
  readonly exportJob: ReturnType<typeof createExportJob>;
  readonly jobs: Pick<JobEngine, "submit">;
  readonly logs: Pick<LogsService, "sets">;
  /** Where an archive goes: a name in the profile's `archives`, or a path that may be written. */
  readonly destination: (wanted: string) => Promise<string>;
  /** The name that a manifest gives the place where lines came from. */
  readonly siteTitle: (target: LogTarget) => Promise<string>;
}

const WRITING: RowWriting = {
  rowText,
  rowExtra: parseRowExtra,
  isMarker: ({ level }) => level === MARKER_LEVEL,
};

export function exportsHandlers(parts: ExportHandlerParts): DomainHandlers<typeof exportsApi> {
  return {
    patterns: async () => [...REDACTION_PATTERNS],
    start: async (request, { caller }) => ({ job: await startExport(parts, request, caller) }),
    selection: (input, { signal }) => selectRows(parts.logs, input, signal),
  };
}

/** Rows of a set as pieces of one file; the set counts as looked at for as long as that takes. */
export async function* selectRows(
  logs: Pick<LogsService, "sets">,
  { set, ...request }: z.output<typeof exportsApi.selection.input>,
  signal: AbortSignal,
): AsyncGenerator<z.input<typeof exportsApi.selection.output>, void, undefined> {
  using watched = logs.sets.registry.watch(set);
  for await (const piece of exportSelection(watched.set, request, WRITING, signal)) {
    yield { ...piece, redacted: { ...piece.redacted } };
  }
}

async function startExport(
  { exportJob, jobs, destination, siteTitle }: ExportHandlerParts,
  request: z.output<typeof exportRequestSchema>,
  { principal, role }: Asker,
) {
  // Said now rather than by a job that fails at once.
  exportQuery(request.query);
  if (request.range.endNs <= request.range.startNs) throw new AppError("logs.range-reversed", {});
  const place = request.destination;
  const input = {
    target: request.target,
    site: await siteTitle(request.target),
    query: request.query,
    range: { startNs: request.range.startNs.toString(), endNs: request.range.endNs.toString() },
    destination: place.kind === "folder" ? { ...place, path: await destination(place.path) } : place,
    redact: request.redact,
    linesPerSecond: request.linesPerSecond,
    parallel: request.parallel,
    principal,
    role,
    ...(request.spending === undefined ? {} : { spending: request.spending }),
  };
  return jobs.submit(exportJob, input, principal);
}
