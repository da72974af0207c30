import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { systemClock } from "../../src-main/core/common/clock.ts";
import type { JobContext } from "../../src-main/core/jobs/job-definition.ts";
import { MemorySecretStore } from "../../src-main/core/secrets/memory-secret-store.ts";
import type { DrillCheckpoint, DrillInput, DrillOutput } from "../../src-main/core/storage/drills/drill-checkpoint.ts";
import { drillCheckpointSchema } from "../../src-main/core/storage/drills/drill-checkpoint.ts";
import { DrillHistory } from "../../src-main/core/storage/drills/drill-history.ts";
import { runDrill, type DrillParts } from "../../src-main/core/storage/drills/run-drill.ts";
import { ScratchHistory } from "../../src-main/core/storage/drills/scratch-history.ts";
import { inThreadChunkChecker } from "../../src-main/core/storage/integrity/in-thread-chunk-checker.ts";
import {
  discardPlannedRestore,
  markTaken,
  openPlannedRestore,
} from "../../src-main/core/storage/restore/plan/planned-restore-files.ts";
import type { PlannedRestore } from "../../src-main/core/storage/restore/planned-restore.ts";
import type { StoreOpener } from "../../src-main/core/storage/stores/opened-store.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { jobIdSchema } from "../../src-shared/model/ids.ts";
import { RecordingLogger } from "./recording-logger.ts";
import { restoreParts } from "./restore-runs.ts";
import type { TemporaryDirectory } from "./temporary-directory.ts";

export interface DrillBench extends Disposable {
  readonly history: DrillHistory;
  readonly scratch: ScratchHistory;
  readonly parts: DrillParts;
  /** Runs a drill as the job engine does: what it commits is plain data, and read by its schema. */
  readonly run: (planned: PlannedRestore, options?: DrillRunOptions) => Promise<DrillOutput>;
}

export interface DrillRunOptions {
  readonly job?: string;
  readonly checkpoint?: DrillCheckpoint | null;
  readonly signal?: AbortSignal;
  readonly onCommit?: (checkpoint: DrillCheckpoint) => void;
}

/** Drills with everything real but the job engine, over stores of a test. */
export function drillBench(work: TemporaryDirectory, stores: StoreOpener, other: Partial<DrillParts> = {}): DrillBench {
  mkdirSync(work.file("profile"), { recursive: true });
  const history = new DrillHistory(work.file("profile/drills.db"));
  const scratch = new ScratchHistory(work.file("profile/scratch.db"));
  const logger = new RecordingLogger();
  const parts: DrillParts = {
    restore: () => restoreParts(stores),
    openPlan: openPlannedRestore,
    discardPlan: discardPlannedRestore,
    checker: ({ store }) => ({
      checker: inThreadChunkChecker(store),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
    history,
    scratch,
    secrets: new MemorySecretStore("a test", systemClock),
    facts: () => Promise.reject(new AppError("storage.unsupported", { store: "-", action: "facts" })),
    onDrill: () => undefined,
    version: "1.2.3",
    ...other,
  };
  const run = async (planned: PlannedRestore, options: DrillRunOptions = {}): Promise<DrillOutput> => {
    markTaken(planned.directory);
    const { request } = planned.plan;
    const context: JobContext<DrillInput, DrillCheckpoint> = {
      id: jobIdSchema.parse(options.job ?? randomUUID()),
      input: {
        directory: planned.directory,
        store: `bucket ${request.store}`,
        into: `bucket ${request.into ?? ""}`,
        reason: "quarterly",
        principal: "tester",
      },
      checkpoint: options.checkpoint ?? null,
      signal: options.signal ?? new AbortController().signal,
      logger,
      commit: async (checkpoint) => options.onCommit?.(drillCheckpointSchema.parse(structuredClone(checkpoint))),
      report: () => undefined,
    };
    return runDrill(context, parts);
  };
  return {
    history,
    scratch,
    parts,
    run,
    [Symbol.dispose]() {
      history[Symbol.dispose]();
      scratch[Symbol.dispose]();
    },
  };
}
