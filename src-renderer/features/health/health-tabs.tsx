import { Tabs } from "@mantine/core";
import { useMemo, type ReactElement } from "react";
import type { Command } from "../../hooks/commands.ts";
import { useCommands } from "../../hooks/use-commands.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { HEALTH_TABS, useWorkspace, type HealthTab } from "../../hooks/workspace-store.ts";
import { AuditTab } from "./audit/audit-tab.tsx";
import { BoardTab } from "./board/board-tab.tsx";
import { ChangesTab } from "./changes/changes-tab.tsx";
import { OperationsTab } from "./operations/operations-tab.tsx";
import { RingsTab } from "./rings/rings-tab.tsx";
import { TopologyTab } from "./topology/topology-tab.tsx";
import { WatchdogTab } from "./watchdog/watchdog-tab.tsx";
import styles from "./health-screen.module.css";

/** What each part of the screen draws. */
const PARTS: Readonly<Record<HealthTab, () => ReactElement>> = {
  board: BoardTab,
  changes: ChangesTab,
  topology: TopologyTab,
  rings: RingsTab,
  operations: OperationsTab,
  audit: AuditTab,
  watchdog: WatchdogTab,
};

/** The parts of the screen; arrows go from tab to tab, and the chosen one is part of the address. */
export function HealthTabs(): ReactElement {
  const t = useTranslate();
  const tab = useWorkspace((state) => state.health.tab);
  const showHealth = useWorkspace((state) => state.showHealth);
  useCommands(
    useMemo(
      () =>
        HEALTH_TABS.map((one, place): Command => ({
          id: `health.${one}`,
          group: "go",
          label: `health.command.${one}`,
          shortcut: String(place + 1),
          // The palette has them from everywhere; here are their keys.
          hidden: true,
          run: () => showHealth({ tab: one }),
        })),
      [showHealth],
    ),
  );
  return (
    <Tabs
      className={styles.tabs ?? ""}
      keepMounted={false}
      onChange={(chosen) => {
        const next = HEALTH_TABS.find((one) => one === chosen);
        if (next !== undefined) showHealth({ tab: next });
      }}
      value={tab}
    >
      <Tabs.List aria-label={t("health.tabs")} className={styles.tabList ?? ""}>
        {HEALTH_TABS.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {t(`health.tab.${one}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {HEALTH_TABS.map((one) => {
        const Part = PARTS[one];
        return (
          <Tabs.Panel className={styles.panel ?? ""} key={one} value={one}>
            <Part />
          </Tabs.Panel>
        );
      })}
    </Tabs>
  );
}
