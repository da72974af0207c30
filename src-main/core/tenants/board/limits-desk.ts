import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { RuntimePlace, TenantLimits, TenantsBoard } from "../../../../src-shared/model/tenants/board.ts";
import type { RefusalExplanation } from "../../../../src-shared/model/tenants/explanation.ts";
import type { TenantsCaller } from "./tenants-caller.ts";

/** The runtime configuration as it stands in its ConfigMap; `line` counts from 1. */
export interface RuntimeConfigText {
  readonly place: RuntimePlace;
  readonly text: string;
  readonly problems: readonly {
    readonly line: number;
    readonly severity: "error" | "warning";
    readonly text: string;
  }[];
  readonly readAtMs: number;
}

/** Limits of a site's tenants, and what refusals mean, as the door asks for them. */
export interface LimitsDesk {
  /** The board at once and after every round of the site's health. @throws AppError `sites.unknown` when it is removed */
  watch(site: SiteId, caller: TenantsCaller, signal: AbortSignal): AsyncIterable<TenantsBoard>;
  limits(site: SiteId, tenant: string, caller: TenantsCaller, signal: AbortSignal): Promise<TenantLimits>;
  /** @throws AppError `tenants.runtime-config-missing`, `sites.no-cluster`, `cluster.*` */
  runtimeConfig(site: SiteId, signal: AbortSignal): Promise<RuntimeConfigText>;
  /** One for each refusal of a text, from the text alone where `site` is `null`. */
  explain(site: SiteId | null, text: string, caller: TenantsCaller, signal: AbortSignal): Promise<RefusalExplanation[]>;
  explainDiscards(
    site: SiteId,
    tenant: string,
    reason: string,
    caller: TenantsCaller,
    signal: AbortSignal,
  ): Promise<RefusalExplanation>;
}
