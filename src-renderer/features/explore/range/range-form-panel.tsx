import { useState, type FormEvent, type ReactElement } from "react";
import { Button } from "../../../components/button.tsx";
import { TextField } from "../../../components/field.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useNow } from "../../../hooks/use-now.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { RangeChoice } from "../../../hooks/workspace-store.ts";
import { endOfArchive, readRangeForm, type RangeFormProblem } from "./range-form.ts";
import { sameRange } from "./range-history.ts";
import { useRangeText } from "./use-range-text.ts";
import styles from "./range.module.css";

interface RangeFormPanelProps {
  readonly range: RangeChoice;
  readonly earlier: readonly RangeChoice[];
  /** All of the archive that is looked into; `null` at a site. */
  readonly whole: RangeChoice | null;
  readonly onApply: (range: RangeChoice) => void;
}

const PRESET_SECONDS: readonly number[] = [
  60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000,
];

const EXAMPLES = ["now-3h", "2026-11-20 10:00", "2026-11-20T10:00:00.123456789Z", "1763632800123456789"] as const;

/** Presets, two ends to type, and the ranges of before. What is wrong with an end is said beside it. */
export function RangeFormPanel({ range, earlier, whole, onApply }: RangeFormPanelProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const text = useRangeText();
  const now = useNow(1_000);
  const [from, setFrom] = useState(() => fieldText(range, "from", (ns) => formats.timestamp(ns)));
  const [to, setTo] = useState(() => fieldText(range, "to", (ns) => formats.timestamp(ns)));
  const [tried, setTried] = useState(false);
  const read = readRangeForm(from, to, formats.timeZone, now);
  const problems: readonly RangeFormProblem[] = "kind" in read ? [] : read;
  const problemOf = (field: "from" | "to"): string | undefined => {
    const found = problems.find((one) => one.field === field);
    // An empty field is not yet a mistake while one is typing.
    if (found === undefined || (found.problem === "empty" && !tried)) return undefined;
    return t(`explore.range.problem.${found.problem}`);
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    // Relative ends are of this moment, not of the last tick.
    const chosen = readRangeForm(from, to, formats.timeZone, Date.now());
    if ("kind" in chosen) onApply(chosen);
  };
  return (
    <div className={styles.panel}>
      <div className={styles.presets}>
        {whole === null ? (
          <Presets
            heading={t("explore.range.presets")}
            of={(lastSeconds) => ({ kind: "relative", lastSeconds })}
            onApply={onApply}
            range={range}
          />
        ) : (
          <>
            <button
              aria-pressed={sameRange(range, whole)}
              className={styles.whole}
              onClick={() => onApply(whole)}
              type="button"
            >
              {t("explore.range.whole")}
            </button>
            <Presets
              heading={t("explore.range.endOfArchive")}
              of={(lastSeconds) => endOfArchive(whole, lastSeconds)}
              onApply={onApply}
              range={range}
            />
          </>
        )}
        {earlier.length === 0 ? null : (
          <>
            <h3 className={styles.heading}>{t("explore.range.before")}</h3>
            <ul>
              {earlier.map((choice) => (
                <li key={JSON.stringify(choice)}>
                  <button className={styles.earlier} onClick={() => onApply(choice)} type="button">
                    {text(choice)}
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      <form className={styles.form} onSubmit={onSubmit}>
        <TextField
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- a popover takes the focus; this is what it was opened for
          autoFocus
          error={problemOf("from")}
          label={t("explore.range.from")}
          mono
          onChange={setFrom}
          value={from}
        />
        <TextField error={problemOf("to")} label={t("explore.range.to")} mono onChange={setTo} value={to} />
        <p className={styles.help}>{t("explore.range.help", { zone: formats.zone(now) })}</p>
        <ul className={styles.examples}>
          {EXAMPLES.map((example) => (
            <li key={example}>
              <code>{example}</code>
            </li>
          ))}
        </ul>
        <div>
          <button className="visually-hidden" tabIndex={-1} type="submit">
            {t("explore.range.apply")}
          </button>
          <Button onClick={onSubmit} tone="primary">
            {t("explore.range.apply")}
          </Button>
        </div>
      </form>
    </div>
  );
}

interface PresetsProps {
  readonly heading: string;
  /** What a length stands for; `null` where it stands for nothing. */
  readonly of: (lastSeconds: number) => RangeChoice | null;
  readonly range: RangeChoice;
  readonly onApply: (range: RangeChoice) => void;
}

function Presets({ heading, of, range, onApply }: PresetsProps): ReactElement | null {
  const formats = useFormats();
  const presets = PRESET_SECONDS.flatMap((seconds) => {
    const choice = of(seconds);
    return choice === null ? [] : [{ seconds, choice }];
  });
  if (presets.length === 0) return null;
  return (
    <>
      <h3 className={styles.heading}>{heading}</h3>
      <div className={styles.presetGrid}>
        {presets.map(({ seconds, choice }) => (
          <button
            aria-pressed={sameRange(range, choice)}
            className={styles.preset}
            key={seconds}
            onClick={() => onApply(choice)}
            type="button"
          >
            {formats.duration(seconds * 1_000)}
          </button>
        ))}
      </div>
    </>
  );
}

function fieldText(range: RangeChoice, field: "from" | "to", timestamp: (ns: string) => string): string {
  if (range.kind === "absolute") return timestamp(field === "from" ? range.startNs : range.endNs);
  if (field === "to") return "now";
  const { lastSeconds } = range;
  const [divisor, unit] = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "m"],
  ].find(([seconds]) => lastSeconds % Number(seconds) === 0) ?? [1, "s"];
  return `now-${lastSeconds / Number(divisor)}${unit}`;
}
