import type { ReactElement } from "react";
import type { Site } from "../../../src-shared/api/sites.api.ts";
import { Panel } from "../../components/panel.tsx";
import { EmptyView, FailedView, LoadingView } from "../../components/state-views.tsx";
import { useFormats } from "../../hooks/use-formats.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTenants } from "../../hooks/use-sites.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import styles from "./tenants-panel.module.css";

/** The tenants that are known of this site; one press goes to their logs. */
export function TenantsPanel({ site }: { readonly site: Site }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const noLogs = useForbidden("logs.read");
  const { data, error, loading, retry } = useTenants(site.id);
  const chooseTenant = useWorkspace((state) => state.chooseTenant);
  const chooseSource = useWorkspace((state) => state.chooseSource);
  const show = useWorkspace((state) => state.show);
  return (
    <Panel
      aside={data === undefined ? undefined : formats.number(data.tenants.length)}
      flush
      title={t("app.overview.tenants")}
    >
      {loading ? <LoadingView rows={3} /> : null}
      {error === undefined ? null : <FailedView error={error} onRetry={retry} />}
      {data !== undefined && !data.multiTenant ? <p className={styles.note}>{t("app.tenant.single")}</p> : null}
      {data !== undefined && data.tenants.length === 0 ? (
        <EmptyView small text={t("app.overview.noTenantsText")} title={t("app.overview.noTenants")} />
      ) : null}
      <ul>
        {(data?.tenants ?? []).map(({ tenant, from }) => (
          <li className={styles.row} key={tenant}>
            <button
              className={styles.tenant}
              disabled={noLogs !== undefined}
              onClick={() => {
                chooseTenant(tenant);
                chooseSource({ kind: "loki" });
                show("explore");
              }}
              title={noLogs}
              type="button"
            >
              {tenant}
            </button>
            <span className={styles.from}>{t(`app.tenantFrom.${from}`)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
