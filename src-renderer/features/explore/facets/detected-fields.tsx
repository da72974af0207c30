import { IconColumnInsertRight, IconColumnRemove } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { EmptyView, LoadingView } from "../../../components/state-views.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { SmallButton } from "../floating/small-button.tsx";
import type { LogsClient } from "../session/result-set-view.ts";
import type { RunPlan } from "../session/run-plan.ts";
import { useQuestion } from "../session/use-question.ts";
import styles from "./facets.module.css";

interface DetectedFieldsProps {
  readonly client: LogsClient;
  readonly plan: RunPlan;
  readonly columns: readonly string[];
  readonly onColumns: (columns: readonly string[]) => void;
}

/** The fields that Loki finds in the lines. It is a query with its own cost, so it runs when the heading is opened. */
export function DetectedFields({ client, plan, columns, onColumns }: DetectedFieldsProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const [open, setOpen] = useState(false);
  const key = open ? JSON.stringify([plan.target, plan.range, plan.query]) : null;
  const answer = useQuestion(key, (signal) =>
    client.detectedFields({ target: plan.target, range: plan.range, query: plan.query }, { signal }),
  );
  return (
    <details className={styles.detected} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={styles.heading}>{t("explore.facets.detected")}</summary>
      {answer.error === null ? null : <ErrorPanel error={answer.error} onRetry={answer.again} />}
      {open && answer.loading ? <LoadingView rowHeight={22} rows={4} /> : null}
      {answer.value?.length === 0 ? <EmptyView small title={t("explore.facets.none")} /> : null}
      {(answer.value ?? []).map(({ label, type, cardinality, parsers }) => {
        const isColumn = columns.includes(label);
        return (
          <div className={styles.summary} key={label}>
            <span className={styles.name} title={parsers.join(", ")}>
              {label}
            </span>
            <span className={styles.distinct}>
              {type} · {formats.number(cardinality)}
            </span>
            <SmallButton
              icon={isColumn ? IconColumnRemove : IconColumnInsertRight}
              label={
                isColumn
                  ? t("explore.list.removeColumn", { name: label })
                  : t("explore.fields.addColumn", { name: label })
              }
              onClick={() => onColumns(isColumn ? columns.filter((column) => column !== label) : [...columns, label])}
            />
          </div>
        );
      })}
    </details>
  );
}
