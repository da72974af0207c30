import { IconCircleCheck, IconFilterOff } from "@tabler/icons-react";
import { useMemo, type ReactElement } from "react";
import type { MessageKey } from "../../../../src-shared/i18n/catalogue.ts";
import type { ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import { Button } from "../../../components/button.tsx";
import { errorText } from "../../../components/error-text.ts";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { VirtualTable } from "../../../components/virtual-table.tsx";
import type { Command } from "../../../hooks/commands.ts";
import { useCommands } from "../../../hooks/use-commands.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { ScanLine } from "../scans/scan-line.tsx";
import { isWhole } from "../../../components/scan-verdict.ts";
import { useStorageView } from "../storage-context.ts";
import { findingColumns } from "./finding-columns.tsx";
import { FindingDrawer } from "./finding-drawer.tsx";
import { FindingFacets } from "./finding-facets.tsx";
import { FindingFilterBar } from "./finding-filter-bar.tsx";
import { isFiltering, NO_FILTER } from "./finding-filter.ts";
import styles from "./findings.module.css";
import { SelectionBar } from "./selection-bar.tsx";
import { useFindings } from "./use-findings.ts";
import { useSelection, type Selection } from "./use-selection.ts";

interface FindingsViewProps {
  readonly scan: ScanSummary;
  /** The newest there is. */
  readonly isLast: boolean;
  readonly tenants: readonly string[];
}

/** The findings of one scan, worst first, with what each means beside them. Give it the scan's id as `key`. */
export function FindingsView({ scan, isLast, tenants }: FindingsViewProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { filter, setFilter } = useStorageView();
  const opened = useWorkspace((state) => state.storage.finding);
  const showStorage = useWorkspace((state) => state.showStorage);
  const found = useFindings(scan.scan, filter);
  const selection = useSelection();
  const columns = useMemo(
    () => findingColumns({ t, formats, selection, listed: found.findings }),
    [t, formats, selection, found.findings],
  );
  useDrawerKeys(opened, () => showStorage({ finding: null }), selection);
  const { findings, total, error, partial, loading } = found;
  return (
    <div className={styles.split}>
      <FindingFacets filter={filter} onFilter={setFilter} kinds={found.kinds} />
      <div className={styles.column}>
        <ScanLine isLast={isLast} scan={scan} />
        <FindingFilterBar filter={filter} onFilter={setFilter} tenants={tenants} />
        <SelectionBar filter={filter} listed={findings} scan={scan.scan} selection={selection} total={total ?? 0} />
        {partial && error !== undefined ? (
          <div className={styles.notice}>
            <PartialNotice
              actions={
                <Button compact onClick={found.retry}>
                  {t("app.retry")}
                </Button>
              }
            >
              {t("storage.findings.partial", { count: findings.length, read: formats.number(findings.length) })}{" "}
              {errorText(t, error)}
            </PartialNotice>
          </div>
        ) : null}
        {loading ? <LoadingView rows={12} /> : null}
        {error !== undefined && !partial ? (
          <FailedView error={error} onRetry={found.retry} title={t("storage.findings.failed")} />
        ) : null}
        {total === undefined || findings.length > 0 ? null : isFiltering(filter) ? (
          <EmptyView
            actions={<Button onClick={() => setFilter(NO_FILTER)}>{t("storage.findings.clear")}</Button>}
            icon={IconFilterOff}
            text={t("storage.findings.noMatchText")}
            title={t("storage.findings.noMatch")}
          />
        ) : (
          <EmptyView
            icon={IconCircleCheck}
            text={t(emptyText(scan))}
            title={scan.state === "finished" ? t("storage.findings.none") : t("storage.findings.noneYet")}
          />
        )}
        {findings.length === 0 ? null : (
          <VirtualTable
            columns={columns}
            label={t("storage.findings.table")}
            onEndReached={found.readOn}
            onSelect={({ id }) => showStorage({ finding: id })}
            rowKey={({ id }) => id}
            rows={findings}
            selected={opened}
            total={total ?? findings.length}
          />
        )}
      </div>
      {opened === null ? null : (
        <FindingDrawer
          id={opened}
          key={opened}
          listed={findings}
          onClose={() => showStorage({ finding: null })}
          scan={scan.scan}
        />
      )}
    </div>
  );
}

/** Whether an empty list means that all is well. */
function emptyText(scan: ScanSummary): MessageKey {
  if (scan.state === "running" || scan.state === "paused") return "storage.findings.notEndedText";
  if (scan.state !== "finished") return "storage.findings.brokenOffText";
  return isWhole(scan) ? "storage.findings.noneText" : "storage.findings.nonePartText";
}

/** Escape closes the drawer; `x` chooses the finding that is open, as a press on its box does. */
function useDrawerKeys(opened: string | null, close: () => void, { toggle }: Selection): void {
  useCommands(
    useMemo<readonly Command[]>(
      () =>
        opened === null
          ? []
          : [
              {
                id: "storage.closeFinding",
                group: "view",
                label: "app.close",
                shortcut: "escape",
                hidden: true,
                run: close,
              },
              {
                id: "storage.chooseFinding",
                group: "view",
                label: "storage.findings.chooseOpened",
                shortcut: "x",
                run: () => toggle(opened),
              },
            ],
      // oxlint-disable-next-line react-hooks/exhaustive-deps -- both are new at each drawing and do the same
      [opened],
    ),
  );
}
