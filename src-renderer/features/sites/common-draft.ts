import type { SiteConfig } from "../../../src-shared/api/sites.api.ts";
import { tenantIdProblem } from "../../../src-shared/model/tenant-id.ts";

/** What every kind of site can be given by hand. A pair is field (or pattern of it) and URL. */
export interface CommonDraft {
  readonly tenants: readonly string[];
  readonly traceLinks: readonly (readonly [string, string])[];
  /** Where the site's Prometheus is; empty for none. */
  readonly prometheus: string;
}

type CommonConfig = Pick<SiteConfig, "tenants" | "traceLinks" | "prometheus">;

export function draftFromCommon(config: CommonConfig): CommonDraft {
  return {
    tenants: config.tenants ?? [],
    prometheus: config.prometheus ?? "",
    traceLinks: (config.traceLinks ?? []).map(({ field, url }) => [field, url] as const),
  };
}

/** A template must be a web address and have a place for the value, or every line would link to the same page. */
export function isTraceTemplate(url: string): boolean {
  return /^https?:\/\/[^\s]+$/.test(url) && url.includes("{value}");
}

const WEB_ADDRESS = /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#@]*)?$/;
const SERVICE = /^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9-]*:[a-z0-9-]{1,15}$/;

/** A Loki that is known by its URL alone has no cluster with services. */
function isPrometheus(text: string, inCluster: boolean): boolean {
  return text === "" || WEB_ADDRESS.test(text) || (inCluster && SERVICE.test(text));
}

export function commonProblems(
  draft: CommonDraft,
  inCluster: boolean,
): { tenants?: "tenant"; traceLinks?: "traceLink"; prometheus?: "prometheus" | "url" } {
  const prometheus = inCluster ? ("prometheus" as const) : ("url" as const);
  return {
    ...(isPrometheus(draft.prometheus.trim(), inCluster) ? {} : { prometheus }),
    ...(draft.tenants.some((tenant) => tenantIdProblem(tenant) !== null) ? { tenants: "tenant" as const } : {}),
    ...(draft.traceLinks.some(([field, url]) => field.trim() === "" || !isTraceTemplate(url.trim()))
      ? { traceLinks: "traceLink" as const }
      : {}),
  };
}

export function commonFromDraft(draft: CommonDraft): CommonConfig {
  const prometheus = draft.prometheus.trim();
  return {
    ...(prometheus === "" ? {} : { prometheus }),
    ...(draft.tenants.length === 0 ? {} : { tenants: [...draft.tenants] }),
    ...(draft.traceLinks.length === 0
      ? {}
      : { traceLinks: draft.traceLinks.map(([field, url]) => ({ field: field.trim(), url: url.trim() })) }),
  };
}
