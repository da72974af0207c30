import { createContext, useContext } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";

/** What a followed tail tells the status bar. */
export interface TailStatus {
  readonly rowsPerSecond: number;
  readonly dropped: number;
  readonly gaps: number;
  readonly state: "live" | "paused" | "reconnecting" | "stopped";
}

export interface StatusLine {
  readonly tail: TailStatus | null;
  readonly setTail: (tail: TailStatus | null) => void;
}

export type StatusLineStore = StoreApi<StatusLine>;

/** What screens publish to the status bar. Nothing is shown for what nobody publishes. */
export function createStatusLineStore(): StatusLineStore {
  return createStore<StatusLine>((set) => ({ tail: null, setTail: (tail) => set({ tail }) }));
}

export const StatusLineContext = createContext<StatusLineStore | null>(null);

export function useStatusLine<Value>(select: (state: StatusLine) => Value): Value {
  const store = useContext(StatusLineContext);
  if (store === null) throw new Error("no status line around this component");
  return useStore(store, select);
}
