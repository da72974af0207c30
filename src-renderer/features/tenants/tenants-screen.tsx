import { IconPlus, IconUsersGroup } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Site } from "../../../src-shared/api/sites.api.ts";
import { Button } from "../../components/button.tsx";
import { Screen } from "../../components/screen.tsx";
import { EmptyView, FailedView, LoadingView } from "../../components/state-views.tsx";
import { useAnswer } from "../../hooks/use-answer.ts";
import { useCurrentSite } from "../../hooks/use-sites.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import { TenantsTabs } from "./tenants-tabs.tsx";

/** Who is using the site up and with what right: limits, their changes, refusals, costs, quotas, labels. */
export function TenantsScreen(): ReactElement {
  const t = useTranslate();
  const list = useAnswer("sites", "list", undefined);
  const { site, id } = useCurrentSite();
  const show = useWorkspace((state) => state.show);
  if (site !== undefined) return <SiteScreen key={site.id} site={site} />;
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

function SiteScreen({ site }: { readonly site: Site }): ReactElement {
  const t = useTranslate();
  return (
    <Screen fill title={`${t("app.screen.tenants")} · ${site.name}`}>
      <TenantsTabs site={site.id} />
    </Screen>
  );
}
