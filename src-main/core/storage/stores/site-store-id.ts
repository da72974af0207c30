import { siteIdSchema, type SiteId } from "../../../../src-shared/model/ids.ts";
import { storeIdSchema, type StoreId } from "../../../../src-shared/model/storage/store.ts";

const BEGIN = "site:";

/** Names a site's store by what it is, so that scans of it are found again: `site:<site>:<bucket>`, or whatever bucket it has. */
export function siteStoreId(site: SiteId, bucket: string | null): StoreId {
  const name = bucket === null ? "" : `:${bucket.replaceAll(/[^A-Za-z0-9._@-]/g, "_")}`;
  return storeIdSchema.parse(`${BEGIN}${site}${name}`.slice(0, 200));
}

/** The site of such an id, and whether it names a bucket; `null` for ids of stores that were entered. */
export function siteOfStoreId(id: StoreId): { readonly site: SiteId; readonly named: boolean } | null {
  if (!id.startsWith(BEGIN)) return null;
  const rest = id.slice(BEGIN.length);
  const at = rest.lastIndexOf(":");
  const site = siteIdSchema.safeParse(at < 0 ? rest : rest.slice(0, at));
  return site.success ? { site: site.data, named: at >= 0 } : null;
}
