import { type AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { TenantLimits, TenantsBoard } from "../../../../src-shared/model/tenants/board.ts";
import type { RefusalExplanation } from "../../../../src-shared/model/tenants/explanation.ts";
import { fireAndForget } from "../../common/logger.ts";
import type { SiteLimitFacts } from "../changes/change-facts.ts";
import type { ExplainParts } from "../explain/explain-parts.ts";
import { explainSiteDiscards, explainText } from "../explain/explain-text.ts";
import type { RuntimeConfigFile } from "./find-runtime-config.ts";
import type { LimitsDesk, RuntimeConfigText } from "./limits-desk.ts";
import { requireTenantId } from "./require-tenant-id.ts";
import { SiteTenants } from "./site-tenants.ts";
import type { TenantsParts } from "./tenants-parts.ts";
import type { MaySee, TenantsCaller } from "./tenants-caller.ts";

/** Sites whose use is remembered at a time; health watches no more. */
const MOST_SITES = 4;

export interface TenantsServiceOptions extends TenantsParts {
  readonly explain: Omit<ExplainParts, "siteTenants" | "maySee">;
  readonly maySee: MaySee;
}

/** Limits of the tenants of sites: who has which, who is near to it, and what a refusal means. */
export class TenantsService implements LimitsDesk, Disposable {
  readonly #options: TenantsServiceOptions;
  /** In the order in which they were last asked for. */
  readonly #sites = new Map<SiteId, SiteTenants>();

  constructor(options: TenantsServiceOptions) {
    this.#options = options;
  }

  async *watch(site: SiteId, caller: TenantsCaller, signal: AbortSignal): AsyncGenerator<TenantsBoard, void, void> {
    let shown = false;
    for await (const health of this.#options.watchHealth(site, signal)) {
      const tenants = this.#of(site);
      // The first reading of all sources takes seconds: what is known stands there meanwhile.
      if (!shown) yield this.#visible(tenants.board(health, null), caller);
      shown = true;
      const failure = await this.#refresh(tenants, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
        return null;
      });
      if (signal.aborted) return;
      yield this.#visible(tenants.board(health, failure), caller);
    }
  }

  /** The board as it can be told now. @throws AppError `request.cancelled` */
  async board(site: SiteId, caller: TenantsCaller, signal: AbortSignal): Promise<TenantsBoard> {
    const tenants = this.#of(site);
    const failure = await this.#refresh(tenants, signal);
    return this.#visible(tenants.board(null, failure), caller);
  }

  async limits(site: SiteId, tenant: string, _caller: TenantsCaller, signal: AbortSignal): Promise<TenantLimits> {
    requireTenantId(tenant);
    return this.#of(site).limits(tenant, signal);
  }

  runtimeConfig(site: SiteId, signal: AbortSignal): Promise<RuntimeConfigText> {
    return this.#of(site).runtimeConfig(signal);
  }

  /** Where the runtime configuration of a site is. @throws AppError as `runtimeConfig` */
  runtimeFile(site: SiteId, signal: AbortSignal): Promise<RuntimeConfigFile> {
    return this.#of(site).runtimeFile(signal);
  }

  /** What a change of limits has to know of a site. @throws AppError why it cannot be opened */
  facts(site: SiteId, signal: AbortSignal): Promise<SiteLimitFacts> {
    return this.#of(site).facts(signal);
  }

  /** `given` is the tenant where the text names none. */
  explain(
    site: SiteId | null,
    text: string,
    caller: TenantsCaller,
    signal: AbortSignal,
    given: string | null = null,
  ): Promise<RefusalExplanation[]> {
    return explainText(this.#explainParts(), site, text, caller, signal, given);
  }

  explainDiscards(
    site: SiteId,
    tenant: string,
    reason: string,
    caller: TenantsCaller,
    signal: AbortSignal,
  ): Promise<RefusalExplanation> {
    return explainSiteDiscards(this.#explainParts(), site, tenant, reason, caller, signal);
  }

  [Symbol.dispose](): void {
    for (const site of this.#sites.values()) site[Symbol.dispose]();
    this.#sites.clear();
  }

  #explainParts(): ExplainParts {
    const { explain, maySee } = this.#options;
    return { ...explain, maySee, siteTenants: (site) => this.#of(site) };
  }

  /** Why the site could not be looked at; `null` when it could. */
  async #refresh(tenants: SiteTenants, signal: AbortSignal): Promise<AppError | null> {
    try {
      const opened = await tenants.refresh(signal);
      // One request a tenant: the board does not wait for them.
      const compared = tenants.sources.refreshPublished(opened, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      fireAndForget(compared, this.#options.logger, "published limits could not be compared");
      return null;
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error;
      await tenants.takeRounds();
      return error;
    }
  }

  #of(site: SiteId): SiteTenants {
    const known = this.#sites.get(site) ?? new SiteTenants(site, this.#options);
    this.#sites.delete(site);
    this.#sites.set(site, known);
    const [oldest] = this.#sites;
    if (this.#sites.size > MOST_SITES && oldest !== undefined) {
      this.#sites.delete(oldest[0]);
      oldest[1][Symbol.dispose]();
    }
    return known;
  }

  #visible(board: TenantsBoard, caller: TenantsCaller): TenantsBoard {
    if (caller.tenants.kind === "every") return board;
    const { maySee } = this.#options;
    const sees = (tenant: unknown) => typeof tenant === "string" && maySee(caller, tenant);
    return {
      ...board,
      tenants: board.tenants.filter(({ tenant }) => sees(tenant)),
      more: 0,
      disagreements: board.disagreements.filter(
        ({ kind, params }) => kind !== "held-differs" || sees(params["tenant"]),
      ),
      expiries: board.expiries.filter(({ tenant }) => sees(tenant)),
    };
  }
}
