import { IconGauge, IconPlus } from "@tabler/icons-react";
import { useMemo, useState, type ReactElement } from "react";
import type { Quota, QuotaState } from "../../../../src-shared/model/tenants/quota.ts";
import { Button } from "../../../components/button.tsx";
import { EmptyView, FailedView, LoadingView } from "../../../components/state-views.tsx";
import { VirtualTable } from "../../../components/virtual-table.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { quotaColumns } from "./quota-columns.tsx";
import { QuotaDialog } from "./quota-dialog.tsx";
import styles from "./quotas.module.css";

/** What the dialog is about: a new quota, or one that there is. */
export type QuotaSubject = { readonly kind: "add" } | { readonly kind: "edit"; readonly quota: Quota };

const ROW_HEIGHT = 44;

/** How much may be scanned a day or a month, by whom, and how much of it is gone: those nearest to their limit first. */
export function QuotasTab(): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const forbidden = useForbidden("usage.quota");
  const [subject, setSubject] = useState<QuotaSubject | null>(null);
  const { data, error, loading, retry } = useAnswer("usage", "quotas", undefined);
  const rows = useMemo(() => byNeed(data ?? []), [data]);
  const columns = useMemo(
    () => quotaColumns({ t, formats, forbidden, onEdit: (quota) => setSubject({ kind: "edit", quota }) }),
    [t, formats, forbidden],
  );
  const add = (
    <Button
      disabledReason={forbidden}
      icon={IconPlus}
      onClick={() => setSubject({ kind: "add" })}
      tone={rows.length === 0 ? "primary" : "default"}
    >
      {t("usage.quota.add")}
    </Button>
  );
  return (
    <div className={styles.tab}>
      {loading || (data === undefined && error === undefined) ? <LoadingView rowHeight={ROW_HEIGHT} rows={6} /> : null}
      {error === undefined ? null : <FailedView error={error} onRetry={retry} title={t("usage.quota.failed")} />}
      {data !== undefined && rows.length === 0 ? (
        <EmptyView actions={add} icon={IconGauge} text={t("usage.quota.emptyText")} title={t("usage.quota.empty")} />
      ) : null}
      {rows.length === 0 ? null : (
        <>
          <div className={styles.bar}>
            <p className={styles.muted}>{t("usage.quota.text")}</p>
            {add}
          </div>
          <VirtualTable
            columns={columns}
            label={t("usage.quota.table")}
            rowHeight={ROW_HEIGHT}
            rowKey={quotaKey}
            rows={rows}
          />
        </>
      )}
      <QuotaDialog known={rows} onClose={() => setSubject(null)} subject={subject} />
    </div>
  );
}

function quotaKey({ quota: { scope } }: QuotaState): string {
  return `${scope.kind} ${scope.period} ${scope.name}`;
}

/** The share of the limit that is used or held. */
export function quotaShare({ quota, usedBytes, reservedBytes }: QuotaState): number {
  return (usedBytes + reservedBytes) / quota.bytes;
}

function byNeed(states: readonly QuotaState[]): readonly QuotaState[] {
  return states.toSorted(
    (a, b) => quotaShare(b) - quotaShare(a) || (quotaKey(a) < quotaKey(b) ? -1 : quotaKey(a) > quotaKey(b) ? 1 : 0),
  );
}
