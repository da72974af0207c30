import type { LimitGauge } from "../../../../src-shared/model/tenants/board.ts";
import type { LimitUnit } from "../../../../src-shared/model/tenants/limit.ts";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";

/** From this share of its limit on a tenant is near it. */
export const NEAR_SHARE = 0.8;

/** A limit's number for people: `3 MiB/s`, `5,000`, `30d 1h`. Where a unit says nothing, the number alone. */
export function amountText(value: number, unit: LimitUnit, t: Translate, formats: Formats): string {
  switch (unit) {
    case "bytes":
      return formats.bytes(value);
    case "bytes-per-second":
      return formats.bytesRate(value);
    case "seconds":
      return formats.duration(value * 1_000);
    case "days":
      return t("limits.unit.days", { count: value, value: formats.number(value) });
    case "share":
      return formats.percent(value);
    case "count":
    case "none":
      // A sum over replicas is no whole number; what hundreds are is told without its fraction.
      return formats.number(value, Number.isInteger(value) || Math.abs(value) >= 10 ? 0 : 2);
  }
}

/** What is used of a limit, or a gauge's limit, which may be a sum over replicas: a count is told as a whole number. */
export function usedText(value: number, unit: LimitUnit, t: Translate, formats: Formats): string {
  return amountText(unit === "count" ? Math.round(value) : value, unit, t, formats);
}

/** The same to the last digit, for a hover. */
export function exactAmount(value: number, unit: LimitUnit, t: Translate, formats: Formats): string {
  const exact = formats.number(value, 6);
  switch (unit) {
    case "bytes":
      return formats.bytesExact(value);
    case "bytes-per-second":
      return t("limits.exact.bytesPerSecond", { value: exact });
    case "seconds":
      return t("limits.exact.seconds", { value: exact });
    case "days":
    case "share":
    case "count":
    case "none":
      return exact;
  }
}

/** The limit of a gauge in words, also where there is none, or nobody knows. */
export function limitText({ limit, unlimited, unit }: LimitGauge, t: Translate, formats: Formats): string {
  if (unlimited) return t("limits.unlimited");
  return limit === null ? t("limits.unknown") : usedText(limit, unit, t, formats);
}

/** How much of the limit is used: `97%`, `130%`; more than all of it is told as it is. */
export function shareText(share: number | null, formats: Formats): string {
  if (share === null) return "–";
  if (share > 1) return `${formats.number(Math.floor(share * 100))}%`;
  return share > 0 && share < 0.01 ? `<${formats.percent(0.01)}` : formats.percent(share);
}

export type GaugeTone = "over" | "near" | "calm" | "none";

export function gaugeTone(share: number | null): GaugeTone {
  if (share === null) return "none";
  if (share >= 1) return "over";
  return share >= NEAR_SHARE ? "near" : "calm";
}

/** Where use is going; what changes by less than a hundredth of the limit (or of the use) an hour stands still. */
export function trendOf({ trendPerHour, limit, used }: LimitGauge): "up" | "down" | "level" | "unknown" {
  if (trendPerHour === null) return "unknown";
  const scale = Math.max(Math.abs(limit ?? 0), Math.abs(used));
  if (trendPerHour === 0 || Math.abs(trendPerHour) < scale / 100) return "level";
  return trendPerHour > 0 ? "up" : "down";
}

/** The change an hour with its sign, or in a word that there is none. */
export function changeText(gauge: LimitGauge, t: Translate, formats: Formats): string {
  const { trendPerHour, unit } = gauge;
  if (trendPerHour === null) return t("limits.trend.unknown");
  if (trendOf(gauge) === "level") return t("limits.trend.level");
  return `${trendPerHour > 0 ? "+" : "−"}${amountText(Math.abs(trendPerHour), unit, t, formats)}`;
}

/** The same as a phrase of its own. */
export function trendText(gauge: LimitGauge, t: Translate, formats: Formats): string {
  const change = changeText(gauge, t, formats);
  const moves = gauge.trendPerHour !== null && trendOf(gauge) !== "level";
  return moves ? t("limits.trend.perHour", { change }) : change;
}

/** Lines a second: `212 lines/s`. */
export function linesRate(linesPerSecond: number, t: Translate, formats: Formats): string {
  // Few is not none.
  const lines =
    linesPerSecond > 0 && linesPerSecond < 0.05
      ? `<${formats.number(0.1, 1)}`
      : formats.number(linesPerSecond, linesPerSecond < 10 ? 1 : 0);
  return t("limits.linesPerSecond", { lines });
}

/** When the limit is reached if it goes on so. */
export function reachText({ share, reachesLimitInMs }: LimitGauge, t: Translate, formats: Formats): string {
  if (share !== null && share >= 1) return t("limits.reach.now");
  return reachesLimitInMs === null ? "–" : t("limits.reach.in", { time: formats.duration(reachesLimitInMs) });
}
