import type { Announcer } from "./common/topics.ts";
import type { ConsoleBase } from "./console-base.ts";
import { estimatedBytes } from "./logs/estimated-bytes.ts";
import { withCosts } from "./logs/request-cost.ts";
import { OwnCosts } from "./tenants/quotas/own-costs.ts";
import { QuotaGate } from "./tenants/quotas/quota-gate.ts";
import type { CostLedger } from "./tenants/usage/cost-ledger.ts";

/** What stands before every query that this process sends to Loki. */
export function openQuotaGate(
  {
    clock,
    logger,
    announcements,
  }: Pick<ConsoleBase, "clock" | "logger"> & { readonly announcements: Pick<Announcer, "notice"> },
  ledger: CostLedger,
): QuotaGate {
  return new QuotaGate({
    ledger,
    costs: new OwnCosts((cost) => ledger.record(cost)),
    estimate: estimatedBytes,
    withCosts,
    clock,
    logger: logger.child("quotas"),
    announcer: announcements,
  });
}
