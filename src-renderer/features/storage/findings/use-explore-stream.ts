import { useContext } from "react";
import type { StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import { tenantIdSchema } from "../../../../src-shared/model/tenant-id.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { WorkspaceContext } from "../../../hooks/workspace-store.ts";
import { useStorageView } from "../storage-context.ts";
import { findingRange, streamSelector } from "./stream-selector.ts";

/** Asks the store's Loki for a stream's lines around a finding, in Explore: what it still has of them. */
export function useExploreStream(finding: StorageFinding): {
  readonly explore: (labels: Readonly<Record<string, string>>) => void;
  readonly disabledReason: string | undefined;
} {
  const t = useTranslate();
  const workspace = useContext(WorkspaceContext);
  if (workspace === null) throw new Error("no workspace around the storage screen");
  const forbidden = useForbidden("logs.read");
  const { store } = useStorageView();
  const { site } = store.config;
  const range = findingRange(finding);
  const { tenant } = finding;
  const disabledReason =
    forbidden ??
    (site === null ? t("storage.findings.noSite") : undefined) ??
    (tenant === null || !tenantIdSchema.safeParse(tenant).success ? t("storage.findings.noTenantKnown") : undefined) ??
    (range === null ? t("storage.findings.noTimes") : undefined);
  const explore = (labels: Readonly<Record<string, string>>): void => {
    if (site === null || tenant === null || range === null) return;
    const { site: current, chooseSite, chooseSource, chooseTenant, chooseRange } = workspace.getState();
    if (current !== site) chooseSite(site);
    chooseSource({ kind: "loki" });
    chooseTenant(tenant);
    chooseRange(range);
    workspace.setState((state) => ({ query: streamSelector(labels), screen: "explore", runs: state.runs + 1 }));
  };
  return { explore, disabledReason };
}
