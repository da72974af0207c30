import { IconRestore } from "@tabler/icons-react";
import { useMemo, useState, type ReactElement } from "react";
import { JOB_STATES } from "../../../../src-shared/model/job.ts";
import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { operationOutcome, operationOutcomeTone } from "../../../components/operation-outcome.tsx";
import { PlanDialog } from "../../../components/plan-dialog.tsx";
import { RelativeTime } from "../../../components/quantity.tsx";
import { EmptyView, FailedView, LoadingView } from "../../../components/state-views.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { VirtualTable, type TableColumn } from "../../../components/virtual-table.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import type { OutputOf } from "../../../rpc/procedure-names.ts";
import styles from "../plan/plan.module.css";
import { RestoreDialog } from "./restore-dialog.tsx";
import { RestoreJob } from "./restore-job.tsx";

const MOST = 200;

type ListedRestore = OutputOf<"recovery", "restores">[number];

interface RestoreTabProps {
  readonly store: Store;
  readonly stores: readonly Store[];
}

/** Restores of this console, newest first, and the way to a new one. */
export function RestoreTab({ store, stores }: RestoreTabProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const [planning, setPlanning] = useState(false);
  const [followed, setFollowed] = useState<string | null>(null);
  const mayNot = useForbidden("storage.restore");
  const { data, error, loading, retry } = useAnswer("recovery", "restores", { store: store.id, limit: MOST });
  const columns = useMemo(() => restoreColumns(t, formats), [t, formats]);
  const begin = (
    <Button disabledReason={mayNot} icon={IconRestore} onClick={() => setPlanning(true)} tone="primary">
      {t("storage.restore.begin")}
    </Button>
  );
  if (data === undefined) {
    return loading || error === undefined ? (
      <LoadingView rows={8} />
    ) : (
      <FailedView error={error} onRetry={retry} title={t("storage.restore.failed")} />
    );
  }
  return (
    <div className={styles.main}>
      {data.length === 0 ? (
        <EmptyView
          actions={begin}
          icon={IconRestore}
          text={t("storage.restore.emptyText")}
          title={t("storage.restore.empty")}
        />
      ) : (
        <>
          <div className={styles.bar}>{begin}</div>
          <VirtualTable
            columns={columns}
            label={t("storage.restore.list")}
            onSelect={({ job }) => setFollowed(job)}
            rowHeight={32}
            rowKey={({ job }) => job}
            rows={data}
            selected={followed}
          />
        </>
      )}
      {planning ? <RestoreDialog onClose={() => setPlanning(false)} store={store} stores={stores} /> : null}
      <PlanDialog
        onClose={() => setFollowed(null)}
        opened={followed !== null}
        title={t("storage.restore.title.restore")}
      >
        {followed === null ? null : <RestoreJob job={followed} onClose={() => setFollowed(null)} />}
      </PlanDialog>
    </div>
  );
}

function restoreColumns(t: Translate, formats: Formats): readonly TableColumn<ListedRestore>[] {
  return [
    {
      id: "when",
      header: t("storage.batch.when"),
      width: "96px",
      render: ({ atMs }) => <RelativeTime atMs={atMs} />,
    },
    {
      id: "who",
      header: t("storage.batch.who"),
      width: "minmax(96px, 0.8fr)",
      render: ({ principal }) => <span title={principal}>{withVisibleCharacters(principal)}</span>,
    },
    {
      id: "source",
      header: t("storage.restore.source"),
      width: "minmax(200px, 1.5fr)",
      render: ({ report }) => sourceText(report.plan.request.source, t, formats),
    },
    {
      id: "outcome",
      header: t("storage.batch.state"),
      width: "minmax(160px, 1.2fr)",
      render: (restore) => <Outcome restore={restore} t={t} />,
    },
    {
      id: "written",
      header: t("storage.totals.written"),
      width: "104px",
      align: "end",
      render: ({ report }) => formats.number(report.written),
    },
    {
      id: "verified",
      header: t("storage.totals.verified"),
      width: "104px",
      align: "end",
      render: ({ report }) => formats.number(report.verified),
    },
    {
      id: "bytes",
      header: t("storage.totals.bytes"),
      width: "96px",
      align: "end",
      render: ({ report }) => formats.bytes(report.writtenBytes),
    },
    {
      id: "reason",
      header: t("storage.batch.reason"),
      width: "minmax(120px, 2fr)",
      render: ({ report }) => <span title={report.reason}>{withVisibleCharacters(report.reason)}</span>,
    },
  ];
}

function sourceText(
  source: ListedRestore["report"]["plan"]["request"]["source"],
  t: Translate,
  formats: Formats,
): string {
  return source.kind === "versions"
    ? t("storage.restore.asOfText", { at: formats.dateTime(source.asOfMs) })
    : withVisibleCharacters(source.store);
}

function Outcome({ restore, t }: { readonly restore: ListedRestore; readonly t: Translate }): ReactElement {
  // A state that this window does not know is shown as it was told.
  const known = JOB_STATES.find((state) => state === restore.state);
  if (known === undefined) return <span>{withVisibleCharacters(restore.state)}</span>;
  const outcome = operationOutcome(known, { verified: restore.report.done });
  return (
    <span className={styles.inline}>
      <StatusShape tone={operationOutcomeTone(outcome)} />
      {t(`operations.outcome.${outcome}`)}
    </span>
  );
}
