import type { CardinalityReport } from "../../../../src-shared/model/tenants/cardinality.ts";
import type { CardinalityHistory } from "./cardinality-history.ts";
import type { TenantFacts } from "./tenant-facts.ts";

const DAY_MS = 86_400_000;
const DAYS_KEPT = 400;

export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/**
 * Adds to a report what the day before and the metrics say, and keeps the day. A sample with a selector is compared with nothing and
 * kept nowhere: its streams are not the tenant's. Neither is one of which parts were left out.
 */
export async function rememberSample(
  history: CardinalityHistory,
  report: CardinalityReport,
  facts: TenantFacts,
): Promise<CardinalityReport> {
  const { site, tenant, selector } = report.request;
  const memoryStreams = facts.memoryStreams?.value ?? null;
  if (selector.trim() !== "") return { ...report, memoryStreams };
  const today = dayOf(report.takenAtMs);
  const days = await history.days({ site, tenant }, 3);
  const yesterday = days.find(({ day }) => day === dayOf(report.takenAtMs - DAY_MS)) ?? null;
  const whole = report.partial.every(({ key }) => key !== "slice-failed" && key !== "budget");
  if (whole) {
    await history.record(
      { site, tenant },
      {
        day: today,
        series: Math.round(report.series / report.sampledShare),
        labels: Object.fromEntries(report.labels.map(({ label, values }) => [label, values])),
      },
    );
    await history.purge(dayOf(report.takenAtMs - DAYS_KEPT * DAY_MS));
  }
  return {
    ...report,
    memoryStreams,
    seriesDayBefore: yesterday?.series ?? null,
    labels: report.labels.map((label) => ({
      ...label,
      valuesDayBefore: yesterday === null ? null : (ownValue(yesterday.labels, label.label) ?? 0),
    })),
  };
}

/** Labels may be called `constructor`. */
function ownValue(labels: Readonly<Record<string, number>>, label: string): number | null {
  return Object.hasOwn(labels, label) ? (labels[label] ?? null) : null;
}
