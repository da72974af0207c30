import { Tabs } from "@mantine/core";
import { lazy, Suspense, useMemo, type ReactElement } from "react";
import { LoadingView } from "../../components/state-views.tsx";
import type { Command } from "../../hooks/commands.ts";
import { useCommands } from "../../hooks/use-commands.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { STORAGE_TABS, useWorkspace, type StorageTab } from "../../hooks/workspace-store.ts";
import { BucketTab } from "./bucket/bucket-tab.tsx";
import { FindingsTab } from "./findings/findings-tab.tsx";
import { OverviewTab } from "./overview/overview-tab.tsx";
import { ScansTab } from "./scans/scans-tab.tsx";
import { useStorageView } from "./storage-context.ts";
import styles from "./storage-screen.module.css";

// What changes a bucket comes when somebody opens it: its plans and editors weigh more than all the rest.
const QuarantineTab = lazy(async () => ({
  default: (await import("./quarantine/quarantine-tab.tsx")).QuarantineTab,
}));
const RestoreTab = lazy(async () => ({ default: (await import("./restore/restore-tab.tsx")).RestoreTab }));
const DrillsTab = lazy(async () => ({ default: (await import("./drills/drills-tab.tsx")).DrillsTab }));
const RunbooksTab = lazy(async () => ({ default: (await import("./runbooks/runbooks-tab.tsx")).RunbooksTab }));

/** The parts of the screen; arrows go from tab to tab, and the chosen one is part of the address. */
export function StorageTabs(): ReactElement {
  const t = useTranslate();
  const tab = useWorkspace((state) => state.storage.tab);
  const showStorage = useWorkspace((state) => state.showStorage);
  useCommands(
    useMemo(
      () =>
        STORAGE_TABS.map((one, place): Command => ({
          id: `storage.${one}`,
          group: "go",
          label: `storage.command.${one}`,
          shortcut: String(place + 1),
          // The palette has them from everywhere; here are their keys.
          hidden: true,
          run: () => showStorage({ tab: one }),
        })),
      [showStorage],
    ),
  );
  return (
    <Tabs
      className={styles.tabs ?? ""}
      keepMounted={false}
      onChange={(chosen) => {
        const next = STORAGE_TABS.find((one) => one === chosen);
        if (next !== undefined) showStorage({ tab: next });
      }}
      value={tab}
    >
      <Tabs.List aria-label={t("storage.tabs")} className={styles.tabList ?? ""}>
        {STORAGE_TABS.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {t(`storage.tab.${one}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {STORAGE_TABS.map((one) => (
        <Tabs.Panel className={styles.panel ?? ""} key={one} value={one}>
          <Suspense fallback={<LoadingView rows={8} />}>
            <Part tab={one} />
          </Suspense>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function Part({ tab }: { readonly tab: StorageTab }): ReactElement {
  const { store, stores } = useStorageView();
  switch (tab) {
    case "overview":
      return <OverviewTab store={store} />;
    case "findings":
      return <FindingsTab store={store} />;
    case "scans":
      return <ScansTab store={store} />;
    case "bucket":
      return <BucketTab store={store} />;
    case "quarantine":
      return <QuarantineTab store={store} />;
    case "restore":
      return <RestoreTab store={store} stores={stores} />;
    case "drills":
      return <DrillsTab store={store} stores={stores} />;
    case "runbooks":
      return <RunbooksTab site={store.config.site} store={store} />;
  }
}
