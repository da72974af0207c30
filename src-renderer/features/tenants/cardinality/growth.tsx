import type { ReactElement } from "react";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./cardinality.module.css";

/** More than half as much again in a day is no growth of a business. */
const ALARMING = 0.5;

/** What was added since the day before, with a sign; an explosion stands out, by more than its colour. */
export function Growth({ before, now }: { readonly before: number; readonly now: number }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const grown = Math.round(now - before);
  const share = before === 0 ? (grown === 0 ? 0 : 1) : grown / before;
  const sign = grown > 0 ? "+" : grown < 0 ? "−" : "±";
  const text = `${sign}${formats.number(Math.abs(grown))}`;
  const alarming = share >= ALARMING && grown >= 50;
  return (
    <span
      className={styles.growth}
      data-alarming={alarming || undefined}
      title={t("cardinality.dayBefore", { value: formats.number(before) })}
    >
      {alarming ? `▲ ${text}` : text}
    </span>
  );
}
