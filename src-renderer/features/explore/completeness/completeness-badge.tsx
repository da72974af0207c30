import { useState, type ReactElement } from "react";
import type { Completeness } from "../../../../src-shared/model/completeness.ts";
import type { ReadStats } from "../../../../src-shared/model/log-query.ts";
import { Button } from "../../../components/button.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { PopoverButton } from "../floating/popover-button.tsx";
import styles from "./completeness.module.css";
import { reasonText } from "../../../components/reason-text.ts";

interface CompletenessBadgeProps {
  readonly completeness: Completeness;
  readonly stats: ReadStats;
  /** Read from a server, with requests, retries and a queue; else from one's own disk. */
  readonly remote: boolean;
  /** Still reading: there is no verdict yet. */
  readonly reading: boolean;
  /** Reads the rest, where a limit was reached. */
  readonly onReadAll: (() => void) | null;
  readonly onRaiseLimit: ((limit: number) => void) | null;
}

const LOOKS = {
  complete: { sign: "✓", tone: "good" },
  unknown: { sign: "?", tone: "doubt" },
  incomplete: { sign: "!", tone: "bad" },
} as const;
const MAX_REASONS = 200;

/** Whether the answer is all there is; if not, why, with the evidence and what to do about it. */
export function CompletenessBadge(props: CompletenessBadgeProps): ReactElement {
  const { completeness, stats, remote, reading, onReadAll, onRaiseLimit } = props;
  const t = useTranslate();
  const formats = useFormats();
  const [opened, setOpened] = useState(false);
  const { verdict, reasons } = completeness;
  const settled = !reading || verdict === "incomplete";
  const look = LOOKS[verdict];
  const word = settled ? t(`explore.completeness.${verdict}`) : t("explore.completeness.reading");
  const limit = reasons.find((reason) => reason.kind === "limit-reached");
  return (
    <PopoverButton
      label={t("explore.completeness.label", { verdict: word })}
      look="plain"
      onOpenChange={setOpened}
      opened={opened}
      position="bottom-end"
      shown={
        <>
          <span aria-hidden className={styles.sign}>
            {settled ? look.sign : "…"}
          </span>
          <span>{word}</span>
        </>
      }
      tone={settled ? look.tone : "doubt"}
      width={440}
    >
      <div className={styles.panel}>
        <h3 className={styles.title}>{t(`explore.completeness.${settled ? verdict : "reading"}.title`)}</h3>
        {reasons.length === 0 ? (
          <p className={styles.text}>{t(`explore.completeness.${settled ? verdict : "reading"}.text`)}</p>
        ) : (
          <ul className={styles.reasons}>
            {reasons.slice(0, MAX_REASONS).map((reason, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- reasons have no name but their place
              <li className={styles.reason} key={index}>
                {reasonText(reason, t, formats)}
              </li>
            ))}
          </ul>
        )}
        {limit === undefined ? null : (
          <div className={styles.actions}>
            {onRaiseLimit === null ? null : (
              <Button compact onClick={() => onRaiseLimit(limit.limit * 10)}>
                {t("explore.completeness.raise", { limit: formats.number(limit.limit * 10) })}
              </Button>
            )}
            {onReadAll === null ? null : (
              <Button compact onClick={onReadAll}>
                {t("explore.completeness.readAll")}
              </Button>
            )}
          </div>
        )}
        <dl className={styles.cost}>
          <Fact name={t("explore.cost.processed")} value={formats.bytes(stats.bytesProcessed)} />
          <Fact name={t("explore.cost.lines")} value={formats.number(stats.linesProcessed)} />
          {remote ? (
            <>
              <Fact name={t("explore.cost.requests")} value={formats.number(stats.requests)} />
              <Fact name={t("explore.cost.retries")} value={formats.number(stats.retries)} />
              <Fact name={t("explore.cost.cached")} value={formats.number(stats.cachedSplits)} />
              <Fact name={t("explore.cost.queue")} value={formats.duration(stats.queueMs)} />
            </>
          ) : null}
          <Fact name={t("explore.cost.exec")} value={formats.duration(stats.execMs)} />
        </dl>
      </div>
    </PopoverButton>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }): ReactElement {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
