import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";

/** Runs of one query text by one tenant: the dearest of them, and what all of them come to. */
export interface RepeatedCost {
  readonly dearest: QueryCost;
  readonly runs: number;
  readonly bytes: number;
}

/** Puts runs of the same text together, those that read most in all first. A dashboard's query would fill the list otherwise. */
export function repeatedCosts(costs: readonly QueryCost[]): readonly RepeatedCost[] {
  const byText = new Map<string, RepeatedCost>();
  for (const cost of costs) {
    const key = JSON.stringify([cost.site, cost.tenant, cost.query]);
    const before = byText.get(key);
    byText.set(key, {
      dearest: before === undefined || cost.bytes > before.dearest.bytes ? cost : before.dearest,
      runs: (before?.runs ?? 0) + 1,
      bytes: (before?.bytes ?? 0) + cost.bytes,
    });
  }
  return [...byText.values()].toSorted((a, b) => b.bytes - a.bytes);
}
