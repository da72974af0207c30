import { STORAGE_TABS, type StorageTab, type WorkspaceActions } from "../../../hooks/workspace-store.ts";
import type { Translate } from "../../../hooks/use-translate.ts";

type Place =
  | { readonly screen: "explore" | "health" | "tenants" }
  | { readonly screen: "storage"; readonly tab: StorageTab };

/** A place that a runbook leads to, `storage?tab=scans`; `null` for none, and for one that this window has not. */
export function placeOf(link: string | null): Place | null {
  if (link === "explore" || link === "health" || link === "tenants") return { screen: link };
  const wanted = link === null ? null : (/^storage\?tab=([a-z-]+)$/.exec(link)?.[1] ?? null);
  const tab = STORAGE_TABS.find((one) => one === wanted);
  return tab === undefined ? null : { screen: "storage", tab };
}

export function placeLabel(place: Place, t: Translate): string {
  if (place.screen !== "storage") return t(`runbook.goto.${place.screen}`);
  return t("runbook.goto.storage", { tab: t(`storage.tab.${place.tab}`) });
}

export function goTo(place: Place, { show, showStorage }: Pick<WorkspaceActions, "show" | "showStorage">): void {
  if (place.screen === "storage") showStorage({ tab: place.tab });
  else show(place.screen);
}
