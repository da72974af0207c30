import { createContext, useContext } from "react";
import type { FindingFilter } from "../../../src-shared/model/storage/scan.ts";
import type { Store } from "../../../src-shared/model/storage/store.ts";

/** What a person has set on this screen, which outlives the change from tab to tab. */
export interface StorageViewState {
  /** The one that is looked at. */
  readonly store: Store;
  readonly stores: readonly Store[];
  readonly filter: FindingFilter;
  readonly setFilter: (filter: FindingFilter) => void;
  /** Shows the findings of the last scan that fit. */
  readonly showFindings: (filter: FindingFilter) => void;
  readonly openScan: () => void;
  /** Changes the store, or its copy and the place for drills. */
  readonly editStore: () => void;
}

export const StorageViewContext = createContext<StorageViewState | null>(null);

export function useStorageView(): StorageViewState {
  const view = useContext(StorageViewContext);
  if (view === null) throw new Error("no store around this component");
  return view;
}
