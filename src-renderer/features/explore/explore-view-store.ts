import { createStore, type StoreApi } from "zustand/vanilla";
import type { DetailsTab } from "./details/details-drawer.tsx";
import type { FindInput } from "./find/use-find.ts";
import { NO_SELECTION, type RowSelection } from "./rows/row-selection.ts";

/** How the result is looked at: what is open, chosen, wrapped. Nothing of it is asked of the core. */
export interface ExploreView {
  /** What stands in the editor; the workspace has what was last run. */
  readonly draft: string;
  readonly wrap: boolean;
  /** `null` until somebody chose: then the list takes the label that tells most. */
  readonly columns: readonly string[] | null;
  readonly facetsOpen: boolean;
  /** `null` while the find bar is closed. */
  readonly findInput: FindInput | null;
  readonly findRound: number;
  readonly selection: RowSelection;
  readonly drawer: DetailsTab | null;
  /** The list stays at its end while a tail grows. */
  readonly follow: boolean;
  /** Rows there were when following ended: what came since is new. */
  readonly seenRows: number;
  /** Lines to read at most; `null` for all, `undefined` for the setting's value. */
  readonly limit: number | null | undefined;
}

export type ExploreViewStore = StoreApi<ExploreView>;

export function createExploreViewStore(draft: string): ExploreViewStore {
  return createStore<ExploreView>(() => ({
    draft,
    wrap: false,
    columns: null,
    facetsOpen: true,
    findInput: null,
    findRound: 0,
    selection: NO_SELECTION,
    drawer: null,
    follow: false,
    seenRows: 0,
    limit: undefined,
  }));
}
