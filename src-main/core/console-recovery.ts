import { pending, type ConsoleStorage, type StorageDomain } from "./console-storage.ts";
import type { AnyJobDefinition } from "./jobs/job-engine.ts";
import type { DrillsDesk, QuarantineDesk, RestoreDesk, RunbooksDesk } from "./storage/recovery-desks.ts";

export interface RecoveryDomain extends StorageDomain {
  readonly storage: ConsoleStorage;
}

export interface ConsoleRecovery {
  readonly quarantine: QuarantineDesk;
  readonly restores: RestoreDesk;
  readonly drills: DrillsDesk;
  readonly runbooks: RunbooksDesk;
  readonly jobs: readonly AnyJobDefinition[];
}

/** Setting aside, bringing back, and rehearsing it. */
export function openConsoleRecovery(_domain: RecoveryDomain, _opened: AsyncDisposableStack): ConsoleRecovery {
  return { quarantine: pending(), restores: pending(), drills: pending(), runbooks: pending(), jobs: [] };
}
