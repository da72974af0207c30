import { AppError } from "../../src-shared/errors/app-error.ts";
import type { RecoveryDomain } from "./console-recovery.ts";
import { keptPlan, markTaken } from "./storage/restore/plan/planned-restore-files.ts";
import type { RestorePlans } from "./storage/restore/plan/restore-plans.service.ts";

/** Plans of restores and drills of a profile: `storage/plans/<plan>` holds each until it expires or its job is done. */
export function openRestorePlans({ base }: RecoveryDomain, _opened: AsyncDisposableStack): RestorePlans {
  const root = base.profile.file("storage/plans");
  return {
    plan: () => {
      throw new AppError("storage.unsupported", { store: "-", action: "pending" });
    },
    take: (id) => {
      const kept = keptPlan(root, id, base.clock.nowMs());
      markTaken(kept.directory);
      return kept;
    },
  };
}
