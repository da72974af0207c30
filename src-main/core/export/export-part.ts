import { AppError, isAppError } from "../../../src-shared/errors/app-error.ts";
import { type Completeness, mergeCompleteness } from "../../../src-shared/model/completeness.ts";
import type { RateBucket } from "../common/rate-bucket.ts";
import { type FinishedPart, partRange, type PinnedPlan } from "./export-checkpoint.ts";
import type { ExportParts } from "./export-plan.ts";
import type { ExportProgress } from "./export-progress.ts";

/** How often a part is begun before its failure is the export's. */
const MAX_TRIES = 4;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export interface PartRun {
  readonly plan: PinnedPlan;
  readonly part: number;
  readonly directory: string;
  readonly rate: RateBucket;
  readonly progress: ExportProgress;
  /** Told of each try beyond the first. */
  readonly onRepeat: () => void;
}

/**
 * Reads one part into its slice. A failure that may pass begins the slice anew, a bounded number of times with growing
 * pauses; a source has made its own repetitions before. Rejects with the failure that stays, or as the signal says.
 */
export async function exportPart(run: PartRun, parts: ExportParts, signal: AbortSignal): Promise<FinishedPart> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryPart(run, parts, signal);
    } catch (error) {
      if (signal.aborted || attempt >= MAX_TRIES || !mayPass(error)) throw error;
      parts.logger.warn("a part of an export is begun again", { part: run.part, attempt, code: error.code });
      run.onRepeat();
      const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
      await parts.clock.sleep(pauseMs * (0.5 + (parts.random ?? Math.random)() / 2), signal);
    }
  }
}

async function tryPart(run: PartRun, parts: ExportParts, signal: AbortSignal): Promise<FinishedPart> {
  const { plan, part, rate, progress } = run;
  const planned = plan.parts[part];
  if (planned === undefined) throw new RangeError(`part ${part} of ${plan.parts.length}`);
  const range = partRange(planned);
  await using slice = await parts.writer.openSlice({
    directory: run.directory,
    tenant: plan.tenant,
    slice: sliceName(part),
    labelColumns: plan.labelColumns,
    redact: plan.redact,
  });
  let linesRead = 0;
  let lineBytes = 0;
  let completeness: Completeness | null = null;
  progress.read(part, 0, 0);
  const query = { expr: plan.query, range, direction: "forward", limit: null, continues: part > 0 } as const;
  for await (const event of parts.source.read(query, signal)) {
    if (event.kind === "end") completeness = event.completeness;
    if (event.kind !== "batch") continue;
    const { batch } = event;
    await rate.take(batch.rowCount, signal);
    linesRead += batch.rowCount;
    lineBytes += (batch.lineOffsets[batch.rowCount] ?? 0) - (batch.lineOffsets[0] ?? 0);
    await slice.append(batch);
    progress.read(part, linesRead, lineBytes);
  }
  if (signal.aborted) throw new AppError("request.cancelled", {});
  if (completeness === null) throw new AppError("internal", {}, { cause: new Error("a read ended without a verdict") });
  const { files, rows, redacted } = await slice.finish();
  const missing: Completeness = {
    verdict: "incomplete",
    reasons: [
      {
        kind: "lines-missing",
        unit: "entries",
        promised: linesRead,
        read: rows,
        startNs: planned.startNs,
        endNs: planned.endNs,
      },
    ],
  };
  return {
    part,
    files: [...files],
    linesRead,
    linesWritten: rows,
    lineBytes,
    redacted: { ...redacted },
    completeness: rows === linesRead ? completeness : mergeCompleteness(completeness, missing),
    uploaded: false,
  };
}

/** `000012`: slices of an archive in the order of their names are in the order of time. */
export function sliceName(part: number): string {
  return String(part).padStart(6, "0");
}

/** What a full disk or a refused file needs is a person. */
function mayPass(error: unknown): error is AppError {
  return isAppError(error) && error.retryable && error.category !== "resource" && error.category !== "cancelled";
}
