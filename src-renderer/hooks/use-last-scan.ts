import type { WireError } from "../../src-shared/errors/wire-error.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import type { ScanSummary } from "../../src-shared/model/storage/scan.ts";
import type { Store } from "../../src-shared/model/storage/store.ts";
import { useAnswer } from "./use-answer.ts";
import { storeOfSite, useStores } from "./use-stores.ts";

/** A running one and the one before it are among these, whatever was cancelled in between. */
const LOOKED_AT = 20;

export interface LastScan {
  /** `undefined` while it is looked for, `null` where the site has none that is known. */
  readonly store: Store | null | undefined;
  /** The newest that came to its end, else the newest; `null`: never scanned. `undefined`: not known yet. */
  readonly scan: ScanSummary | null | undefined;
  readonly error: WireError | undefined;
  readonly retry: () => void;
}

/** When what the site's Loki keeps was last proven, and what came of it. `undefined` asks nothing. */
export function useLastScan(site: SiteId | undefined): LastScan {
  const stores = useStores(site);
  const store =
    site === undefined || stores.data === undefined ? undefined : (storeOfSite(stores.data.stores, site) ?? null);
  const scans = useAnswer(
    "storage",
    "scans",
    store === undefined || store === null ? null : { store: store.id, limit: LOOKED_AT },
  );
  const scan =
    scans.data === undefined
      ? undefined
      : (scans.data.find(({ state }) => state === "finished") ?? scans.data[0] ?? null);
  return {
    store,
    scan,
    error: stores.data === undefined ? stores.error : scans.data === undefined ? scans.error : undefined,
    retry: () => {
      if (stores.data === undefined) stores.ask();
      else scans.retry();
    },
  };
}
