import { useEffect } from "react";
import type { Site } from "../../src-shared/api/sites.api.ts";
import { useAnswer, useChange } from "../hooks/use-answer.ts";
import { useCurrentSite, useTenants } from "../hooks/use-sites.ts";
import { useWorkspace } from "../hooks/workspace-store.ts";

/** Where to begin when nothing is chosen: the last site, else the kubeconfig's current context, else the first (the lab). */
export function firstSite(sites: readonly Site[], lastUsed: string | undefined): Site | undefined {
  return sites.find((site) => site.id === lastUsed) ?? sites.find((site) => site.current) ?? sites[0];
}

/**
 * Fills in the site and the tenant that nobody chose yet, and tells the core which site is looked at. An archive needs no
 * site, so none is put in its place.
 */
export function useSiteChoice(): void {
  const { data } = useAnswer("sites", "list", undefined);
  const { site, id } = useCurrentSite();
  const tenant = useWorkspace((state) => state.tenant);
  const inArchive = useWorkspace((state) => state.source.kind === "archive");
  const chooseSite = useWorkspace((state) => state.chooseSite);
  const chooseTenant = useWorkspace((state) => state.chooseTenant);
  const { data: known } = useTenants(inArchive ? null : (site?.id ?? null));
  const { fire: use } = useChange("sites", "use");

  useEffect(() => {
    if (id !== null || data === undefined || inArchive) return;
    const first = firstSite(data.sites, data.lastUsed);
    if (first !== undefined) chooseSite(first.id);
  }, [id, data, inArchive, chooseSite]);

  const used = site?.id;
  useEffect(() => {
    if (used !== undefined) use({ site: used });
  }, [used, use]);

  useEffect(() => {
    const first = known?.tenants[0];
    if (tenant === null && first !== undefined) chooseTenant(first.tenant);
  }, [tenant, known, chooseTenant]);
}
