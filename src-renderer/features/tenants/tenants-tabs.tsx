import { Tabs } from "@mantine/core";
import { useMemo, type ReactElement } from "react";
import type { Site } from "../../../src-shared/api/sites.api.ts";
import type { Command } from "../../hooks/commands.ts";
import { useCommands } from "../../hooks/use-commands.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { TENANTS_TABS, useWorkspace, type TenantsTab } from "../../hooks/workspace-store.ts";
import { BoardTab } from "./board/board-tab.tsx";
import { CardinalityTab } from "./cardinality/cardinality-tab.tsx";
import { ChangesTab } from "./changes/changes-tab.tsx";
import { ExplainTab } from "./explain/explain-tab.tsx";
import { QuotasTab } from "./quotas/quotas-tab.tsx";
import styles from "./tenants-screen.module.css";
import { UsageTab } from "./usage/usage-tab.tsx";

/** The parts of the screen; arrows go from tab to tab, and the chosen one is part of the address. */
export function TenantsTabs({ site }: { readonly site: Site["id"] }): ReactElement {
  const t = useTranslate();
  const tab = useWorkspace((state) => state.tenants.tab);
  const showTenants = useWorkspace((state) => state.showTenants);
  useCommands(
    useMemo(
      () =>
        TENANTS_TABS.map((one, place): Command => ({
          id: `tenants.${one}`,
          group: "go",
          label: `limits.command.${one}`,
          shortcut: String(place + 1),
          // The palette has them from everywhere; here are their keys.
          hidden: true,
          run: () => showTenants({ tab: one }),
        })),
      [showTenants],
    ),
  );
  return (
    <Tabs
      className={styles.tabs ?? ""}
      keepMounted={false}
      onChange={(chosen) => {
        const next = TENANTS_TABS.find((one) => one === chosen);
        if (next !== undefined) showTenants({ tab: next });
      }}
      value={tab}
    >
      <Tabs.List aria-label={t("limits.tabs")} className={styles.tabList ?? ""}>
        {TENANTS_TABS.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {t(`limits.tab.${one}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {TENANTS_TABS.map((one) => (
        <Tabs.Panel className={styles.panel ?? ""} key={one} value={one}>
          <Part site={site} tab={one} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function Part({ tab, site }: { readonly tab: TenantsTab; readonly site: Site["id"] }): ReactElement {
  const chosen = useWorkspace((state) => state.tenants.opened ?? state.tenant);
  switch (tab) {
    case "limits":
      return <BoardTab />;
    case "changes":
      return <ChangesTab />;
    case "explain":
      return <ExplainTab />;
    case "usage":
      return <UsageTab site={site} />;
    case "quotas":
      return <QuotasTab />;
    case "cardinality":
      return <CardinalityTab site={site} tenant={chosen} />;
  }
}
