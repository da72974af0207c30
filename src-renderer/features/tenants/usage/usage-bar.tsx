import { SegmentedControl, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import { COST_DIMENSIONS } from "../../../../src-shared/model/tenants/query-cost.ts";
import type { UsageRange } from "../../../../src-shared/model/tenants/usage.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { ExportMenu } from "./export-menu.tsx";
import { DAY_PRESETS, daysProblem, type DayPreset, type UsageDays } from "./usage-days.ts";
import styles from "./usage.module.css";

/** What the report is grouped by; `fixes` are the dearest shapes with what would mend each. */
export const USAGE_VIEWS = [...COST_DIMENSIONS, "fixes"] as const;
export type UsageView = (typeof USAGE_VIEWS)[number];

interface UsageBarProps {
  readonly preset: DayPreset;
  readonly days: UsageDays;
  readonly view: UsageView;
  readonly range: UsageRange;
  readonly onPreset: (preset: DayPreset) => void;
  readonly onDays: (days: UsageDays) => void;
  readonly onView: (view: UsageView) => void;
}

/** Which days, by what, and out of here as a file. */
export function UsageBar({ preset, days, view, range, onPreset, onDays, onView }: UsageBarProps): ReactElement {
  const t = useTranslate();
  const problem = preset === "custom" ? daysProblem(days) : null;
  return (
    <div className={styles.bar}>
      <SegmentedControl
        aria-label={t("usage.by")}
        data={USAGE_VIEWS.map((value) => ({ value, label: t(`usage.by.${value}`) }))}
        onChange={(chosen) => {
          const next = USAGE_VIEWS.find((one) => one === chosen);
          if (next !== undefined) onView(next);
        }}
        value={view}
      />
      <SegmentedControl
        aria-label={t("usage.days")}
        data={DAY_PRESETS.map((value) => ({ value, label: t(`usage.days.${value}`) }))}
        onChange={(chosen) => {
          const next = DAY_PRESETS.find((one) => one === chosen);
          if (next !== undefined) onPreset(next);
        }}
        value={preset}
      />
      {preset === "custom" ? (
        <span className={styles.days}>
          <DayField
            label={t("usage.days.from")}
            onChange={(fromDay) => onDays({ ...days, fromDay })}
            problem={problem === "from" ? t("usage.days.notADay") : undefined}
            value={days.fromDay}
          />
          <span aria-hidden>–</span>
          <DayField
            label={t("usage.days.to")}
            onChange={(toDay) => onDays({ ...days, toDay })}
            problem={
              problem === "to" ? t("usage.days.notADay") : problem === "reversed" ? t("usage.days.reversed") : undefined
            }
            value={days.toDay}
          />
        </span>
      ) : null}
      <span className={styles.shownDays}>{preset === "custom" ? "UTC" : `${shownDays(days)} UTC`}</span>
      <span className={styles.barEnd}>
        <ExportMenu range={range} />
      </span>
    </div>
  );
}

function shownDays({ fromDay, toDay }: UsageDays): string {
  return fromDay === toDay ? fromDay : `${fromDay} – ${toDay}`;
}

interface DayFieldProps {
  readonly label: string;
  readonly value: string;
  readonly problem: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A day as it is written in the report, so that it can be pasted. */
function DayField({ label, value, problem, onChange }: DayFieldProps): ReactElement {
  return (
    <TextInput
      aria-label={label}
      autoComplete="off"
      className={styles.day ?? ""}
      error={problem}
      maxLength={10}
      onChange={(event) => onChange(event.currentTarget.value.trim())}
      placeholder="2026-11-20"
      spellCheck={false}
      value={value}
    />
  );
}
