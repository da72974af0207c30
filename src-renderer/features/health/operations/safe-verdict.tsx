import { IconRefresh } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { SafeNow, SafetyReason } from "../../../../src-shared/model/health/operation.ts";
import { Button } from "../../../components/button.tsx";
import { readableParams } from "../../../components/operation-text.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./safe-verdict.module.css";

const ANSWER_TONES = { yes: "good", no: "bad", unknown: "doubt" } as const;
const WEIGHTS = ["stops", "doubts", "notes"] as const;
const WEIGHT_TONES: Readonly<Record<SafetyReason["weight"], StatusTone>> = {
  stops: "bad",
  doubts: "doubt",
  notes: "idle",
};

interface SafeVerdictProps {
  readonly safe: SafeNow;
  readonly looking: boolean;
  readonly onLookAgain: () => void;
}

/** "Safe now?": the answer, what speaks against it and what to wait for, and what was looked at and found well. */
export function SafeVerdict({ safe, looking, onLookAgain }: SafeVerdictProps): ReactElement {
  const t = useTranslate();
  const { answer, checked, checkedAtMs } = safe;
  const reasons = WEIGHTS.flatMap((weight) => safe.reasons.filter((reason) => reason.weight === weight));
  return (
    <section aria-label={t("operations.safe.question")} className={styles.safe} data-answer={answer}>
      <header className={styles.head}>
        <span className={styles.shape}>
          <StatusShape tone={ANSWER_TONES[answer]} />
        </span>
        <div className={styles.answer}>
          <h3 className={styles.word}>{t(`operations.safe.${answer}`)}</h3>
          <p className={styles.gist}>{t(`operations.safe.${answer}Text`)}</p>
        </div>
        <div className={styles.again}>
          <Button compact icon={IconRefresh} loading={looking} onClick={onLookAgain}>
            {t("operations.lookAgain")}
          </Button>
          <span className={styles.when}>
            {t("operations.looked")} <RelativeTime atMs={checkedAtMs} />
          </span>
        </div>
      </header>
      {reasons.length === 0 ? null : (
        <ul className={styles.reasons}>
          {reasons.map((reason, place) => (
            // oxlint-disable-next-line react/no-array-index-key -- one kind may be there twice, of two zones
            <Reason key={place} reason={reason} />
          ))}
        </ul>
      )}
      {checked.length === 0 ? null : (
        <div className={styles.checked}>
          <h4>{t("operations.checked")}</h4>
          <ul>
            {checked.map((kind) => (
              <li key={kind}>
                <StatusShape tone="good" />
                {t(`health.checked.${kind}`)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function Reason({ reason }: { readonly reason: SafetyReason }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { kind, weight } = reason;
  const params = readableParams(t, formats, reason.params);
  return (
    <li className={styles.reason}>
      <StatusShape label={t(`operations.weight.${weight}`)} tone={WEIGHT_TONES[weight]} />
      <div>
        <p>{t(`health.safe.${kind}`, params)}</p>
        {weight === "notes" ? null : <p className={styles.wait}>{t(`health.wait.${kind}`, params)}</p>}
      </div>
    </li>
  );
}
