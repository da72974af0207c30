import { IconArrowBackUp, IconBoxOff } from "@tabler/icons-react";
import { useMemo, useState, type ReactElement } from "react";
import type { QuarantineBatch } from "../../../../src-shared/model/storage/quarantine.ts";
import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { EmptyView, FailedView, LoadingView } from "../../../components/state-views.tsx";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { VirtualTable, type TableColumn } from "../../../components/virtual-table.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import { BatchDrawer } from "./batch-drawer.tsx";
import styles from "../plan/plan.module.css";
import { QuarantineDialog } from "./quarantine-dialog.tsx";
import type { QuarantineInput } from "./use-quarantine-plan.ts";

const TONES: Readonly<Record<QuarantineBatch["state"], StatusTone>> = {
  "setting-aside": "warning",
  "set-aside": "good",
  undoing: "warning",
  undone: "idle",
  unreadable: "bad",
};

/** What is set aside in a bucket, by the manifests in it, each with the way back. */
export function QuarantineTab({ store }: { readonly store: Store }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const [undoing, setUndoing] = useState<QuarantineInput | null>(null);
  const [opened, setOpened] = useState<string | null>(null);
  const forbidden = useForbidden("storage.quarantine");
  const { data, error, loading, retry } = useAnswer("recovery", "batches", { store: store.id });
  const columns = useMemo(
    () => batchColumns(t, formats, forbidden, ({ batch }) => setUndoing({ kind: "undo", store: store.id, batch })),
    [t, formats, forbidden, store.id],
  );
  if (data === undefined) {
    return loading || error === undefined ? (
      <LoadingView rows={8} />
    ) : (
      <FailedView error={error} onRetry={retry} title={t("storage.quarantine.failed")} />
    );
  }
  const shown = data.find(({ batch }) => batch === opened);
  return (
    <div className={styles.beside}>
      <div className={styles.main}>
        {data.length === 0 ? (
          <EmptyView icon={IconBoxOff} text={t("storage.quarantine.emptyText")} title={t("storage.quarantine.empty")} />
        ) : (
          <VirtualTable
            columns={columns}
            label={t("storage.quarantine.batches")}
            onSelect={({ batch }) => setOpened(batch)}
            rowHeight={32}
            rowKey={({ batch }) => batch}
            rows={data}
            selected={opened}
          />
        )}
      </div>
      {shown === undefined ? null : <BatchDrawer batch={shown} onClose={() => setOpened(null)} />}
      {undoing === null ? null : <QuarantineDialog onClose={() => setUndoing(null)} request={undoing} store={store} />}
    </div>
  );
}

function batchColumns(
  t: Translate,
  formats: Formats,
  forbidden: string | undefined,
  onUndo: (batch: QuarantineBatch) => void,
): readonly TableColumn<QuarantineBatch>[] {
  return [
    {
      id: "when",
      header: t("storage.batch.when"),
      width: "96px",
      render: ({ atMs }) => <RelativeTime atMs={atMs} />,
    },
    {
      id: "state",
      header: t("storage.batch.state"),
      width: "minmax(144px, 1fr)",
      render: ({ state }) => (
        <span className={styles.inline}>
          <StatusShape tone={TONES[state]} />
          {t(`storage.batchState.${state}`)}
        </span>
      ),
    },
    {
      id: "objects",
      header: t("storage.totals.objects"),
      width: "96px",
      align: "end",
      render: ({ count }) => formats.number(count),
    },
    {
      id: "bytes",
      header: t("storage.totals.bytes"),
      width: "96px",
      align: "end",
      render: ({ bytes }) => <span title={formats.bytesExact(bytes)}>{formats.bytes(bytes)}</span>,
    },
    {
      id: "who",
      header: t("storage.batch.who"),
      width: "minmax(96px, 0.8fr)",
      render: ({ principal }) => <span title={principal}>{withVisibleCharacters(principal)}</span>,
    },
    {
      id: "reason",
      header: t("storage.batch.reason"),
      width: "minmax(160px, 3fr)",
      render: ({ reason, problem }) => (
        <span title={problem ?? reason}>{withVisibleCharacters(problem ?? reason)}</span>
      ),
    },
    {
      id: "undo",
      header: <span className="visually-hidden">{t("storage.quarantine.undo")}</span>,
      width: "144px",
      align: "end",
      render: (batch) => (
        <Button
          compact
          disabledReason={forbidden ?? undoObstacle(batch, t)}
          icon={IconArrowBackUp}
          onClick={(event) => {
            event.stopPropagation();
            onUndo(batch);
          }}
        >
          {t("storage.quarantine.undo")}
        </Button>
      ),
    },
  ];
}

function undoObstacle({ state }: QuarantineBatch, t: Translate): string | undefined {
  if (state === "undone") return t("storage.quarantine.isUndone");
  return state === "unreadable" ? t("storage.quarantine.isUnreadable") : undefined;
}
