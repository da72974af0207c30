import type { z } from "zod";
import type { usageApi } from "../../../../src-shared/api/usage.api.ts";
import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import type {
  CostlyShape,
  LedgerState,
  Prices,
  UsageRange,
  UsageReport,
} from "../../../../src-shared/model/tenants/usage.ts";
import type { Clock } from "../../common/clock.ts";
import type { CostLedger } from "./cost-ledger.ts";
import type { CollectedSites } from "./collect/collected-sites.ts";
import type { FrontendCollector } from "./collect/frontend-collector.ts";
import { costlyShapes } from "./fixes/costly-shapes.ts";
import { usageReport } from "./usage-report.ts";
import { tenantsAsked, type UsageCaller } from "./usage-scope.ts";

export interface UsageServiceOptions {
  readonly ledger: CostLedger;
  readonly collector: FrontendCollector;
  readonly collected: CollectedSites;
  readonly prices: () => Prices;
  readonly clock: Clock;
}

/** Reports of what queries cost. Nothing in an answer is of tenants that the caller may not see. */
export class UsageService {
  readonly #options: UsageServiceOptions;

  constructor(options: UsageServiceOptions) {
    this.#options = options;
  }

  /** How the ledger is. While it is away, what was known of it. */
  async ledger(): Promise<LedgerState> {
    const { ledger, collected } = this.#options;
    try {
      await ledger.measure();
    } catch (error) {
      // What the ledger says of itself is in its state.
      if (!isAppError(error)) throw error;
    }
    return { ...ledger.state(), collected: collected.view() };
  }

  /** @throws `tenants.ledger-unreachable`, `tenants.ledger-failed` */
  report({ by, range, limit }: z.output<typeof usageApi.report.input>, caller: UsageCaller): Promise<UsageReport> {
    const { ledger, prices, clock } = this.#options;
    const tenants = tenantsAsked(caller, range);
    return usageReport({ by, range, tenants, limit }, { ledger, prices: prices(), clock });
  }

  costliest(range: UsageRange, limit: number, caller: UsageCaller): Promise<readonly QueryCost[]> {
    const tenants = tenantsAsked(caller, range);
    const { fromDay, toDay } = range;
    return this.#options.ledger.ask((ledger) => ledger.costliest({ fromDay, toDay, tenants, limit }));
  }

  fixes(range: UsageRange, caller: UsageCaller): Promise<readonly CostlyShape[]> {
    const { ledger, prices } = this.#options;
    return costlyShapes({ range, tenants: tenantsAsked(caller, range) }, ledger, prices());
  }

  /** Reads the frontends' lines of a site up to now. Throws `tenants.costs-unread` where there are none to read. */
  collect(site: SiteId, signal: AbortSignal): ReturnType<FrontendCollector["collect"]> {
    return this.#options.collector.collect(site, signal);
  }
}
