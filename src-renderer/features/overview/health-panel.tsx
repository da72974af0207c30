import type { ReactElement } from "react";
import type { HealthChange } from "../../../src-shared/model/health/site-health.ts";
import { Button } from "../../components/button.tsx";
import { errorText } from "../../components/error-text.ts";
import { causeFigure, causeText, changeText, evidenceText } from "../../components/health-text.ts";
import { Panel } from "../../components/panel.tsx";
import { RelativeTime } from "../../components/quantity.tsx";
import { EmptyView, LoadingView } from "../../components/state-views.tsx";
import { StatusShape } from "../../components/status-shape.tsx";
import { VerdictSign, verdictTone } from "../../components/verdict-sign.tsx";
import { useFormats } from "../../hooks/use-formats.ts";
import { useSiteHealth } from "../../hooks/use-site-health.tsx";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import styles from "./health-panel.module.css";

const SHOWN_CHANGES = 5;

/** Whether it is the log system itself, in a few lines: the verdict, common causes, and what changed last. */
export function HealthPanel(): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { health, error } = useSiteHealth();
  const showHealth = useWorkspace((state) => state.showHealth);
  const why = error ?? health?.error ?? undefined;
  const told = health !== undefined && health.roundAtMs !== null;
  return (
    <Panel
      actions={
        <Button compact onClick={() => showHealth({ tab: "board" })} tone="quiet">
          {t("health.overview.open")}
        </Button>
      }
      aside={told ? <VerdictSign verdict={health.verdict} /> : undefined}
      flush
      title={t("app.screen.health")}
    >
      {!told && why === undefined ? <LoadingView rows={2} /> : null}
      {told || why === undefined ? null : <EmptyView small text={errorText(t, why)} title={t("health.failed")} />}
      {told && health.causes.length > 0 ? (
        <ul>
          {health.causes.map((cause) => (
            <li className={styles.cause} key={`${cause.kind} ${cause.tenant ?? ""} ${cause.metric}`}>
              <StatusShape tone="warning" />
              <span>
                {causeText(cause, t)} · {causeFigure(cause, t, formats)}. {t("health.cause.nobody")}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {told && health.changes.length === 0 ? <EmptyView small title={t("health.changes.empty")} /> : null}
      {told && health.changes.length > 0 ? (
        <ul aria-label={t("health.overview.changed")}>
          {health.changes.slice(0, SHOWN_CHANGES).map((change) => (
            <ChangeLine change={change} key={`${change.atMs} ${change.scope} ${change.name} ${change.verdict}`} />
          ))}
        </ul>
      ) : null}
    </Panel>
  );
}

function ChangeLine({ change }: { readonly change: HealthChange }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const showHealth = useWorkspace((state) => state.showHealth);
  const [cause] = change.causes;
  const [evidence] = change.evidence;
  const why =
    cause === undefined ? (evidence === undefined ? "" : evidenceText(evidence, t, formats)) : causeText(cause, t);
  return (
    <li className={styles.change}>
      <StatusShape tone={verdictTone(change.verdict)} />
      <button
        className={styles.what}
        onClick={() => showHealth({ tab: "board", instance: change.scope === "instance" ? change.name : null })}
        type="button"
      >
        {changeText(change, t)}
      </button>
      <span className={styles.why} title={why}>
        {why}
      </span>
      <span className={styles.when}>
        <RelativeTime atMs={change.atMs} />
      </span>
    </li>
  );
}
