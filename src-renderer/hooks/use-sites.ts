import type { CONNECTION_STATES, Site } from "../../src-shared/api/sites.api.ts";
import type { StatusTone } from "../components/status-shape.tsx";
import { useAnswer, type Answer } from "./use-answer.ts";
import { useWorkspace } from "./workspace-store.ts";

export type SiteState = (typeof CONNECTION_STATES)[number];

const TONES: Readonly<Record<SiteState, StatusTone>> = {
  idle: "idle",
  connecting: "working",
  ready: "good",
  degraded: "warning",
  failed: "bad",
};

export function siteTone(state: SiteState): StatusTone {
  return TONES[state];
}

export interface CurrentSite {
  /** The chosen site; `undefined` while nothing is chosen, or where the chosen id belongs to no site. */
  readonly site: Site | undefined;
  readonly id: string | null;
  /** The id in the workspace names no site that there is. */
  readonly unknown: boolean;
}

/** The site this window looks at. */
export function useCurrentSite(): CurrentSite {
  const id = useWorkspace((state) => state.site);
  const { data } = useAnswer("sites", "list", undefined);
  const site = data?.sites.find((one) => one.id === id);
  return { site, id, unknown: data !== undefined && id !== null && site === undefined };
}

export interface KnownTenants {
  readonly tenants: readonly {
    readonly tenant: string;
    readonly from: "lab" | "configured" | "recent" | "overrides";
  }[];
  readonly multiTenant: boolean;
}

/** The tenants that are known of a site: others may exist and can be typed. */
export function useTenants(site: string | null): Answer<KnownTenants> {
  return useAnswer("sites", "tenants", site === null ? null : { site });
}
