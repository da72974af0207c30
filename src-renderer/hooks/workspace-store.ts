import { createContext, useContext } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";

export const SCREENS = ["explore", "overview", "sites", "jobs", "audit", "settings"] as const;
export type ScreenName = (typeof SCREENS)[number];

/** What was chosen; a relative range moves with the clock and becomes instants when a query runs. */
export type RangeChoice =
  | { readonly kind: "relative"; readonly lastSeconds: number }
  | { readonly kind: "absolute"; readonly startNs: string; readonly endNs: string };

/** `loki` asks the site's Loki, `pods` the Kubernetes API, for when Loki is down. */
export type SourceChoice = { readonly kind: "loki" } | { readonly kind: "pods"; readonly namespace: string };

/** The state that a permalink carries. Parsed from the URL by schema, never trusted. */
export interface Workspace {
  readonly screen: ScreenName;
  readonly site: string | null;
  readonly tenant: string | null;
  readonly source: SourceChoice;
  readonly range: RangeChoice;
  /** The query that was last run; what is being typed belongs to the editor. */
  readonly query: string;
  readonly direction: "backward" | "forward";
  /** Raised by every "run": Explore reads again although nothing else changed. */
  readonly runs: number;
  readonly live: boolean;
}

export interface WorkspaceActions {
  readonly show: (screen: ScreenName) => void;
  readonly chooseSite: (site: string | null) => void;
  readonly chooseTenant: (tenant: string | null) => void;
  readonly chooseSource: (source: SourceChoice) => void;
  readonly chooseRange: (range: RangeChoice) => void;
  readonly run: (query?: string) => void;
  readonly setLive: (live: boolean) => void;
  readonly setDirection: (direction: Workspace["direction"]) => void;
}

export type WorkspaceStore = StoreApi<Workspace & WorkspaceActions>;

export const DEFAULT_RANGE: RangeChoice = { kind: "relative", lastSeconds: 900 };

export function createWorkspaceStore(initial: Partial<Workspace> = {}): WorkspaceStore {
  return createStore<Workspace & WorkspaceActions>((set) => ({
    screen: "explore",
    site: null,
    tenant: null,
    source: { kind: "loki" },
    range: DEFAULT_RANGE,
    query: "",
    direction: "backward",
    runs: 0,
    live: false,
    ...initial,
    show: (screen) => set({ screen }),
    chooseSite: (site) => set({ site, tenant: null, live: false, source: { kind: "loki" } }),
    chooseTenant: (tenant) => set({ tenant, live: false }),
    chooseSource: (source) => set({ source, live: false }),
    chooseRange: (range) => set({ range, live: false }),
    run: (query) => set((state) => ({ query: query ?? state.query, runs: state.runs + 1 })),
    setLive: (live) => set({ live }),
    setDirection: (direction) => set({ direction }),
  }));
}

export const WorkspaceContext = createContext<WorkspaceStore | null>(null);

/** Selects narrowly from the workspace that this part of the window belongs to. */
export function useWorkspace<Value>(select: (state: Workspace & WorkspaceActions) => Value): Value {
  const store = useContext(WorkspaceContext);
  if (store === null) throw new Error("no workspace around this component");
  return useStore(store, select);
}
