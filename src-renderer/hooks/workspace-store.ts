import { createContext, useContext } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";

export const SCREENS = [
  "explore",
  "overview",
  "health",
  "tenants",
  "storage",
  "sites",
  "archives",
  "jobs",
  "audit",
  "settings",
] as const;
export type ScreenName = (typeof SCREENS)[number];

/** The parts of the Health screen, in their order. */
export const HEALTH_TABS = ["board", "changes", "topology", "rings", "operations", "audit", "watchdog"] as const;
export type HealthTab = (typeof HEALTH_TABS)[number];

/** What the Health screen shows: a part of it, and the instance whose details lie beside it. */
export interface HealthView {
  readonly tab: HealthTab;
  readonly instance: string | null;
}

/** The parts of the Tenants screen, in their order. */
export const TENANTS_TABS = ["limits", "changes", "explain", "usage", "quotas", "cardinality"] as const;
export type TenantsTab = (typeof TENANTS_TABS)[number];

/** What the Tenants screen shows: a part of it, and the tenant whose limits lie beside it. */
export interface TenantsView {
  readonly tab: TenantsTab;
  readonly opened: string | null;
}

/** The parts of the Storage screen, in their order. */
export const STORAGE_TABS = [
  "overview",
  "findings",
  "scans",
  "quarantine",
  "restore",
  "drills",
  "runbooks",
  "bucket",
] as const;
export type StorageTab = (typeof STORAGE_TABS)[number];

/**
 * What the Storage screen shows: a part of it, the store (`null` for the site's own, or the first there is), the scan whose
 * findings are listed (`null` for the last), and the finding whose details lie beside the list.
 */
export interface StorageView {
  readonly tab: StorageTab;
  readonly store: string | null;
  readonly scan: string | null;
  readonly finding: string | null;
}

/** What was chosen; a relative range moves with the clock and becomes instants when a query runs. */
export type RangeChoice =
  | { readonly kind: "relative"; readonly lastSeconds: number }
  | { readonly kind: "absolute"; readonly startNs: string; readonly endNs: string };

/**
 * `loki` asks the site's Loki, `pods` the Kubernetes API, for when Loki is down; `archive` reads files that were opened, and
 * needs no site at all.
 */
export type SourceChoice =
  | { readonly kind: "loki" }
  | { readonly kind: "pods"; readonly namespace: string }
  | { readonly kind: "archive"; readonly archive: string };

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
  readonly health: HealthView;
  readonly tenants: TenantsView;
  readonly storage: StorageView;
  /** What was looked at before an archive was, to go back to; `null` where there was nothing. Not part of a link. */
  readonly beforeArchive: SiteView | null;
}

/** What of a workspace belongs to its site, and is put aside while an archive is looked at. */
export type SiteView = Pick<Workspace, "tenant" | "source" | "range" | "query">;

/** What to look at in an archive. `range` and `query` `null` keep those that are chosen. */
export interface ArchiveChoice {
  readonly archive: string;
  readonly tenant: string | null;
  readonly range: RangeChoice | null;
  readonly query: string | null;
}

export interface WorkspaceActions {
  readonly show: (screen: ScreenName) => void;
  readonly chooseSite: (site: string | null) => void;
  readonly chooseTenant: (tenant: string | null) => void;
  readonly chooseSource: (source: SourceChoice) => void;
  /** Looks into an archive; the site stays chosen, and `leaveArchive` goes back to what was looked at there. */
  readonly chooseArchive: (choice: ArchiveChoice) => void;
  /** As `chooseArchive`, and shows its rows in Explore: one step, that one "back" undoes. */
  readonly exploreArchive: (choice: ArchiveChoice) => void;
  readonly leaveArchive: () => void;
  readonly chooseRange: (range: RangeChoice) => void;
  readonly run: (query?: string) => void;
  readonly setLive: (live: boolean) => void;
  readonly setDirection: (direction: Workspace["direction"]) => void;
  /** Shows the Health screen; what is left out stays as it is. */
  readonly showHealth: (view: Partial<HealthView>) => void;
  /** Shows the Tenants screen; what is left out stays as it is. */
  readonly showTenants: (view: Partial<TenantsView>) => void;
  /** Shows the Storage screen; what is left out stays as it is. */
  readonly showStorage: (view: Partial<StorageView>) => void;
}

export type WorkspaceStore = StoreApi<Workspace & WorkspaceActions>;

export const DEFAULT_RANGE: RangeChoice = { kind: "relative", lastSeconds: 900 };
export const DEFAULT_HEALTH: HealthView = { tab: "board", instance: null };
export const DEFAULT_TENANTS: TenantsView = { tab: "limits", opened: null };
export const DEFAULT_STORAGE: StorageView = { tab: "overview", store: null, scan: null, finding: null };

/** What of the site was put aside; what a site begins with where nothing was. */
function siteView(state: Workspace): SiteView {
  return state.beforeArchive ?? { tenant: null, source: { kind: "loki" }, range: DEFAULT_RANGE, query: "" };
}

function pickSiteView({ tenant, source, range, query }: Workspace): SiteView {
  return { tenant, source, range, query };
}

/** An archive's range and query mean nothing at a site: those from before come back. */
function leftArchive(state: Workspace): Partial<Workspace> {
  if (state.source.kind !== "archive") return {};
  const { range, query } = siteView(state);
  return { range, query, beforeArchive: null };
}

function intoArchive(state: Workspace, { archive, tenant, range, query }: ArchiveChoice): Partial<Workspace> {
  return {
    beforeArchive: state.source.kind === "archive" ? state.beforeArchive : pickSiteView(state),
    source: { kind: "archive", archive },
    tenant,
    range: range ?? state.range,
    query: query ?? state.query,
    live: false,
  };
}

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
    health: DEFAULT_HEALTH,
    tenants: DEFAULT_TENANTS,
    storage: DEFAULT_STORAGE,
    beforeArchive: null,
    ...initial,
    show: (screen) => set({ screen }),
    chooseSite: (site) =>
      set((state) => ({
        ...leftArchive(state),
        site,
        tenant: null,
        live: false,
        source: { kind: "loki" },
        health: { ...state.health, instance: null },
        tenants: { ...state.tenants, opened: null },
        storage: { ...DEFAULT_STORAGE, tab: state.storage.tab },
      })),
    chooseTenant: (tenant) => set({ tenant, live: false }),
    chooseSource: (source) => set((state) => ({ ...leftArchive(state), source, live: false })),
    chooseArchive: (choice) => set((state) => intoArchive(state, choice)),
    exploreArchive: (choice) =>
      set((state) => ({ ...intoArchive(state, choice), screen: "explore", runs: state.runs + 1 })),
    leaveArchive: () =>
      set((state) => (state.source.kind === "archive" ? { ...siteView(state), beforeArchive: null, live: false } : {})),
    chooseRange: (range) => set({ range, live: false }),
    run: (query) => set((state) => ({ query: query ?? state.query, runs: state.runs + 1 })),
    setLive: (live) => set({ live }),
    setDirection: (direction) => set({ direction }),
    showHealth: (view) => set((state) => ({ screen: "health", health: { ...state.health, ...view } })),
    showTenants: (view) => set((state) => ({ screen: "tenants", tenants: { ...state.tenants, ...view } })),
    showStorage: (view) => set((state) => ({ screen: "storage", storage: { ...state.storage, ...view } })),
  }));
}

export const WorkspaceContext = createContext<WorkspaceStore | null>(null);

/** Selects narrowly from the workspace that this part of the window belongs to. */
export function useWorkspace<Value>(select: (state: Workspace & WorkspaceActions) => Value): Value {
  const store = useContext(WorkspaceContext);
  if (store === null) throw new Error("no workspace around this component");
  return useStore(store, select);
}
