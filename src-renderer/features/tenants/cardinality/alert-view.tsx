import type { ReactElement } from "react";
import { FailedView, LoadingView } from "../../../components/state-views.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./cardinality.module.css";
import { Snippet } from "./snippet.tsx";
import type { TenantPlace } from "./tenant-place.ts";

/** A rule that wakes somebody before the tenant's streams are too many. */
export function AlertView({ place }: { readonly place: TenantPlace }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { data, error, loading, retry } = useAnswer("cardinality", "alertRule", place);
  if (data === undefined) {
    return loading || error === undefined ? (
      <LoadingView />
    ) : (
      <FailedView error={error} onRetry={retry} title={t("cardinality.alertFailed")} />
    );
  }
  return (
    <div className={styles.alert}>
      <p>
        {t("cardinality.alertText", {
          streams: formats.number(data.threshold),
          from: t.dynamic(`cardinality.alertFrom.${data.from}`, {}, data.from),
        })}
      </p>
      <Snippet label={t("cardinality.alertRule")} text={data.yaml} />
    </div>
  );
}
