import { IconReportMoney } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";
import type { CostDimension } from "../../../../src-shared/model/tenants/query-cost.ts";
import type { UsageRange } from "../../../../src-shared/model/tenants/usage.ts";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { CollectButton } from "./collect-bar.tsx";
import { DayChart } from "./day-chart.tsx";
import { FIRST_SORT, sortUsage, type UsageSort } from "./usage-columns.tsx";
import { UsageTable } from "./usage-table.tsx";
import { UsageTotals } from "./usage-totals.tsx";
import styles from "./usage.module.css";

/** Rows that are asked for; a report by shape may have more. */
export const MOST_ROWS = 1_000;

interface ReportViewProps {
  readonly site: Site["id"];
  readonly by: CostDimension;
  readonly range: UsageRange;
  /** The key of the row whose details lie beside the table. */
  readonly opened: string | null;
  readonly onOpen: (key: string) => void;
}

/** One report: what it adds up to, its days as bars where it is by day, and its rows. */
export function ReportView({ site, by, range, opened, onOpen }: ReportViewProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const [sort, setSort] = useState<UsageSort>(FIRST_SORT[by]);
  const { data, error, loading, stale, retry } = useAnswer(
    "usage",
    "report",
    { by, range, limit: MOST_ROWS },
    { keepPrevious: true },
  );
  if (data === undefined) {
    return (
      <div className={styles.content}>
        {loading || error === undefined ? (
          <LoadingView rows={12} />
        ) : (
          <FailedView error={error} onRetry={retry} title={t("usage.report.failed")} />
        )}
      </div>
    );
  }
  if (data.rows.length === 0) {
    return (
      <div className={styles.content}>
        {error === undefined ? null : <FailedView error={error} onRetry={retry} title={t("usage.report.failed")} />}
        <EmptyView
          actions={<CollectButton site={site} />}
          icon={IconReportMoney}
          text={t("usage.report.emptyText")}
          title={t("usage.report.empty")}
        />
      </div>
    );
  }
  const cut = data.rows.length >= MOST_ROWS;
  return (
    <div aria-busy={stale || undefined} className={styles.content}>
      {error === undefined ? null : <FailedView error={error} onRetry={retry} title={t("usage.report.failed")} />}
      <UsageTotals report={data} />
      {cut ? (
        <div className={styles.notice}>
          <PartialNotice>{t("usage.report.cut", { rows: formats.number(data.rows.length) })}</PartialNotice>
        </div>
      ) : null}
      {by === "day" ? <DayChart onOpen={onOpen} opened={opened} report={data} /> : null}
      <UsageTable
        by={by}
        onOpen={onOpen}
        onSort={setSort}
        opened={opened}
        prices={data.prices}
        rows={sortUsage(data.rows, sort)}
        sort={sort}
      />
    </div>
  );
}
