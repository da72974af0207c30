import type { HealthChange } from "../../src-shared/model/health/site-health.ts";
import type { CommonCause, Evidence, EvidenceUnit } from "../../src-shared/model/health/verdict.ts";
import type { Formats } from "../hooks/formats.ts";
import type { Translate } from "../hooks/use-translate.ts";
import { withVisibleCharacters } from "./control-characters.ts";

/** A figure with its unit, for people: `1.2s`, `64%`, `3.1/s`, `1.2 GiB`. `null` is a dash, never a nought. */
export function figureText(value: number | null, unit: EvidenceUnit, formats: Formats): string {
  if (value === null || !Number.isFinite(value)) return "–";
  switch (unit) {
    case "seconds":
      return formats.duration(value * 1_000);
    case "per-second":
      return value > 0 && value < 0.05 ? `<${formats.rate(0.1)}` : formats.rate(value);
    case "share":
      return value > 0 && value < 0.01 ? `<${formats.percent(0.01)}` : formats.percent(value);
    case "bytes":
      return formats.bytes(value);
    case "count":
      return formats.number(value, Math.abs(value) < 10 ? 1 : 0);
  }
}

/** The figure to the last digit, for a hover: `1.234567 seconds`. */
export function exactFigure(value: number | null, unit: EvidenceUnit, t: Translate): string {
  return value === null ? t("health.noFigure") : t(`health.unit.${unit}`, { value: String(value) });
}

/** What was named by others is data: shown with what a screen would hide. A word of ours is translated. */
function spoken(
  params: Readonly<Record<string, string | number>>,
  t: Translate,
  formats: Formats,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (typeof value === "string") {
        return [name, t.dynamic(`health.param.${name}.${value}`, {}, withVisibleCharacters(value))];
      }
      return [name, name.endsWith("Seconds") ? formats.duration(value * 1_000) : formats.number(value, 2)];
    }),
  );
}

/** One evidence in one line, in words and figures. */
export function evidenceText(evidence: Evidence, t: Translate, formats: Formats): string {
  const { kind, own, unit, matesMedian, params } = evidence;
  const words = {
    ...spoken(params, t, formats),
    own: figureText(own, unit, formats),
    mates: figureText(matesMedian, unit, formats),
  };
  if (kind === "memberlist-sick" && params["members"] === undefined) {
    return t("health.evidence.memberlist-sick.score", words);
  }
  // Some are told both with and without anybody to compare with.
  const alone = `health.evidence.${kind}.alone`;
  return matesMedian === null && t.has(alone) ? t.dynamic(alone, words) : t(`health.evidence.${kind}`, words);
}

/** Whether it was compared with its own past and not with its mates. */
export function isAgainstPast({ kind, params }: Evidence): boolean {
  return kind === "past-slower" || kind === "cache-misses" || params["against"] === "past";
}

/** How far a robust z-score is from the usual spread, in words. */
export function scoreText(score: number, t: Translate): string {
  const size = Math.abs(score);
  if (size < 4) return t("health.score.within");
  if (size < 8) return t("health.score.clear");
  return size < 20 ? t("health.score.far") : t("health.score.extreme");
}

/** What troubles the whole, in words. */
export function causeText(cause: CommonCause, t: Translate): string {
  return t(`health.cause.${cause.kind}`, { tenant: withVisibleCharacters(cause.tenant ?? "") });
}

/** How much of it, by the metric that shows it. */
export function causeFigure(cause: CommonCause, t: Translate, formats: Formats): string {
  switch (cause.kind) {
    case "object-store-outage":
      return t("health.cause.object-store-outage.figure", { value: formats.percent(cause.value) });
    case "tenant-storm":
      return t("health.cause.tenant-storm.figure", { value: formats.rate(cause.value) });
    case "label-explosion":
      // Told by refused streams a second where nothing is known of before.
      return cause.before === null || cause.before === 0
        ? t("health.cause.label-explosion.refused", { value: formats.rate(cause.value) })
        : t("health.cause.label-explosion.figure", {
            before: formats.number(cause.before),
            value: formats.number(cause.value),
          });
  }
}

/** Who became what. */
export function changeText({ name, before, verdict }: HealthChange, t: Translate): string {
  const now = t(`health.verdict.${verdict}`);
  if (before === null) return t("health.change.first", { name, verdict: now });
  if (before === verdict) return t("health.change.same", { name, verdict: now });
  return t("health.change.turned", { name, before: t(`health.verdict.${before}`), verdict: now });
}
