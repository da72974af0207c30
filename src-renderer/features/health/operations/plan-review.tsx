import type { ReactElement, ReactNode } from "react";
import type { OperationPlan } from "../../../../src-shared/model/health/operation.ts";
import { CodeText } from "../../../components/code-text.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { OperationSteps } from "../../../components/operation-steps.tsx";
import { readableParams } from "../../../components/operation-text.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { DiffText } from "../../../components/diff-text.tsx";
import styles from "./plan-review.module.css";

/** Of one line that much is shown; the rest can be looked at in Explore. */
const MAX_LINE_LENGTH = 2_000;

/** All of a plan but its verdict: the steps to the letter, what comes of them, and whether they can be taken back. */
export function PlanReview({ plan }: { readonly plan: OperationPlan }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <>
      <Section title={t("operations.steps")}>
        <OperationSteps steps={plan.steps} />
      </Section>
      {plan.effects.length === 0 ? null : (
        <Section title={t("operations.effects")}>
          <ul className={styles.effects}>
            {plan.effects.map(({ key, params }) => (
              <li key={key}>
                <CodeText text={t.dynamic(`operations.effect.${key}`, readableParams(t, formats, params), key)} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {plan.diff === "" ? null : (
        <Section title={t("operations.diff")}>
          <DiffText label={t("operations.diff")} text={plan.diff} />
        </Section>
      )}
      {plan.operation.kind === "cancel-delete" ? <Preview preview={plan.preview} /> : null}
      <Section title={t("operations.undo")}>
        <p>{t(`operations.undo.${plan.undo}`)}</p>
      </Section>
    </>
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

/** Lines of a tenant: data, with what they hide made visible. */
function Preview({ preview }: { readonly preview: OperationPlan["preview"] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <Section title={t("operations.preview")}>
      {preview.length === 0 ? (
        <p className={styles.muted}>{t("operations.previewNone")}</p>
      ) : (
        <>
          <p className={styles.muted}>
            {t("operations.previewText", { count: preview.length, lines: formats.number(preview.length) })}
          </p>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling area must be reachable by keyboard */}
          <ol aria-label={t("operations.preview")} className={styles.lines} tabIndex={0}>
            {preview.map(({ timestampNs, line }, place) => (
              // oxlint-disable-next-line react/no-array-index-key -- two lines may be the same
              <li key={place}>
                <span className={styles.when}>{formats.timestamp(timestampNs, { fraction: 3 })}</span>
                <span>
                  {withVisibleCharacters(line.slice(0, MAX_LINE_LENGTH))}
                  {line.length > MAX_LINE_LENGTH ? "…" : ""}
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </Section>
  );
}
