import type { ReactElement } from "react";
import type { LabelChange, WhatIf } from "../../../../src-shared/model/tenants/cardinality.ts";
import { FailedView, LoadingView } from "../../../components/state-views.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { BeforeAfter } from "./before-after.tsx";
import styles from "./cardinality.module.css";
import { Snippet } from "./snippet.tsx";
import type { TenantPlace } from "./tenant-place.ts";

interface WhatIfResultProps {
  readonly place: TenantPlace;
  readonly job: string;
  readonly changes: readonly LabelChange[];
}

/** What would be behind the changes, what the prediction knew, and the texts that make them. */
export function WhatIfResult({ place, job, changes }: WhatIfResultProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { data, error, loading, stale, retry } = useAnswer(
    "cardinality",
    "whatIf",
    { ...place, job, changes: [...changes] },
    { keepPrevious: true },
  );
  if (error !== undefined) return <FailedView error={error} onRetry={retry} title={t("cardinality.whatIfFailed")} />;
  if (data === undefined) return loading ? <LoadingView rows={6} /> : <></>;
  const { streams, chunksPerHour, memoryBytes } = data;
  const count = (value: number): string => formats.number(Math.round(value));
  return (
    <div aria-busy={stale || undefined} className={styles.result}>
      <BeforeAfter
        after={streams.after}
        before={streams.before}
        format={count}
        name={t("cardinality.figure.streams")}
        {...(streams.low === streams.high ? {} : { band: { low: streams.low, high: streams.high } })}
      />
      <Predicted format={count} name={t("cardinality.chunks")} of={chunksPerHour} />
      <Predicted format={(value) => formats.bytes(Math.round(value))} name={t("cardinality.memory")} of={memoryBytes} />
      <Facts facts={data.facts} />
      <p className={styles.muted}>{t("cardinality.took", { time: formats.duration(data.tookMs) })}</p>
      <Snippet label="Promtail" text={data.promtail} />
      <Snippet label="Alloy" text={data.alloy} />
    </div>
  );
}

function Predicted({
  name,
  of,
  format,
}: {
  readonly name: string;
  readonly of: { readonly before: number; readonly after: number } | null;
  readonly format: (value: number) => string;
}): ReactElement {
  const t = useTranslate();
  if (of !== null) return <BeforeAfter after={of.after} before={of.before} format={format} name={name} />;
  return (
    <div className={styles.unknown}>
      <span>{name}</span>
      <span className={styles.muted}>{t("cardinality.notKnown")}</span>
    </div>
  );
}

const FACT_UNITS: Readonly<Record<string, "bytes" | "bytesRate" | "seconds">> = {
  "stored-rate": "bytesRate",
  "heap-per-stream": "bytes",
  "chunk-target": "bytes",
  "chunk-age": "seconds",
};

function Facts({ facts }: { readonly facts: WhatIf["facts"] }): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  if (facts.length === 0) return null;
  return (
    <details className={styles.facts}>
      <summary>{t("cardinality.facts")}</summary>
      <dl>
        {facts.map(({ key, value, from }) => {
          const unit = FACT_UNITS[key];
          const shown =
            unit === "seconds"
              ? formats.duration(value * 1_000)
              : unit === undefined
                ? formats.number(value, 2)
                : formats[unit](value);
          return (
            <div key={key}>
              <dt>{t.dynamic(`cardinality.fact.${key}`, {}, key)}</dt>
              <dd title={from}>
                {shown} <code>{from}</code>
              </dd>
            </div>
          );
        })}
      </dl>
    </details>
  );
}
