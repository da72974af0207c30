import type { usageApi } from "../../src-shared/api/usage.api.ts";
import type { Clock } from "../core/common/clock.ts";
import type { ConsoleUsage } from "../core/console-usage.ts";
import type { JobEngine } from "../core/jobs/job-engine.ts";
import { usageExportInput } from "../core/tenants/usage/usage-export.job.ts";
import { tenantsAsked } from "../core/tenants/usage/usage-scope.ts";
import type { DomainHandlers } from "./handlers.ts";
import { quotaHandlers } from "./quota-handlers.ts";

export interface UsageHandlerParts {
  readonly usage: ConsoleUsage;
  readonly jobs: Pick<JobEngine, "submit">;
  readonly exportsDirectory: string;
  readonly clock: Clock;
}

export function usageHandlers(parts: UsageHandlerParts): DomainHandlers<typeof usageApi> {
  const { usage, jobs, clock } = parts;
  const { ledger, service, job } = usage;
  return {
    ledger: () => service.ledger(),
    report: (request, { caller }) => service.report(request, caller),
    costliest: async ({ range, limit }, { caller }) => [...(await service.costliest(range, limit, caller))],
    fixes: async ({ range }, { caller }) => [...(await service.fixes(range, caller))],
    collect: ({ site }, { signal }) => service.collect(site, signal),
    exportCosts: async ({ range, format }, { caller }) => {
      const tenants = tenantsAsked(caller, range);
      const seen = { ...range, tenants: tenants === null ? null : [...tenants] };
      const input = usageExportInput(parts.exportsDirectory, seen, format, clock.nowMs());
      return { job: jobs.submit(job, input, caller.principal) };
    },
    ...quotaHandlers({ ledger, clock }),
  };
}
