import { AppError, hasCode, isAppError } from "../../../src-shared/errors/app-error.ts";
import type { WireError } from "../../../src-shared/errors/wire-error.ts";
import type { Clock } from "../common/clock.ts";
import type { Logger } from "../common/logger.ts";
import type { AnyJobDefinition } from "./job-engine.ts";
import type { JobStore, StoredJob } from "./job-store.ts";
import { ProgressMeter } from "./progress-meter.ts";

export interface JobOutcome {
  /** `undefined` when the run made none. */
  readonly output: unknown;
  readonly error: WireError | null;
  /** Whether the run ended because it was told to, before its end. */
  readonly stopped: boolean;
}

export interface JobRunOptions {
  readonly stored: StoredJob;
  readonly definition: AnyJobDefinition | undefined;
  readonly signal: AbortSignal;
  readonly store: JobStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onProgress: () => void;
}

/** One run of one job, from its stored input and checkpoint to an outcome. Never throws: a failure is an outcome. */
export async function runJob(options: JobRunOptions): Promise<JobOutcome> {
  const { stored, signal, store, logger } = options;
  try {
    const { definition, input, checkpoint } = parseStored(options);
    const meter = new ProgressMeter(options.clock, stored.progress);
    const output: unknown = await definition.run({
      id: stored.id,
      input,
      checkpoint,
      signal,
      logger,
      commit: async (next) => {
        store.saveCheckpoint(stored.id, definition.checkpoint.parse(next));
        if (definition.showsCheckpoint === true) options.onProgress();
      },
      report: (report) => {
        const shown = meter.report(report);
        if (shown === null) return;
        store.saveProgress(stored.id, shown);
        options.onProgress();
      },
    });
    const last = meter.last();
    if (last !== null) store.saveProgress(stored.id, last);
    return { output: definition.output.parse(output), error: null, stopped: signal.aborted };
  } catch (error) {
    if (signal.aborted && hasCode(error, "request.cancelled")) return { output: undefined, error: null, stopped: true };
    return { output: undefined, error: describeFailure(error, logger), stopped: false };
  }
}

function parseStored({ stored, definition }: JobRunOptions): {
  readonly definition: AnyJobDefinition;
  readonly input: unknown;
  readonly checkpoint: unknown;
} {
  const invalid = (problem: string, cause?: unknown) =>
    new AppError("jobs.input-invalid", { kind: stored.kind, problem: problem.slice(0, 300) }, { cause });
  if (definition === undefined) throw invalid("this program knows no such job");
  const input = definition.input.safeParse(stored.input);
  if (!input.success) throw invalid(input.error.message, input.error);
  if (stored.checkpoint === null) return { definition, input: input.data, checkpoint: null };
  const checkpoint = definition.checkpoint.safeParse(stored.checkpoint);
  if (!checkpoint.success) throw invalid(checkpoint.error.message, checkpoint.error);
  return { definition, input: input.data, checkpoint: checkpoint.data };
}

function describeFailure(error: unknown, logger: Logger): WireError {
  const failure = isAppError(error) ? error : new AppError("internal", {}, { cause: error });
  failure.reference = logger.error("job failed", error);
  return failure.toWire();
}
