import type { ReactElement } from "react";
import type { UsageReport } from "../../../../src-shared/model/tenants/usage.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { eachDay } from "./usage-days.ts";
import { priceText } from "./usage-texts.ts";
import styles from "./usage.module.css";

/** A year and a day: more bars than that are thinner than a pixel. */
const MOST_DAYS = 366;
const HEIGHT = 104;
/** Days whose names fit under their bars. */
const LABELS = 10;

interface DayChartProps {
  readonly report: UsageReport;
  readonly opened: string | null;
  readonly onOpen: (day: string) => void;
}

/** Bytes a day, every day of the range: one without queries is an empty place, not left out. The table tells the figures. */
export function DayChart({ report, opened, onOpen }: DayChartProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const byDay = new Map(report.rows.map((row) => [row.key, row]));
  const days = eachDay(report.range, MOST_DAYS);
  const most = Math.max(1, ...days.map((day) => byDay.get(day)?.bytes ?? 0));
  const step = Math.max(1, Math.ceil(days.length / LABELS));
  return (
    <figure aria-label={t("usage.chart")} className={styles.chart}>
      <span aria-hidden className={styles.chartTop}>
        {formats.bytes(most)}
      </span>
      <div className={styles.bars} style={{ height: HEIGHT }}>
        {days.map((day) => {
          const row = byDay.get(day);
          const bytes = row?.bytes ?? 0;
          const told =
            row === undefined
              ? t("usage.chart.none", { day })
              : t("usage.chart.day", {
                  day,
                  bytes: formats.bytes(bytes),
                  queries: formats.number(row.queries),
                  count: row.queries,
                }) + (row.scanPrice === null ? "" : ` · ${priceText(row.scanPrice, report.prices, formats)}`);
          return (
            <button
              aria-label={told}
              aria-pressed={day === opened}
              className={styles.dayButton}
              disabled={row === undefined}
              key={day}
              onClick={() => onOpen(day)}
              // The table below is the way by keyboard; one stop a day would be a long way round.
              tabIndex={-1}
              title={told}
              type="button"
            >
              <span
                className={styles.dayBar}
                data-failed={row !== undefined && row.failed > 0 ? true : undefined}
                style={{ height: bytes === 0 ? 0 : Math.max(2, (bytes / most) * HEIGHT) }}
              />
            </button>
          );
        })}
      </div>
      <div aria-hidden className={styles.dayNames}>
        {days.map((day, place) => (
          <span key={day}>{place % step === 0 ? day.slice(5) : ""}</span>
        ))}
      </div>
    </figure>
  );
}
