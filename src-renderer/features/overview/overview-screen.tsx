import { IconPlus, IconServer2 } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Site } from "../../../src-shared/api/sites.api.ts";
import { Button } from "../../components/button.tsx";
import { Screen } from "../../components/screen.tsx";
import { EmptyView, FailedView, LoadingView } from "../../components/state-views.tsx";
import { StatusShape } from "../../components/status-shape.tsx";
import { useAnswer } from "../../hooks/use-answer.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { SiteHealthProvider } from "../../hooks/use-site-health.tsx";
import { siteTone, useCurrentSite } from "../../hooks/use-sites.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import { ComponentsPanel } from "./components-panel.tsx";
import { ConnectionPanel } from "./connection-panel.tsx";
import { HealthPanel } from "./health-panel.tsx";
import { LabPanel } from "./lab-panel.tsx";
import { NearLimitsPanel } from "./near-limits-panel.tsx";
import { StoragePanel } from "./storage-panel.tsx";
import styles from "./overview-screen.module.css";
import { RunningJobsPanel } from "./running-jobs-panel.tsx";
import { TenantsPanel } from "./tenants-panel.tsx";

/** One board a site: what is known of it right now. What is not known has no figure here. */
export function OverviewScreen(): ReactElement {
  const t = useTranslate();
  const list = useAnswer("sites", "list", undefined);
  const { site, id } = useCurrentSite();
  const show = useWorkspace((state) => state.show);
  const noHealth = useForbidden("health.read");

  if (list.loading) {
    return (
      <Screen title={t("app.screen.overview")}>
        <LoadingView rowHeight={32} rows={8} />
      </Screen>
    );
  }
  if (list.error !== undefined && list.data === undefined) {
    return (
      <Screen title={t("app.screen.overview")}>
        <FailedView error={list.error} onRetry={list.retry} title={t("app.sites.failed")} />
      </Screen>
    );
  }
  if (site === undefined) {
    return (
      <Screen title={t("app.screen.overview")}>
        <EmptyView
          actions={
            <Button icon={IconPlus} onClick={() => show("sites")} tone="primary">
              {t("app.site.manage")}
            </Button>
          }
          icon={IconServer2}
          text={id === null ? t("app.sites.emptyText") : t("app.overview.unknownText")}
          title={id === null ? t("app.sites.empty") : t("app.overview.unknown", { site: id })}
        />
      </Screen>
    );
  }
  return (
    <SiteHealthProvider key={site.id} paused={noHealth !== undefined} site={site}>
      <Board site={site} watched={noHealth === undefined} />
    </SiteHealthProvider>
  );
}

function Board({ site, watched }: { readonly site: Site; readonly watched: boolean }): ReactElement {
  const t = useTranslate();
  const noLimits = useForbidden("tenants.read");
  const noStorage = useForbidden("storage.read");
  return (
    <Screen
      aside={
        <span className={styles.state}>
          <StatusShape tone={siteTone(site.state)} />
          {t(`app.siteState.${site.state}`)}
        </span>
      }
      title={site.name}
    >
      <div className={styles.board}>
        <div className={styles.main}>
          <ComponentsPanel site={site} />
          {watched ? <HealthPanel /> : null}
          {noLimits === undefined ? <NearLimitsPanel key={site.id} site={site} /> : null}
        </div>
        <div className={styles.side}>
          <ConnectionPanel site={site} />
          {site.kind === "lab" ? <LabPanel /> : null}
          {noStorage === undefined ? <StoragePanel key={site.id} site={site} /> : null}
          <TenantsPanel site={site} />
          <RunningJobsPanel />
        </div>
      </div>
    </Screen>
  );
}
