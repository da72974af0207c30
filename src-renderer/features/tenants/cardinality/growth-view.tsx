import type { ReactElement } from "react";
import { EmptyView, FailedView, LoadingView } from "../../../components/state-views.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./cardinality.module.css";
import { Growth } from "./growth.tsx";
import type { TenantPlace } from "./tenant-place.ts";

const LABELS_SHOWN = 3;

/** Streams by day, the newest first, with the labels that have the most values. */
export function GrowthView({ place }: { readonly place: TenantPlace }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { data, error, loading, retry } = useAnswer("cardinality", "growth", place);
  if (data === undefined) {
    return loading || error === undefined ? <LoadingView /> : <FailedView error={error} onRetry={retry} />;
  }
  if (data.length === 0) return <EmptyView small text={t("cardinality.noDaysText")} title={t("cardinality.noDays")} />;
  const most = Math.max(1, ...data.map(({ series }) => series));
  return (
    <ol className={styles.days}>
      {data.toReversed().map(({ day, series, labels }, at) => {
        const before = data[data.length - 2 - at];
        const top = Object.entries(labels)
          .toSorted(([, one], [, other]) => other - one)
          .slice(0, LABELS_SHOWN);
        return (
          <li className={styles.day} key={day}>
            <span className={styles.dayName}>{day}</span>
            <span aria-hidden className={styles.withoutBar}>
              <span style={{ width: `${(series / most) * 100}%` }} />
            </span>
            <span className={styles.daySeries}>{formats.number(series)}</span>
            <span className={styles.dayGrowth}>
              {before === undefined ? null : <Growth before={before.series} now={series} />}
            </span>
            <code className={styles.samples}>
              {top.map(([label, values]) => `${label} ${formats.number(values)}`).join("  ")}
            </code>
          </li>
        );
      })}
    </ol>
  );
}
