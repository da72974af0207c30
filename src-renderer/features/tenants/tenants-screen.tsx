import { IconPlus, IconUsersGroup } from "@tabler/icons-react";
import { useCallback, useMemo, type ReactElement } from "react";
import type { Site } from "../../../src-shared/api/sites.api.ts";
import { Button } from "../../components/button.tsx";
import { Screen } from "../../components/screen.tsx";
import { EmptyView, FailedView, LoadingView } from "../../components/state-views.tsx";
import type { Command } from "../../hooks/commands.ts";
import { useAnswer } from "../../hooks/use-answer.ts";
import { useCommands } from "../../hooks/use-commands.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useCurrentSite } from "../../hooks/use-sites.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import { CollectedBar } from "./changes/collected-bar.tsx";
import { useLimitChanges } from "./changes/limit-changes-context.ts";
import { LimitChangesProvider } from "./changes/limit-changes-provider.tsx";
import { TenantDrawer } from "./limits/tenant-drawer.tsx";
import { SiteLimitsProvider } from "./site-limits.tsx";
import { TenantsTabs } from "./tenants-tabs.tsx";
import { TenantsViewProvider } from "./tenants-view.tsx";

/** Who is using the site up and with what right: limits, their changes, refusals, costs, quotas, labels. */
export function TenantsScreen(): ReactElement {
  const t = useTranslate();
  const list = useAnswer("sites", "list", undefined);
  const { site, id } = useCurrentSite();
  const show = useWorkspace((state) => state.show);
  if (site !== undefined) {
    return (
      <SiteLimitsProvider key={site.id} site={site}>
        <LimitChangesProvider site={site.id}>
          <TenantsViewProvider site={site.id}>
            <SiteScreen site={site} />
          </TenantsViewProvider>
        </LimitChangesProvider>
      </SiteLimitsProvider>
    );
  }
  return (
    <Screen title={t("app.screen.tenants")}>
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
          icon={IconUsersGroup}
          text={t("limits.noSiteText")}
          title={id === null ? t("limits.noSite") : t("limits.unknownSite", { site: id })}
        />
      )}
    </Screen>
  );
}

function closing(run: () => void): Command {
  return { id: "tenants.close", group: "view", label: "app.close", shortcut: "escape", hidden: true, run };
}

function SiteScreen({ site }: { readonly site: Site }): ReactElement {
  const t = useTranslate();
  const opened = useWorkspace((state) => state.tenants.opened);
  const tab = useWorkspace((state) => state.tenants.tab);
  const showTenants = useWorkspace((state) => state.showTenants);
  const forbidden = useForbidden("tenants.limits");
  const { open } = useLimitChanges();
  const close = useCallback(() => showTenants({ opened: null }), [showTenants]);
  // A tenant's limits lie beside what they explain; costs, quotas and labels have details of their own.
  const drawn = opened !== null && (tab === "limits" || tab === "changes" || tab === "explain");
  useCommands(
    useMemo<readonly Command[]>(
      () => [
        ...(drawn ? [closing(close)] : []),
        {
          id: "tenants.change",
          group: "tenants",
          label: "limits.changeLimits",
          shortcut: "c",
          disabled: forbidden,
          run: () => open({ kind: "edits", edits: [] }),
        },
        {
          id: "tenants.file",
          group: "tenants",
          label: "limits.editFile",
          disabled: forbidden,
          run: () => open({ kind: "file" }),
        },
      ],
      [drawn, close, forbidden, open],
    ),
  );
  return (
    <Screen
      drawer={drawn ? <TenantDrawer key={opened} onClose={close} tenant={opened} /> : undefined}
      fill
      title={`${t("app.screen.tenants")} · ${site.name}`}
    >
      <TenantsTabs site={site.id} />
      <CollectedBar />
    </Screen>
  );
}
