import { IconRefresh } from "@tabler/icons-react";
import { useEffect, useState, type ReactElement } from "react";
import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import type { UsageRange } from "../../../../src-shared/model/tenants/usage.ts";
import { Drawer } from "../../../components/drawer.tsx";
import { IconButton } from "../../../components/icon-button.tsx";
import { EmptyView, FailedView, LoadingView } from "../../../components/state-views.tsx";
import { useAsked } from "../../../hooks/use-asked.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { CostCard } from "./cost-card.tsx";
import { repeatedCosts } from "./repeated-costs.ts";
import { dayOf } from "./usage-days.ts";
import type { UsageSubject } from "./usage-tab.tsx";
import { keyText } from "./usage-texts.ts";
import styles from "./usage.module.css";

/** The most that the ledger tells one by one. */
const MOST_QUERIES = 200;
const SHOWN = 50;
const STAY_MS = 250;

interface UsageDrawerProps {
  readonly subject: UsageSubject;
  readonly range: UsageRange;
  readonly onClose: () => void;
}

/** Which question finds the dearest queries of a row: a tenant and a day narrow it, the rest is picked out of the answer. */
export function costliestInput({ by, key }: UsageSubject, range: UsageRange): UsageRange {
  if (by === "tenant" && key !== "") return { ...range, tenants: [key] };
  return by === "day" ? { ...range, fromDay: key, toDay: key } : range;
}

/** Whether a query is one of those that a row adds up. */
export function isOfSubject({ by, key }: UsageSubject, cost: QueryCost): boolean {
  return by === "day" ? dayOf(cost.atMs) === key : cost[by] === key;
}

/** Whether one has stopped here: arrows pass over many rows, and each look at their queries is recorded. */
function useStays(): boolean {
  const [stays, setStays] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setStays(true), STAY_MS);
    return () => clearTimeout(timer);
  }, []);
  return stays;
}

/** The dearest queries behind a row of the report. To look at them is recorded: they may name customers' data. */
export function UsageDrawer({ subject, range, onClose }: UsageDrawerProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { by, key } = subject;
  const stays = useStays();
  const { data, error, asking, ask } = useAsked(
    "usage",
    "costliest",
    stays ? { range: costliestInput(subject, range), limit: MOST_QUERIES } : null,
  );
  const found = repeatedCosts((data ?? []).filter((cost) => isOfSubject(subject, cost)));
  const narrowed = by === "tenant" || by === "day";
  return (
    <Drawer
      actions={<IconButton icon={IconRefresh} label={t("usage.again")} onClick={ask} size={24} />}
      initialWidth={460}
      onClose={onClose}
      // Arrows go on from row to row in the table.
      takeFocus={false}
      title={keyText(by, key, t)}
    >
      <div aria-busy={asking || undefined} className={styles.drawer}>
        <p className={styles.muted}>
          {t(narrowed ? "usage.dearest" : "usage.dearestOf", {
            most: formats.number(MOST_QUERIES),
            by: t(`usage.by.${by}`),
          })}
        </p>
        {data === undefined && error === undefined ? <LoadingView rowHeight={64} rows={4} /> : null}
        {error === undefined ? null : <FailedView error={error} onRetry={ask} title={t("usage.dearestFailed")} />}
        {data !== undefined && found.length === 0 ? (
          <EmptyView
            small
            text={t(narrowed ? "usage.noDearestText" : "usage.noDearestOfText", { most: formats.number(MOST_QUERIES) })}
            title={t("usage.noDearest")}
          />
        ) : null}
        <ul className={styles.cards}>
          {found.slice(0, SHOWN).map((repeated) => (
            <li key={repeated.dearest.id}>
              <CostCard repeated={repeated} />
            </li>
          ))}
        </ul>
        {found.length > SHOWN ? (
          <p className={styles.muted}>
            {t("usage.dearestMore", { shown: formats.number(SHOWN), count: found.length })}
          </p>
        ) : null}
      </div>
    </Drawer>
  );
}
