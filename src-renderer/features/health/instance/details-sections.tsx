import type { ReactElement } from "react";
import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { Figure, InstanceDetails } from "../../../../src-shared/model/health/instance-details.ts";
import type { InstanceHealth } from "../../../../src-shared/model/health/site-health.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { Facts } from "../../../components/facts.tsx";
import { exactFigure, figureText } from "../../../components/health-text.ts";
import { FailedView, LoadingView } from "../../../components/state-views.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./instance.module.css";

interface DetailsSectionsProps {
  readonly site: SiteId;
  readonly instance: InstanceHealth;
}

/** What the process itself tells when it is asked: figures, modules, build. Each part may fail for itself. */
export function DetailsSections({ site, instance }: DetailsSectionsProps): ReactElement {
  const t = useTranslate();
  const { data, error, loading, retry } = useAnswer("health", "instance", { site, instance: instance.instance });
  if (loading) return <LoadingView rows={6} />;
  if (data === undefined) {
    return error === undefined ? (
      <LoadingView rows={6} />
    ) : (
      <FailedView error={error} onRetry={retry} title={t("health.instance.detailsFailed")} />
    );
  }
  return (
    <>
      <Figures figures={data.figures} />
      <Services details={data} />
      <Build details={data} version={instance.version} />
    </>
  );
}

function Figures({ figures }: { readonly figures: readonly Figure[] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <section className={styles.section}>
      <h3>{t("health.instance.figures")}</h3>
      {figures.length === 0 ? (
        <p className={styles.muted}>{t("health.instance.noFigures")}</p>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("health.instance.figure")}</th>
              <th data-align="end" scope="col">
                {t("health.instance.own")}
              </th>
              <th data-align="end" scope="col">
                {t("health.instance.mates")}
              </th>
            </tr>
          </thead>
          <tbody>
            {figures.map(({ key, unit, value, matesMedian, metric }) => (
              <tr key={key}>
                <th scope="row" title={metric}>
                  {t.dynamic(`health.figure.${key}`, {}, metric)}
                </th>
                <td data-align="end" title={exactFigure(value, unit, t)}>
                  {figureText(value, unit, formats)}
                </td>
                <td className={styles.muted} data-align="end" title={exactFigure(matesMedian, unit, t)}>
                  {figureText(matesMedian, unit, formats)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Services({ details }: { readonly details: InstanceDetails }): ReactElement {
  const t = useTranslate();
  const { services, servicesError, readyText } = details;
  return (
    <section className={styles.section}>
      <h3>{t("health.instance.services")}</h3>
      {servicesError === null ? null : <ErrorPanel error={servicesError} />}
      <ul className={styles.services}>
        {services.map(({ module, state }) => (
          <li key={module}>
            <StatusShape tone={state === "Running" ? "good" : state === "Failed" ? "bad" : "warning"} />
            <span>{withVisibleCharacters(module)}</span>
            <span className={styles.muted}>{withVisibleCharacters(state)}</span>
          </li>
        ))}
      </ul>
      {readyText === "" ? null : (
        <>
          <p className={styles.muted}>{t("health.instance.readyText")}</p>
          <pre className={styles.said}>{withVisibleCharacters(readyText)}</pre>
        </>
      )}
    </section>
  );
}

function Build({
  details,
  version,
}: {
  readonly details: InstanceDetails;
  readonly version: string | null;
}): ReactElement | null {
  const t = useTranslate();
  const { build } = details;
  if (build === null && version === null) return null;
  return (
    <section className={styles.section}>
      <h3>{t("health.instance.build")}</h3>
      <Facts
        facts={[
          {
            label: t("health.board.version"),
            value: withVisibleCharacters(build?.version ?? version ?? "–"),
            mono: true,
          },
          ...(build === null
            ? []
            : [
                { label: t("health.instance.revision"), value: withVisibleCharacters(build.revision), mono: true },
                { label: "Go", value: withVisibleCharacters(build.goVersion), mono: true },
              ]),
        ]}
      />
    </section>
  );
}
