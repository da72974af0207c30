import { useMemo, useState, type ReactElement } from "react";
import type { DeleteRequest } from "../../../../src-shared/model/health/delete-request.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Panel } from "../../../components/panel.tsx";
import { RelativeTime } from "../../../components/quantity.tsx";
import { EmptyView, FailedView, LoadingView } from "../../../components/state-views.tsx";
import { useAsked } from "../../../hooks/use-asked.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useSiteHealth } from "../../../hooks/use-site-health.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useOperations } from "./operation-context.tsx";
import styles from "./operations-tab.module.css";
import { TenantChoice } from "./tenant-choice.tsx";

/** What a tenant has asked to be deleted, and what of it can still be cancelled. Reading it is in the audit log. */
export function DeleteRequests(): ReactElement {
  const t = useTranslate();
  const { site } = useSiteHealth();
  const [tenant, setTenant] = useState<string | null>(null);
  const { data, error, loading, asking, ask } = useAsked(
    "health",
    "deleteRequests",
    tenant === null ? null : { site: site.id, tenant },
  );
  return (
    <Panel
      actions={
        <>
          {tenant === null ? null : (
            <Button compact loading={asking} onClick={ask} tone="quiet">
              {t("operations.lookAgain")}
            </Button>
          )}
          <TenantChoice onChoose={setTenant} site={site.id} tenant={tenant} />
        </>
      }
      flush
      title={t("operations.deletes")}
    >
      {tenant === null ? (
        <EmptyView small text={t("operations.deletesText")} title={t("operations.deletesChoose")} />
      ) : null}
      {loading ? <LoadingView rows={3} /> : null}
      {error === undefined ? null : <FailedView error={error} onRetry={ask} title={t("operations.deletesFailed")} />}
      {tenant === null || data === undefined || error !== undefined ? null : data.length === 0 ? (
        <EmptyView small title={t("operations.deletesNone", { tenant })} />
      ) : (
        <RequestTable requests={data} />
      )}
    </Panel>
  );
}

function RequestTable({ requests }: { readonly requests: readonly DeleteRequest[] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const forbidden = useForbidden("health.operate");
  const { open } = useOperations();
  const sorted = useMemo(
    () => requests.toSorted((a, b) => Number(b.cancellable) - Number(a.cancellable) || b.createdAtMs - a.createdAtMs),
    [requests],
  );
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("operations.request")}</th>
            <th scope="col">{t("operations.query")}</th>
            <th scope="col">{t("operations.span")}</th>
            <th scope="col">{t("operations.created")}</th>
            <th scope="col">{t("operations.status")}</th>
            <th scope="col">
              <span className="visually-hidden">{t("operations.kind.cancel-delete")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((one, place) => (
            // oxlint-disable-next-line react/no-array-index-key -- Loki lists a request once for each part of it
            <tr key={`${one.request} ${place}`}>
              <th className={styles.mono} scope="row">
                {withVisibleCharacters(one.request)}
              </th>
              <td className={styles.query}>
                <code>{withVisibleCharacters(one.query)}</code>
              </td>
              <td>
                {formats.dateTime(one.startMs)} –<br />
                {formats.dateTime(one.endMs)}
              </td>
              <td>
                <RelativeTime atMs={one.createdAtMs} />
              </td>
              <td>{withVisibleCharacters(one.status)}</td>
              <td>
                <Button
                  compact
                  disabledReason={forbidden ?? (one.cancellable ? undefined : t("operations.tooLate"))}
                  onClick={() => open({ kind: "cancel-delete", tenant: one.tenant, request: one.request })}
                >
                  {t("operations.cancelRequest")}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
