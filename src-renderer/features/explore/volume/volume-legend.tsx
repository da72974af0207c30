import type { ReactElement } from "react";
import { LOG_LEVELS, type LogLevel } from "../../../../src-shared/model/log-level.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { LEVEL_SIGNS, levelColor } from "../levels/level-sign.ts";
import styles from "./volume.module.css";

interface VolumeLegendProps {
  readonly totals: Readonly<Partial<Record<LogLevel, number>>>;
  readonly unit: "entries" | "bytes";
  readonly hidden: ReadonlySet<LogLevel>;
  readonly onToggle: (level: LogLevel) => void;
}

/** The levels that occur, each with its shape, its word and its count; a press hides it from the bars. */
export function VolumeLegend({ totals, unit, hidden, onToggle }: VolumeLegendProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <ul className={styles.legend}>
      {LOG_LEVELS.flatMap((level) => {
        const total = totals[level];
        if (total === undefined) return [];
        return (
          <li key={level}>
            <button
              aria-pressed={!hidden.has(level)}
              className={styles.legendItem}
              onClick={() => onToggle(level)}
              title={t("explore.volume.toggle", { level: t(`explore.level.${level}`) })}
              type="button"
            >
              <span aria-hidden style={{ color: levelColor(level) }}>
                {LEVEL_SIGNS[level].shape}
              </span>
              <span>{t(`explore.level.${level}`)}</span>
              <span className={styles.count}>{unit === "bytes" ? formats.bytes(total) : formats.number(total)}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
