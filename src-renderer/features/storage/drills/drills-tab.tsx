import { IconCalendarTime } from "@tabler/icons-react";
import { useMemo, useState, type ReactElement } from "react";
import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { Button } from "../../../components/button.tsx";
import { errorText } from "../../../components/error-text.ts";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { VirtualTable } from "../../../components/virtual-table.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import planStyles from "../plan/plan.module.css";
import { RestoreDialog } from "../restore/restore-dialog.tsx";
import { drillColumns } from "./drill-columns.tsx";
import { ReportDrawer } from "./report-drawer.tsx";
import styles from "./report.module.css";

const MOST = 200;

interface DrillsTabProps {
  readonly store: Store;
  /** All there are, for where to restore from and to. */
  readonly stores: readonly Store[];
}

/** Drills of this store, newest first, their reports, and the way to the next one. */
export function DrillsTab({ store, stores }: DrillsTabProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const [planning, setPlanning] = useState(false);
  const [opened, setOpened] = useState<string | null>(null);
  const mayNot = useForbidden("storage.restore");
  const { data, error, loading, retry } = useAnswer("recovery", "drills", { store: store.id, limit: MOST });
  const columns = useMemo(() => drillColumns(t, formats), [t, formats]);
  // A drill needs somewhere else to restore to; with no other store there is nothing to choose.
  const noScratch =
    store.config.scratch === null && stores.every(({ id }) => id === store.id)
      ? t("storage.drill.noScratch")
      : undefined;
  const begin = (
    <Button
      disabledReason={mayNot ?? noScratch}
      icon={IconCalendarTime}
      onClick={() => setPlanning(true)}
      tone="primary"
    >
      {t("storage.drill.begin")}
    </Button>
  );
  if (data === undefined) {
    return loading || error === undefined ? (
      <LoadingView rows={8} />
    ) : (
      <FailedView error={error} onRetry={retry} title={t("storage.drill.failed")} />
    );
  }
  const shown = data.find(({ drill }) => drill === opened);
  return (
    <div className={planStyles.beside}>
      <div className={planStyles.main}>
        {error === undefined ? null : <PartialNotice>{errorText(t, error)}</PartialNotice>}
        {data.length === 0 ? (
          <EmptyView
            actions={begin}
            icon={IconCalendarTime}
            text={noScratch ?? t("storage.drill.emptyText")}
            title={t("storage.drill.empty")}
          />
        ) : (
          <>
            <div className={planStyles.bar}>{begin}</div>
            <VirtualTable
              columns={columns}
              label={t("storage.drill.list")}
              onSelect={({ drill }) => setOpened(drill)}
              rowHeight={32}
              rowKey={({ drill }) => drill}
              rows={data}
              selected={opened}
            />
            <p className={styles.foot}>{t("storage.drill.scratchNote")}</p>
          </>
        )}
      </div>
      {shown === undefined ? null : <ReportDrawer drill={shown} key={shown.drill} onClose={() => setOpened(null)} />}
      {planning ? (
        <RestoreDialog onClose={() => setPlanning(false)} purpose="drill" store={store} stores={stores} />
      ) : null}
    </div>
  );
}
