import type { SiteConfig } from "../../../src-shared/api/sites.api.ts";
import { tenantIdProblem } from "../../../src-shared/model/tenant-id.ts";

/** What every kind of site can be given by hand. A pair is field (or pattern of it) and URL. */
export interface CommonDraft {
  readonly tenants: readonly string[];
  readonly traceLinks: readonly (readonly [string, string])[];
}

export function draftFromCommon(config: Pick<SiteConfig, "tenants" | "traceLinks">): CommonDraft {
  return {
    tenants: config.tenants ?? [],
    traceLinks: (config.traceLinks ?? []).map(({ field, url }) => [field, url] as const),
  };
}

/** A template must be a web address and have a place for the value, or every line would link to the same page. */
export function isTraceTemplate(url: string): boolean {
  return /^https?:\/\/[^\s]+$/.test(url) && url.includes("{value}");
}

export function commonProblems(draft: CommonDraft): { tenants?: "tenant"; traceLinks?: "traceLink" } {
  return {
    ...(draft.tenants.some((tenant) => tenantIdProblem(tenant) !== null) ? { tenants: "tenant" as const } : {}),
    ...(draft.traceLinks.some(([field, url]) => field.trim() === "" || !isTraceTemplate(url.trim()))
      ? { traceLinks: "traceLink" as const }
      : {}),
  };
}

export function commonFromDraft(draft: CommonDraft): Pick<SiteConfig, "tenants" | "traceLinks"> {
  return {
    ...(draft.tenants.length === 0 ? {} : { tenants: [...draft.tenants] }),
    ...(draft.traceLinks.length === 0
      ? {}
      : { traceLinks: draft.traceLinks.map(([field, url]) => ({ field: field.trim(), url: url.trim() })) }),
  };
}
