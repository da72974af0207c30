import type { recoveryApi } from "../../src-shared/api/recovery.api.ts";
import type { ConsoleRecovery } from "../core/console-recovery.ts";
import type { DomainHandlers } from "./handlers.ts";

export function recoveryHandlers(recovery: ConsoleRecovery): DomainHandlers<typeof recoveryApi> {
  const { quarantine, restores, drills, runbooks } = recovery;
  return {
    planQuarantine: (request, { caller, signal }) => quarantine.plan(request, caller, signal),
    applyQuarantine: async ({ plan, reason }, { caller, signal }) => ({
      job: await quarantine.apply(plan, reason, caller, signal),
    }),
    batches: async ({ store }, { signal }) => [...(await quarantine.batches(store, signal))],
    batch: ({ store, batch }, { signal }) => quarantine.batch(store, batch, signal),
    planRestore: (request, { caller, signal }) => restores.plan(request, caller, signal),
    applyRestore: async ({ plan, reason }, { caller, signal }) => ({
      job: await restores.apply(plan, reason, caller, signal),
    }),
    restores: async ({ store, limit }) => [...restores.list(store, limit)],
    facts: ({ store }, { signal }) => drills.facts(store, signal),
    drills: async ({ store, limit }) => [...drills.list(store, limit)],
    drillReport: ({ drill, language }) => drills.report(drill, language),
    saveDrillReport: async ({ drill, language }, { signal }) => ({
      files: [...(await drills.save(drill, language, signal))],
    }),
    runbooks: async () => [...runbooks.list()],
    runbookRuns: async ({ limit }) => [...runbooks.runs(limit)],
    startRunbook: async ({ runbook, ...about }, { caller }) => runbooks.start(runbook, about, caller),
    markRunbookStep: async ({ run, step, state, note }, { caller }) => runbooks.mark(run, step, state, note, caller),
    checkRunbookStep: ({ run, step }, { caller, signal }) => runbooks.check(run, step, caller, signal),
  };
}
