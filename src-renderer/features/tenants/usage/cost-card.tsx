import type { ReactElement } from "react";
import { MAX_COST_QUERY_CHARS } from "../../../../src-shared/model/tenants/query-cost.ts";
import { Badge } from "../../../components/badge.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { Bytes, RelativeTime } from "../../../components/quantity.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { CostActions } from "./cost-actions.tsx";
import type { RepeatedCost } from "./repeated-costs.ts";
import styles from "./cost-card.module.css";

/** One query that was run, once or often: its text as text, what it cost, who asked, and what can be done about it. */
export function CostCard({ repeated }: { readonly repeated: RepeatedCost }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { dearest: cost, runs, bytes: allBytes } = repeated;
  const { query, bytes, lines, durationMs, rangeMs, splits, shards, cacheShare, status, atMs, tenant, user, source } =
    cost;
  const cut = query.length >= MAX_COST_QUERY_CHARS;
  const facts = [
    t("usage.cost.lines", { count: lines, lines: formats.number(lines) }),
    t("usage.cost.took", { time: formats.duration(durationMs) }),
    rangeMs === 0 ? t("usage.cost.instant") : t("usage.cost.range", { range: formats.duration(rangeMs) }),
    ...(splits === 0 ? [] : [t("usage.cost.splits", { count: splits, splits: formats.number(splits) })]),
    ...(shards === 0 ? [] : [t("usage.cost.shards", { count: shards, shards: formats.number(shards) })]),
    ...(cacheShare === null ? [] : [t("usage.cost.cache", { share: formats.percent(cacheShare) })]),
  ];
  return (
    <article className={styles.card}>
      <header className={styles.cardHead}>
        <strong>
          <Bytes value={bytes} />
        </strong>
        {runs === 1 ? null : (
          <span>
            {t("usage.cost.repeated", {
              count: runs,
              runs: formats.number(runs),
              bytes: formats.bytes(allBytes),
            })}
          </span>
        )}
        {status >= 400 ? <Badge tone="bad">{t("usage.cost.failed", { status })}</Badge> : null}
        <span className={styles.muted}>
          <RelativeTime atMs={atMs} />
        </span>
        <span className={styles.cardTools}>
          <CopyButton label={t("usage.cost.copy")} size={20} text={query} />
        </span>
      </header>
      <pre className={styles.query}>{withVisibleCharacters(query)}</pre>
      {cut ? (
        <p className={styles.muted}>{t("usage.cost.cut", { chars: formats.number(MAX_COST_QUERY_CHARS) })}</p>
      ) : null}
      <p className={styles.muted}>{facts.join(" · ")}</p>
      <p className={styles.who}>
        <span>{t("usage.cost.tenant", { tenant: withVisibleCharacters(tenant) })}</span>
        <span>{user === "" ? t("usage.untold.user") : withVisibleCharacters(user)}</span>
        <span>{source === "" ? t("usage.untold.source") : withVisibleCharacters(source)}</span>
      </p>
      <CostActions cost={cost} />
    </article>
  );
}
