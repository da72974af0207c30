import { IconHistory } from "@tabler/icons-react";
import { useMemo, type ReactElement } from "react";
import type { LimitChangeReport } from "../../../../src-shared/model/tenants/limit-change.ts";
import { JOB_STATES } from "../../../../src-shared/model/job.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { errorText } from "../../../components/error-text.ts";
import { operationOutcome, operationOutcomeTone } from "../../../components/operation-outcome.tsx";
import { RelativeTime } from "../../../components/quantity.tsx";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { VirtualTable, type TableColumn } from "../../../components/virtual-table.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { useSiteLimits } from "../site-limits.tsx";
import { changeTitle } from "./change-draft.ts";
import styles from "./changes.module.css";
import { useLimitChanges, type LimitChanges } from "./limit-changes-context.ts";
import { RollbackButton } from "./rollback.tsx";

const MOST = 200;

interface ListedChange {
  readonly job: string;
  readonly atMs: number;
  readonly principal: string;
  readonly state: string;
  readonly report: LimitChangeReport;
}

/** Changes that this console made, the newest first, each with what came of it and the way back. */
export function ChangesTab(): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { site } = useSiteLimits();
  const { open, follow } = useLimitChanges();
  const showTenants = useWorkspace((state) => state.showTenants);
  const { data, error, loading, retry } = useAnswer("tenants", "changes", { site: site.id, limit: MOST });
  const columns = useMemo(() => changeColumns(t, formats, open), [t, formats, open]);
  if (loading) return <LoadingView rows={12} />;
  if (data === undefined) {
    return error === undefined ? (
      <LoadingView rows={12} />
    ) : (
      <FailedView error={error} onRetry={retry} title={t("limits.changes.failed")} />
    );
  }
  if (data.length === 0) {
    return (
      <EmptyView
        actions={<Button onClick={() => showTenants({ tab: "limits" })}>{t("limits.changes.toLimits")}</Button>}
        icon={IconHistory}
        text={t("limits.changes.emptyText")}
        title={t("limits.changes.empty")}
      />
    );
  }
  return (
    <>
      {error === undefined ? null : (
        <PartialNotice
          actions={
            <Button compact onClick={retry}>
              {t("app.retry")}
            </Button>
          }
        >
          {errorText(t, error)}
        </PartialNotice>
      )}
      <VirtualTable
        columns={columns}
        label={t("limits.tab.changes")}
        onSelect={({ job }) => follow(job)}
        rowHeight={32}
        rowKey={({ job }) => job}
        rows={data}
      />
    </>
  );
}

function changeColumns(
  t: Translate,
  formats: Formats,
  open: LimitChanges["open"],
): readonly TableColumn<ListedChange>[] {
  return [
    {
      id: "when",
      header: t("limits.changes.when"),
      width: "96px",
      render: ({ atMs }) => <RelativeTime atMs={atMs} />,
    },
    {
      id: "who",
      header: t("limits.changes.who"),
      width: "minmax(96px, 0.8fr)",
      render: ({ principal }) => <span title={principal}>{withVisibleCharacters(principal)}</span>,
    },
    {
      id: "what",
      header: t("limits.changes.what"),
      width: "minmax(240px, 4fr)",
      render: ({ report }) => {
        const title = changeTitle(report.plan, t, formats);
        return <span title={title}>{title}</span>;
      },
    },
    {
      id: "state",
      header: t("limits.changes.state"),
      width: "minmax(168px, 1.2fr)",
      render: (change) => <Outcome change={change} t={t} />,
    },
    {
      id: "taken",
      header: t("limits.changes.taken"),
      width: "88px",
      align: "end",
      render: ({ report: { convergence } }) =>
        convergence.length === 0
          ? "–"
          : `${formats.number(convergence.filter(({ state }) => state === "taken").length)}/${formats.number(convergence.length)}`,
    },
    {
      id: "rollback",
      header: <span className="visually-hidden">{t("limits.rollback")}</span>,
      width: "132px",
      align: "end",
      render: ({ job, state, report }) => (
        <RollbackButton compact onRollback={() => open({ kind: "rollback", job })} report={report} state={state} />
      ),
    },
  ];
}

function Outcome({ change, t }: { readonly change: ListedChange; readonly t: Translate }): ReactElement {
  const { state, report } = change;
  if (report.rolledBackBy !== undefined) {
    return (
      <span className={styles.outcome}>
        <StatusShape tone="idle" />
        {t("limits.changes.rolledBack")}
      </span>
    );
  }
  // A state that this window does not know is shown as it was told.
  const known = JOB_STATES.find((one) => one === state);
  if (known === undefined) return <span>{state}</span>;
  const outcome = operationOutcome(known, report);
  return (
    <span className={styles.outcome}>
      <StatusShape tone={operationOutcomeTone(outcome)} />
      {t(`operations.outcome.${outcome}`)}
    </span>
  );
}
