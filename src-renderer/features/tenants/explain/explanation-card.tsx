import { useId, type ReactElement, type ReactNode } from "react";
import type { RefusalExplanation } from "../../../../src-shared/model/tenants/explanation.ts";
import { Badge } from "../../../components/badge.tsx";
import { CodeText } from "../../../components/code-text.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { Facts, type Fact } from "../../../components/facts.tsx";
import { PartialNotice } from "../../../components/state-views.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { usePreferences } from "../../../hooks/preferences.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { GaugeBar, UseOfLimit } from "../gauge/gauge-bar.tsx";
import { Trend } from "../gauge/trend.tsx";
import { meaningOf } from "../limits/limit-filter.ts";
import { reasonSentence } from "../reason-sentence.ts";
import { AdviceList } from "./advice-list.tsx";
import styles from "./explain.module.css";
import { ExplanationChart } from "./explanation-chart.tsx";
import { adviceWords, quoted, valueWords } from "./explanation-text.ts";
import { SendersTable } from "./senders-table.tsx";

/** One refusal: what it was, by which limit, who sends it, and what would help, the best first. */
export function ExplanationCard({ explanation }: { readonly explanation: RefusalExplanation }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { colorScheme } = usePreferences();
  const heading = useId();
  const { reason, path, limit, unit, notes, gaps, advice, curve, senders } = explanation;
  return (
    <article aria-labelledby={heading} className={styles.card}>
      <header className={styles.cardHead}>
        <h2 id={heading}>{reasonSentence(reason, t)}</h2>
        <Badge mono>{quoted(reason)}</Badge>
        <Badge>{t(`limits.path.${path}`)}</Badge>
      </header>
      <ExplanationFacts explanation={explanation} />
      {limit === null || meaningOf(limit, t) === "" ? null : (
        <p className={styles.muted}>
          <CodeText text={meaningOf(limit, t)} />
        </p>
      )}
      {advice.length === 0 ? null : (
        <Section title={t("limits.explain.advice")}>
          <AdviceList explanation={explanation} />
        </Section>
      )}
      {curve.length < 2 ? null : (
        <Section title={t("limits.explain.curve")}>
          <ExplanationChart curve={curve} key={colorScheme} limit={explanation.gauge?.limit ?? null} unit={unit} />
        </Section>
      )}
      {senders.length === 0 ? null : (
        <Section title={t("limits.explain.senders")}>
          <SendersTable senders={senders} />
        </Section>
      )}
      {notes.length === 0 ? null : (
        <Section title={t("limits.explain.notes")}>
          <ul className={styles.notes}>
            {notes.map((note) => (
              <li key={note}>
                <CodeText text={t.dynamic(`tenants.refusal.note.${note}`, {}, note)} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {gaps.length === 0 ? null : (
        <PartialNotice>
          <ul className={styles.gaps}>
            {gaps.map(({ key, params }) => (
              <li key={`${key} ${JSON.stringify(params)}`}>
                {t.dynamic(`tenants.gap.${key}`, adviceWords(params, unit, t, formats), key)}
              </li>
            ))}
          </ul>
        </PartialNotice>
      )}
    </article>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function ExplanationFacts({ explanation }: { readonly explanation: RefusalExplanation }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { tenant, limit, unit, value, valueNumber, valueFrom, asked, askedNumber, stream, ignored, gauge } =
    explanation;
  const valueText = valueWords(value, valueNumber, unit, t, formats);
  const askedText = valueWords(asked, askedNumber, unit, t, formats);
  const facts: readonly Fact[] = [
    { label: t("limits.explain.tenant"), value: <Tenant tenant={tenant} /> },
    {
      label: t("limits.explain.limit"),
      value: limit === null ? t("limits.explain.noLimit") : <code>{quoted(limit)}</code>,
    },
    ...(limit === null && valueText === null
      ? []
      : [
          {
            label: t("limits.explain.value"),
            value: (
              <span className={styles.valueLine}>
                <strong>{valueText ?? t("limits.unknown")}</strong>
                <Badge>{t(`limits.valueFrom.${valueFrom}`)}</Badge>
              </span>
            ),
          },
        ]),
    ...(askedText === null
      ? []
      : [{ label: t("limits.explain.asked"), value: <Asked explanation={explanation} text={askedText} /> }]),
    ...(gauge === null
      ? []
      : [
          {
            label: t("limits.explain.used"),
            value: (
              <span className={styles.gaugeLine}>
                <span className={styles.gaugeBar}>
                  <GaugeBar gauge={gauge} />
                </span>
                <UseOfLimit gauge={gauge} />
                <Trend gauge={gauge} />
              </span>
            ),
          },
        ]),
    ...(ignored === null
      ? []
      : [
          {
            label: t("limits.explain.ignored"),
            value: t("limits.explain.ignoredOf", {
              lines: formats.number(ignored.lines),
              of: formats.number(ignored.of),
              taken: formats.number(Math.max(0, ignored.of - ignored.lines)),
            }),
          },
        ]),
    ...(stream === null
      ? []
      : [
          {
            label: t("limits.explain.stream"),
            value: (
              <span className={styles.stream}>
                <code>{quoted(stream)}</code>
                <CopyButton size={20} text={stream} />
              </span>
            ),
          },
        ]),
  ];
  return <Facts facts={facts} />;
}

function Tenant({ tenant }: { readonly tenant: string | null }): ReactElement {
  const t = useTranslate();
  const showTenants = useWorkspace((state) => state.showTenants);
  if (tenant === null) return <>{t("limits.explain.noTenant")}</>;
  return (
    <button className={styles.link} onClick={() => showTenants({ opened: tenant })} type="button">
      {quoted(tenant)}
    </button>
  );
}

/** How many times the limit was asked for, where that can be said. */
function Asked({
  explanation,
  text,
}: {
  readonly explanation: RefusalExplanation;
  readonly text: string;
}): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { askedNumber, valueNumber, unit } = explanation;
  const times =
    askedNumber === null || valueNumber === null || valueNumber <= 0 || unit === "time" || unit === "none"
      ? null
      : askedNumber / valueNumber;
  return (
    <span className={styles.valueLine}>
      <strong>{text}</strong>
      {times === null ? null : (
        <span className={styles.muted}>
          {t("limits.explain.times", { times: formats.number(times, times < 10 ? 2 : 0) })}
        </span>
      )}
    </span>
  );
}
