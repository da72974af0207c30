import { IconScan } from "@tabler/icons-react";
import { useCallback, useMemo, useState, type ReactElement, type ReactNode } from "react";
import type { FindingFilter } from "../../../src-shared/model/storage/scan.ts";
import type { Store } from "../../../src-shared/model/storage/store.ts";
import { Button } from "../../components/button.tsx";
import { Screen } from "../../components/screen.tsx";
import type { Command } from "../../hooks/commands.ts";
import { useCommands } from "../../hooks/use-commands.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import { NO_FILTER } from "./findings/finding-filter.ts";
import { ScanDialog } from "./scans/scan-dialog.tsx";
import { StorageViewContext, type StorageViewState } from "./storage-context.ts";
import { StorageTabs } from "./storage-tabs.tsx";

interface StoreScreenProps {
  readonly store: Store;
  readonly stores: readonly Store[];
  readonly picker: ReactNode;
  /** What is not known of the site's own store. */
  readonly notice: ReactNode;
  readonly editStore: () => void;
}

/** One store: what the tabs share, and the scan dialog over them. Give it the store's id as `key`. */
export function StoreScreen({ store, stores, picker, notice, editStore }: StoreScreenProps): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("storage.scan");
  const showStorage = useWorkspace((state) => state.showStorage);
  const [filter, setFilter] = useState<FindingFilter>(NO_FILTER);
  const [scanning, setScanning] = useState(false);
  const openScan = useCallback(() => setScanning(true), []);
  const view = useMemo<StorageViewState>(
    () => ({
      store,
      stores,
      filter,
      setFilter,
      showFindings: (wanted) => {
        setFilter(wanted);
        showStorage({ tab: "findings", scan: null, finding: null });
      },
      openScan,
      editStore,
    }),
    [store, stores, filter, showStorage, openScan, editStore],
  );
  useCommands(
    useMemo<readonly Command[]>(
      () => [
        {
          id: "storage.scan",
          group: "jobs",
          label: "storage.scan.start",
          shortcut: "s",
          disabled: forbidden,
          run: openScan,
        },
      ],
      [forbidden, openScan],
    ),
  );
  return (
    <StorageViewContext value={view}>
      <Screen
        actions={
          <Button disabledReason={forbidden} icon={IconScan} onClick={openScan} shortcut="s" tone="primary">
            {t("storage.scan.start")}
          </Button>
        }
        aside={picker}
        fill
        title={t("app.screen.storage")}
      >
        {notice}
        <StorageTabs />
      </Screen>
      <ScanDialog onClose={() => setScanning(false)} opened={scanning} store={store} />
    </StorageViewContext>
  );
}
