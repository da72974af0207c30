import { useMemo, useState, type ReactElement } from "react";
import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { Panel } from "../../../components/panel.tsx";
import { EmptyView, FailedView, LoadingView } from "../../../components/state-views.tsx";
import { VirtualTable } from "../../../components/virtual-table.tsx";
import { useAnswer, useChange } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import planStyles from "../plan/plan.module.css";
import { runColumns } from "./run-columns.tsx";
import { RunDrawer } from "./run-drawer.tsx";
import { RunbookList } from "./runbook-list.tsx";
import styles from "./runbooks.module.css";

const MOST = 200;

interface RunbooksTabProps {
  readonly store: Store | null;
  /** The store's, where a check asks the Loki; its own one without. */
  readonly site: SiteId | null;
}

/** What to do when something is wrong, and who went through it when. */
export function RunbooksTab({ store, site }: RunbooksTabProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const [opened, setOpened] = useState<string | null>(null);
  const mayNot = useForbidden("storage.restore");
  const runbooks = useAnswer("recovery", "runbooks", undefined);
  const runs = useAnswer("recovery", "runbookRuns", { limit: MOST });
  const start = useChange("recovery", "startRunbook");
  const columns = useMemo(() => runColumns(t, formats), [t, formats]);
  const begin = async (runbook: string): Promise<void> => {
    const about = { runbook, site: site ?? store?.config.site ?? null, store: store?.id ?? null };
    // A refusal stands in `start.error`.
    const begun = await start.run(about).catch(() => null);
    if (begun !== null) setOpened(begun.run);
  };
  if (runbooks.data === undefined) {
    return runbooks.error === undefined ? (
      <LoadingView rows={8} />
    ) : (
      <FailedView error={runbooks.error} onRetry={runbooks.retry} title={t("runbook.listFailed")} />
    );
  }
  const shown = runs.data?.find(({ run }) => run === opened);
  return (
    <div className={planStyles.beside}>
      <div className={styles.tab}>
        {start.error === undefined ? null : <ErrorPanel error={start.error} title={t("runbook.startFailed")} />}
        <Panel flush title={t("runbook.list")}>
          <RunbookList
            mayNot={mayNot}
            onStart={(runbook) => void begin(runbook)}
            pending={start.pending}
            runbooks={runbooks.data}
          />
        </Panel>
        <Panel flush title={t("runbook.runs")}>
          {runs.data === undefined ? (
            runs.error === undefined ? (
              <LoadingView rows={4} />
            ) : (
              <FailedView error={runs.error} onRetry={runs.retry} title={t("runbook.runsFailed")} />
            )
          ) : runs.data.length === 0 ? (
            <EmptyView small text={t("runbook.noRunsText")} title={t("runbook.noRuns")} />
          ) : (
            <div className={styles.runs}>
              <VirtualTable
                columns={columns}
                label={t("runbook.runs")}
                onSelect={({ run }) => setOpened(run)}
                rowHeight={32}
                rowKey={({ run }) => run}
                rows={runs.data}
                selected={opened}
              />
            </div>
          )}
        </Panel>
      </div>
      {shown === undefined ? null : (
        <RunDrawer
          key={shown.run}
          onClose={() => setOpened(null)}
          run={shown}
          runbook={runbooks.data.find(({ id }) => id === shown.runbook) ?? null}
        />
      )}
    </div>
  );
}
