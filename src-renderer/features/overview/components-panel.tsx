import { IconFileSearch } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { LokiComponent, Site } from "../../../src-shared/api/sites.api.ts";
import { evidenceText } from "../../components/health-text.ts";
import { IconButton } from "../../components/icon-button.tsx";
import { Panel } from "../../components/panel.tsx";
import { EmptyView, FailedView, LoadingView } from "../../components/state-views.tsx";
import { StatusShape } from "../../components/status-shape.tsx";
import { VerdictSign } from "../../components/verdict-sign.tsx";
import { useAnswer } from "../../hooks/use-answer.ts";
import { useSiteHealth } from "../../hooks/use-site-health.tsx";
import { useFormats } from "../../hooks/use-formats.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import styles from "./components-panel.module.css";
import { componentVerdict, podSelector } from "./component-verdict.ts";

/** The components of Loki that were found, with what their pods say. */
export function ComponentsPanel({ site }: { readonly site: Site }): ReactElement {
  const t = useTranslate();
  const direct = site.kind === "direct";
  const { data, error, loading, retry } = useAnswer("sites", "components", direct ? null : { site: site.id });
  return (
    <Panel
      aside={data?.namespace === undefined ? undefined : t("app.overview.namespace", { namespace: data.namespace })}
      flush
      title={t("app.overview.components")}
    >
      {direct ? <EmptyView small text={t("app.overview.directText")} title={t("app.overview.direct")} /> : null}
      {loading ? <LoadingView rows={8} /> : null}
      {error === undefined ? null : (
        <FailedView error={error} onRetry={retry} title={t("app.overview.componentsFailed")} />
      )}
      {data !== undefined && data.components.length === 0 ? (
        <EmptyView small text={t("app.overview.noComponentsText")} title={t("app.overview.noComponents")} />
      ) : null}
      {data === undefined || data.components.length === 0 ? null : <ComponentTable components={data.components} />}
    </Panel>
  );
}

function ComponentTable({ components }: { readonly components: readonly LokiComponent[] }): ReactElement {
  const t = useTranslate();
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t("app.overview.component")}</th>
          <th scope="col">{t("app.overview.state")}</th>
          <th className={styles.number} scope="col">
            {t("app.overview.ready")}
          </th>
          <th className={styles.number} scope="col">
            {t("app.overview.restarts")}
          </th>
          <th scope="col">{t("app.overview.service")}</th>
          <th scope="col">{t("app.overview.by")}</th>
          <th scope="col">
            <span className="visually-hidden">{t("app.overview.podLogs")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {components.map((component) => (
          <ComponentRow component={component} key={`${component.namespace}/${component.name}`} />
        ))}
      </tbody>
    </table>
  );
}

function ComponentRow({ component }: { readonly component: LokiComponent }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const noLogs = useForbidden("logs.read");
  const chooseSource = useWorkspace((state) => state.chooseSource);
  const show = useWorkspace((state) => state.show);
  const run = useWorkspace((state) => state.run);
  const { health } = useSiteHealth();
  const verdict = componentVerdict(component);
  // Pods say whether they are ready; whether they work, the board alone knows.
  const judged = health?.components.find((one) => one.component === component.name);
  const unready = component.pods.filter((pod) => !pod.ready).map((pod) => `${pod.name} (${pod.phase})`);
  const openLogs = (): void => {
    chooseSource({ kind: "pods", namespace: component.namespace });
    show("explore");
    run(podSelector(component));
  };
  return (
    <tr>
      <th className={styles.name} scope="row">
        {component.name}
      </th>
      <td>
        {judged === undefined ? (
          <span className={styles.verdict} title={unready.length === 0 ? undefined : formats.list(unready)}>
            <StatusShape tone={verdict.tone} />
            {t(`app.overview.verdict.${verdict.word}`)}
          </span>
        ) : (
          <span title={judged.evidence.map((one) => evidenceText(one, t, formats)).join("\n") || undefined}>
            <VerdictSign verdict={judged.verdict} />
          </span>
        )}
      </td>
      <td className={styles.number}>
        {formats.number(verdict.ready)}
        <span className={styles.of}> / {formats.number(verdict.total)}</span>
      </td>
      <td className={styles.number} data-some={verdict.restarts > 0 || undefined}>
        {formats.number(verdict.restarts)}
      </td>
      <td className={styles.service} title={component.service}>
        {component.service === undefined
          ? "–"
          : component.port === undefined
            ? component.service
            : `${component.service}:${component.port}`}
      </td>
      <td className={styles.by}>{t(`app.overview.by.${component.by}`)}</td>
      <td className={styles.action}>
        <IconButton
          disabledReason={noLogs ?? (component.pods.length === 0 ? t("app.overview.noPods") : undefined)}
          icon={IconFileSearch}
          label={t("app.overview.logsOf", { component: component.name })}
          onClick={openLogs}
          size={24}
        />
      </td>
    </tr>
  );
}
