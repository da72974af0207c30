import type { SiteId } from "../../../../../src-shared/model/ids.ts";
import type { TenantId } from "../../../../../src-shared/model/tenant-id.ts";

/** Where a site's query frontends' lines are read, and the selector that takes them. */
export type LinePlace =
  | { readonly from: "loki"; readonly site: SiteId; readonly tenant: TenantId; readonly selector: string }
  | { readonly from: "pods"; readonly site: SiteId; readonly namespace: string; readonly selector: string };

/** The frontend's lines and little else; the parser decides. In logfmt and in JSON. */
export const FRONTEND_FILTERS = '|= "metrics.go:" |= "frontend" |= "query_type"';

/** A selector by one label's values, as LogQL writes it. */
export function selectorOf(label: string, values: readonly string[]): string {
  const pattern = values.map((value) => value.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  return `{${label}=~${JSON.stringify(pattern)}}`;
}
