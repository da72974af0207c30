import { IconPlus, IconServer2 } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { Site } from "../../../src-shared/api/sites.api.ts";
import { Button } from "../../components/button.tsx";
import { errorText } from "../../components/error-text.ts";
import { Screen } from "../../components/screen.tsx";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../components/state-views.tsx";
import { useAnswer } from "../../hooks/use-answer.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { DirectSiteDrawer } from "./direct-site-drawer.tsx";
import { DoctorDrawer } from "./doctor-drawer.tsx";
import { KubernetesSiteDrawer } from "./kubernetes-site-drawer.tsx";
import { PluginPanel } from "./plugin-panel.tsx";
import { SiteList } from "./site-list.tsx";

export type SideView = { readonly kind: "add" } | { readonly kind: "edit" | "doctor"; readonly site: string };

/** The environments that this console knows, how they are reached, and why one is not. */
export function SitesScreen(): ReactElement {
  const t = useTranslate();
  const { data, error, loading, retry } = useAnswer("sites", "list", undefined);
  const forbidden = useForbidden("sites.change");
  const [side, setSide] = useState<SideView | null>(null);
  const sites = data?.sites ?? [];
  const empty = data !== undefined && sites.length === 0;
  const add = (
    <Button
      disabledReason={forbidden}
      icon={IconPlus}
      onClick={() => setSide({ kind: "add" })}
      tone={empty ? "primary" : "default"}
    >
      {t("app.sites.add")}
    </Button>
  );

  return (
    <Screen
      actions={empty ? undefined : add}
      aside={data === undefined ? undefined : t("app.sites.count", { count: sites.length })}
      drawer={<SideDrawer onClose={() => setSide(null)} side={side} sites={sites} />}
      title={t("app.screen.sites")}
    >
      <PluginPanel />
      {data?.problems.map((problem) => (
        <PartialNotice key={`${problem.code} ${JSON.stringify(problem.params)}`}>
          {t("app.sites.partial")} {errorText(t, problem)}
        </PartialNotice>
      ))}
      {loading ? <LoadingView rowHeight={40} rows={5} /> : null}
      {error === undefined ? null : <FailedView error={error} onRetry={retry} title={t("app.sites.failed")} />}
      {empty ? (
        <EmptyView actions={add} icon={IconServer2} text={t("app.sites.emptyText")} title={t("app.sites.empty")} />
      ) : null}
      <SiteList onSide={setSide} side={side} sites={sites} />
    </Screen>
  );
}

interface SideDrawerProps {
  readonly side: SideView | null;
  readonly sites: readonly Site[];
  readonly onClose: () => void;
}

function SideDrawer({ side, sites, onClose }: SideDrawerProps): ReactElement | null {
  if (side === null) return null;
  if (side.kind === "add") return <DirectSiteDrawer key="add" onClose={onClose} site={null} />;
  const site = sites.find((one) => one.id === side.site);
  if (site === undefined) return null;
  if (side.kind === "doctor") return <DoctorDrawer key={site.id} onClose={onClose} site={site} />;
  if (site.config.kind === "direct") return <DirectSiteDrawer key={site.id} onClose={onClose} site={site} />;
  if (site.config.kind === "kubernetes") return <KubernetesSiteDrawer key={site.id} onClose={onClose} site={site} />;
  return null;
}
