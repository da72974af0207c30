import type { ReactElement } from "react";
import type { InstanceHealth, SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import type { Doubt } from "../../../../src-shared/model/health/verdict.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { Tip } from "../../../components/tip.tsx";
import { VerdictSign } from "../../../components/verdict-sign.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useNow } from "../../../hooks/use-now.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./board.module.css";

/** A board whose last round is older than this many intervals is old news. */
const LATE_ROUNDS = 3;

interface BoardBannerProps {
  readonly health: SiteHealth;
  /** Looks for instances by a word. */
  readonly onFind: (text: string) => void;
}

/** The whole in one line: the worst verdict, how old it is, and on what it rests. */
export function BoardBanner({ health, onFind }: BoardBannerProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const now = useNow(5_000);
  const { roundAtMs, intervalMs, tookMs, instances } = health;
  const late = roundAtMs !== null && now - roundAtMs > LATE_ROUNDS * intervalMs;
  const answered = instances.filter(({ outcome }) => outcome === "answered").length;
  const doubts = countedDoubts(instances);
  return (
    <div className={styles.banner}>
      <span className={styles.overall}>
        <VerdictSign verdict={health.verdict} />
      </span>
      {roundAtMs === null ? null : (
        <span className={styles.bannerFact} data-late={late || undefined}>
          {late ? <StatusShape tone="doubt" /> : null}
          {late ? t("health.banner.late") : t("health.banner.asOf")} <RelativeTime atMs={roundAtMs} />
        </span>
      )}
      <span className={styles.bannerFact}>
        {t("health.banner.every", { interval: formats.duration(intervalMs) })}
        {tookMs === null ? null : ` · ${t("health.banner.took", { took: formats.duration(tookMs) })}`}
      </span>
      <span className={styles.bannerFact}>
        {t("health.banner.answered", { answered: formats.number(answered), all: formats.number(instances.length) })}{" "}
        {t(`health.source.${health.source}`)}
      </span>
      {silent(instances).map(({ outcome, names }) => (
        <Tip key={outcome} label={formats.list(names.slice(0, 12))}>
          <button className={styles.bannerLink} onClick={() => onFind(outcome)} type="button">
            <StatusShape tone="doubt" />
            {formats.number(names.length)} {t(`health.outcome.${outcome}`)}
          </button>
        </Tip>
      ))}
      {doubts.length === 0 ? null : (
        <span className={styles.doubts}>
          {t("health.banner.doubts")}{" "}
          {doubts.map(({ doubt, count }) => `${t(`health.doubt.${doubt}`)} (${formats.number(count)})`).join(" · ")}
        </span>
      )}
    </div>
  );
}

function silent(instances: readonly InstanceHealth[]) {
  const byOutcome = new Map<Exclude<InstanceHealth["outcome"], "answered">, string[]>();
  for (const { outcome, instance } of instances) {
    if (outcome === "answered") continue;
    byOutcome.set(outcome, [...(byOutcome.get(outcome) ?? []), instance]);
  }
  return [...byOutcome].map(([outcome, names]) => ({ outcome, names }));
}

function countedDoubts(instances: readonly InstanceHealth[]): readonly { doubt: Doubt; count: number }[] {
  const counts = new Map<Doubt, number>();
  for (const { doubts } of instances) for (const doubt of doubts) counts.set(doubt, (counts.get(doubt) ?? 0) + 1);
  return [...counts].map(([doubt, count]) => ({ doubt, count })).toSorted((a, b) => b.count - a.count);
}
