import { IconHeartbeat, IconPlus } from "@tabler/icons-react";
import { useCallback, useMemo, type ReactElement } from "react";
import { Button } from "../../components/button.tsx";
import { Screen } from "../../components/screen.tsx";
import { EmptyView, FailedView, LoadingView } from "../../components/state-views.tsx";
import { VerdictSign } from "../../components/verdict-sign.tsx";
import type { Command } from "../../hooks/commands.ts";
import { useAnswer } from "../../hooks/use-answer.ts";
import { useCommands } from "../../hooks/use-commands.ts";
import { SiteHealthProvider, useSiteHealth } from "../../hooks/use-site-health.tsx";
import { useCurrentSite } from "../../hooks/use-sites.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import { BoardViewProvider } from "./board/board-view.tsx";
import { HealthTabs } from "./health-tabs.tsx";
import { InstanceDrawer } from "./instance/instance-drawer.tsx";
import { OperationProvider } from "./operations/operation-context.tsx";

/** Whether it is the log system itself, which part of it, and what can safely be done. */
export function HealthScreen(): ReactElement {
  const t = useTranslate();
  const list = useAnswer("sites", "list", undefined);
  const { site, id } = useCurrentSite();
  const show = useWorkspace((state) => state.show);
  if (site !== undefined) {
    return (
      <SiteHealthProvider key={site.id} site={site}>
        <OperationProvider site={site.id}>
          <BoardViewProvider>
            <SiteScreen />
          </BoardViewProvider>
        </OperationProvider>
      </SiteHealthProvider>
    );
  }
  return (
    <Screen title={t("app.screen.health")}>
      {list.loading ? <LoadingView rowHeight={32} rows={8} /> : null}
      {list.error === undefined || list.data !== undefined ? null : (
        <FailedView error={list.error} onRetry={list.retry} title={t("app.sites.failed")} />
      )}
      {list.data === undefined ? null : (
        <EmptyView
          actions={
            <Button icon={IconPlus} onClick={() => show("sites")} tone="primary">
              {t("app.site.manage")}
            </Button>
          }
          icon={IconHeartbeat}
          text={t("health.noSiteText")}
          title={id === null ? t("health.noSite") : t("health.unknownSite", { site: id })}
        />
      )}
    </Screen>
  );
}

function SiteScreen(): ReactElement {
  const t = useTranslate();
  const { site, health } = useSiteHealth();
  const instance = useWorkspace((state) => state.health.instance);
  const tab = useWorkspace((state) => state.health.tab);
  const showHealth = useWorkspace((state) => state.showHealth);
  const close = useCallback(() => showHealth({ instance: null }), [showHealth]);
  useCommands(
    useMemo<readonly Command[]>(
      () =>
        instance === null
          ? []
          : [{ id: "health.close", group: "view", label: "app.close", shortcut: "escape", hidden: true, run: close }],
      [instance, close],
    ),
  );
  const told = health !== undefined && health.roundAtMs !== null;
  return (
    <Screen
      aside={told && tab !== "board" ? <VerdictSign verdict={health.verdict} /> : undefined}
      drawer={instance === null ? undefined : <InstanceDrawer name={instance} onClose={close} />}
      fill
      title={`${t("app.screen.health")} · ${site.name}`}
    >
      <HealthTabs />
    </Screen>
  );
}
