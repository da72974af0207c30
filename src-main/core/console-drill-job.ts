import { mkdirSync } from "node:fs";
import type { RecoveryFacts } from "../../src-shared/model/storage/recovery.ts";
import type { StoreId } from "../../src-shared/model/storage/store.ts";
import type { WorkerLocator } from "./common/worker-entry.ts";
import type { ConsoleBase } from "./console-base.ts";
import { StorageCheckPool } from "./storage/check/storage-check-pool.ts";
import { DrillHistory } from "./storage/drills/drill-history.ts";
import { createDrillJob, type DrillJob } from "./storage/drills/drill.job.ts";
import { runDrill } from "./storage/drills/run-drill.ts";
import { ScratchHistory } from "./storage/drills/scratch-history.ts";
import type { RestoreParts } from "./storage/restore/apply/restore-parts.ts";
import { discardPlannedRestore, openPlannedRestore } from "./storage/restore/plan/planned-restore-files.ts";

/** What a profile remembers of its drills. */
export interface DrillBooks {
  readonly history: DrillHistory;
  readonly scratch: ScratchHistory;
}

/** Opens them; who opens the stack closes them. @throws AppError `files.unreadable`, `files.unwritable` */
export function openDrillBooks({ profile }: Pick<ConsoleBase, "profile">, opened: AsyncDisposableStack): DrillBooks {
  mkdirSync(profile.file("storage"), { recursive: true, mode: 0o700 });
  return {
    history: opened.use(new DrillHistory(profile.file("storage/drills.db"))),
    scratch: opened.use(new ScratchHistory(profile.file("storage/scratch.db"))),
  };
}

/** The job of kind `storage-drill`, for the console and for a command. */
export function drillJob(parts: {
  readonly base: Pick<ConsoleBase, "announcements" | "logger" | "secrets">;
  readonly locateWorker: WorkerLocator;
  readonly version: string;
  readonly books: DrillBooks;
  /** Asked for when a drill begins. */
  readonly restore: () => RestoreParts;
  readonly facts: (store: StoreId, signal: AbortSignal) => Promise<RecoveryFacts>;
}): DrillJob {
  const { base, locateWorker, version, books, restore, facts } = parts;
  return createDrillJob((context) =>
    runDrill(context, {
      ...books,
      restore,
      facts,
      version,
      openPlan: openPlannedRestore,
      discardPlan: discardPlannedRestore,
      checker: ({ folder, store }) => {
        const pool = new StorageCheckPool({ locate: locateWorker, logger: base.logger.child("storage") });
        const checker = folder === null ? pool.ofStore(store) : pool.ofFolder(folder);
        return { checker, [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose]() };
      },
      secrets: base.secrets,
      onDrill: () => base.announcements.changed("recovery"),
    }),
  );
}
