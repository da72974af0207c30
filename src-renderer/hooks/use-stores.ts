import type { SiteId } from "../../src-shared/model/ids.ts";
import type { Store } from "../../src-shared/model/storage/store.ts";
import type { OutputOf } from "../rpc/procedure-names.ts";
import { useAsked, type Asked } from "./use-asked.ts";

/**
 * Stores that were entered, and what the Loki of a site keeps its data in. Finding that goes through the site's cluster, so it
 * is asked when somebody comes to look and not whenever a scan has got a little further. `undefined` asks nothing yet.
 */
export function useStores(site: SiteId | null | undefined): Asked<OutputOf<"storage", "stores">> {
  return useAsked("storage", "stores", site === undefined ? null : { site }, { keepPrevious: true });
}

/** The site's own store; where it was not found, the first that was entered as the site's. */
export function storeOfSite(stores: readonly Store[], site: SiteId): Store | undefined {
  const own = stores.filter(({ config }) => config.site === site);
  return own.find(({ found }) => found) ?? own[0];
}
