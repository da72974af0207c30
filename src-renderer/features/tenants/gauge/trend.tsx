import { IconArrowDownRight, IconArrowRight, IconArrowUpRight, IconMinus, type Icon } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { LimitGauge } from "../../../../src-shared/model/tenants/board.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./gauge.module.css";
import { changeText, trendOf, trendText } from "./limit-text.ts";

const ARROWS: Readonly<Record<ReturnType<typeof trendOf>, Icon>> = {
  up: IconArrowUpRight,
  down: IconArrowDownRight,
  level: IconArrowRight,
  unknown: IconMinus,
};

interface TrendProps {
  readonly gauge: LimitGauge;
  /** Without "per hour", which its column says. */
  readonly short?: boolean;
}

/** Where use is going, by an arrow and by how much an hour. */
export function Trend({ gauge, short = false }: TrendProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const Arrow = ARROWS[trendOf(gauge)];
  const over =
    gauge.trendPerHour === null
      ? t("limits.trend.unknownText")
      : t("limits.trend.over", { time: formats.duration(gauge.trendOverMs) });
  return (
    <span className={styles.trend} title={over}>
      <Arrow aria-hidden size={14} stroke={1.5} />
      <span>{short ? changeText(gauge, t, formats) : trendText(gauge, t, formats)}</span>
    </span>
  );
}
