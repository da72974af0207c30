import type { Site } from "../../../../src-shared/api/sites.api.ts";

/** Whose streams are looked at. */
export interface TenantPlace {
  readonly site: Site["id"];
  readonly tenant: string;
}
