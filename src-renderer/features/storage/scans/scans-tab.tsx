import { IconScan } from "@tabler/icons-react";
import { useMemo, useState, type ReactElement } from "react";
import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { Button } from "../../../components/button.tsx";
import { errorText } from "../../../components/error-text.ts";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { VirtualTable } from "../../../components/virtual-table.tsx";
import type { Command } from "../../../hooks/commands.ts";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useCommands } from "../../../hooks/use-commands.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { RunningScan } from "./running-scan.tsx";
import { useStorageView } from "../storage-context.ts";
import { scanColumns } from "./scan-columns.tsx";
import { ScanDrawer } from "./scan-drawer.tsx";
import styles from "./scans.module.css";

const LISTED = 200;
const ROW_HEIGHT = 32;

/** Scans of the store, newest first: what each looked at, found, and how that compares with the one before. */
export function ScansTab({ store }: { readonly store: Store }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const forbidden = useForbidden("storage.scan");
  const { openScan } = useStorageView();
  const { data, error, retry } = useAnswer("storage", "scans", { store: store.id, limit: LISTED });
  const [opened, setOpened] = useState<string | null>(null);
  const columns = useMemo(() => scanColumns(t, formats), [t, formats]);
  const scan = data?.find((one) => one.scan === opened);
  const isOpen = scan !== undefined;
  useCommands(
    useMemo<readonly Command[]>(
      () =>
        isOpen
          ? [
              {
                id: "storage.closeScan",
                group: "view",
                label: "app.close",
                shortcut: "escape",
                hidden: true,
                run: () => setOpened(null),
              },
            ]
          : [],
      [isOpen],
    ),
  );
  if (data === undefined) {
    return error === undefined ? (
      <LoadingView rowHeight={ROW_HEIGHT} rows={8} />
    ) : (
      <FailedView error={error} onRetry={retry} title={t("storage.scans.failed")} />
    );
  }
  if (data.length === 0) {
    return (
      <EmptyView
        actions={
          <Button disabledReason={forbidden} icon={IconScan} onClick={openScan} tone="primary">
            {t("storage.scan.start")}
          </Button>
        }
        icon={IconScan}
        text={t("storage.scans.emptyText")}
        title={t("storage.scans.empty")}
      />
    );
  }
  const current = data.find(({ state }) => state === "running" || state === "paused");
  return (
    <div className={styles.split}>
      <div className={styles.column}>
        {error === undefined ? null : (
          <div className={styles.notice}>
            <PartialNotice
              actions={
                <Button compact onClick={retry}>
                  {t("app.retry")}
                </Button>
              }
            >
              {t("storage.stale")} {errorText(t, error)}
            </PartialNotice>
          </div>
        )}
        {current === undefined ? null : <RunningScan key={current.scan} scan={current} />}
        <VirtualTable
          columns={columns}
          label={t("storage.scans.table")}
          onSelect={({ scan: id }) => setOpened(id)}
          rowHeight={ROW_HEIGHT}
          rowKey={({ scan: id }) => id}
          rows={data}
          selected={opened}
          {...(data.length < LISTED ? {} : { footer: t("storage.scans.more", { shown: formats.number(LISTED) }) })}
        />
      </div>
      {scan === undefined ? null : <ScanDrawer key={scan.scan} onClose={() => setOpened(null)} scan={scan} />}
    </div>
  );
}
