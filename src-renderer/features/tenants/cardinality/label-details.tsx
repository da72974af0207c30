import { SegmentedControl } from "@mantine/core";
import type { ReactElement } from "react";
import type { CardinalityReport, LabelChange } from "../../../../src-shared/model/tenants/cardinality.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { NumberField } from "../../../components/field.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./cardinality.module.css";

const KINDS = ["keep", "drop", "hash", "metadata"] as const;
const BUCKETS = 16;
const MOST_BUCKETS = 65_536;

interface LabelDetailsProps {
  readonly label: CardinalityReport["labels"][number];
  readonly change: LabelChange | null;
  readonly onChange: (change: LabelChange | null) => void;
}

/** One label: its most frequent values, and what is to be tried with it. */
export function LabelDetails({ label: profile, change, onChange }: LabelDetailsProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { label, top } = profile;
  const kind = change?.kind ?? "keep";
  const most = Math.max(1, ...top.map(({ series }) => series));
  const choose = (chosen: string): void => {
    if (chosen === "drop" || chosen === "metadata") onChange({ kind: chosen, label });
    else if (chosen === "hash") onChange({ kind: "hash", label, buckets: BUCKETS });
    else onChange(null);
  };
  return (
    <section aria-label={label} className={styles.details}>
      <h3>
        <code>{withVisibleCharacters(label)}</code>
      </h3>
      <SegmentedControl
        aria-label={t("cardinality.try", { label })}
        data={KINDS.map((value) => ({ value, label: t(`cardinality.change.${value}`) }))}
        fullWidth
        onChange={choose}
        value={kind}
      />
      <p className={styles.muted}>{t(`cardinality.changeText.${kind}`)}</p>
      {change?.kind === "hash" ? (
        <NumberField
          label={t("cardinality.buckets")}
          max={MOST_BUCKETS}
          min={1}
          onChange={(buckets) => {
            if (buckets !== null && buckets >= 1 && buckets <= MOST_BUCKETS) onChange({ kind: "hash", label, buckets });
          }}
          value={change.buckets}
        />
      ) : null}
      <h4>{t("cardinality.top")}</h4>
      <ol className={styles.top}>
        {top.map(({ value, series }) => (
          <li key={value}>
            <code className={styles.samples}>
              {value === "" ? t("cardinality.emptyValue") : withVisibleCharacters(value)}
            </code>
            <span aria-hidden className={styles.withoutBar}>
              <span style={{ width: `${(series / most) * 100}%` }} />
            </span>
            <span className={styles.daySeries}>{formats.number(series)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
