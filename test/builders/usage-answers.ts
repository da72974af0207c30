import type { CostlyShape, LedgerState, UsageReport, UsageRow } from "../../src-shared/model/tenants/usage.ts";
import type { CostDimension, QueryCost } from "../../src-shared/model/tenants/query-cost.ts";
import type { QuotaState } from "../../src-shared/model/tenants/quota.ts";
import type { FakeAnswers } from "./fake-console-client.ts";

const GIB = 2 ** 30;

export function usageRow(key: string, gib: number, part: Partial<UsageRow> = {}): UsageRow {
  return {
    key,
    queries: 120,
    failed: 0,
    bytes: gib * GIB,
    lines: 4_000_000,
    durationMs: 61_000,
    share: gib / 100,
    scanPrice: null,
    storedBytes: null,
    storedPrice: null,
    ...part,
  };
}

export function usageReport(
  rows: readonly UsageRow[],
  { by = "tenant", price = 0 }: { readonly by?: CostDimension; readonly price?: number } = {},
): UsageReport {
  const sum = (of: (row: UsageRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const priced = (bytes: number): number | null => (price > 0 ? (bytes / 1e12) * price : null);
  const bytes = sum((row) => row.bytes);
  return {
    by,
    range: { fromDay: "2026-11-14", toDay: "2026-11-20", tenants: null },
    rows: rows.map((row) => ({ ...row, scanPrice: priced(row.bytes) })),
    total: {
      queries: sum((row) => row.queries),
      failed: sum((row) => row.failed),
      bytes,
      lines: sum((row) => row.lines),
      durationMs: sum((row) => row.durationMs),
      scanPrice: priced(bytes),
    },
    prices: { currency: price > 0 ? "EUR" : "", perTbScanned: price, perGbStoredMonth: 0 },
    tookMs: 4,
  };
}

export function queryCost(part: Partial<QueryCost> = {}): QueryCost {
  return {
    id: "c-1",
    atMs: Date.parse("2026-11-20T10:00:00Z"),
    site: "lab",
    tenant: "payments",
    user: "olga",
    source: "grafana",
    query: '{app="ledger"} |= "timeout"',
    shape: "{app=?} |= ?",
    hash: 3_735_928_559,
    kind: "filter",
    rangeMs: 3_600_000,
    bytes: 12 * GIB,
    lines: 9_000_000,
    durationMs: 8_400,
    splits: 4,
    shards: 32,
    cacheShare: 0.25,
    status: 200,
    tags: {},
    ...part,
  };
}

export function costlyShape(part: Partial<CostlyShape> = {}): CostlyShape {
  return {
    shape: "{app=?} |= ?",
    example: queryCost(),
    tenants: ["payments", "cards", "ledger", "fraud", "onboarding"],
    users: ["olga"],
    sources: [""],
    queries: 42,
    failed: 3,
    bytes: 80 * GIB,
    share: 0.4,
    scanPrice: null,
    fixes: [{ kind: "narrow-selector", params: { selector: '{app="ledger"}' }, savesBytes: 40 * GIB }],
    ...part,
  };
}

export function ledgerState(part: Partial<LedgerState> = {}): LedgerState {
  return {
    kind: "sqlite",
    where: "/home/olga/.config/kubemate-console/ledger.db",
    state: "open",
    costs: 12_345,
    firstDay: "2026-11-01",
    lastDay: "2026-11-20",
    waiting: 0,
    dropped: 0,
    collected: [
      { site: "lab", from: "pods", untilMs: Date.parse("2026-11-20T10:14:00Z"), lines: 1_204, unreadable: 0 },
    ],
    ...part,
  };
}

export function quotaStateOf(
  part: Partial<QuotaState> & { readonly scope?: Partial<QuotaState["quota"]["scope"]> } = {},
): QuotaState {
  const { scope, ...state } = part;
  return {
    quota: {
      scope: { kind: "tenant", name: "payments", period: "month", ...scope },
      bytes: 1_000 * GIB,
      hardBytes: 1_200 * GIB,
      warnShare: 0.8,
    },
    period: "2026-11",
    usedBytes: 620 * GIB,
    reservedBytes: 0,
    state: "free",
    renewsAtMs: Date.parse("2026-12-01T00:00:00Z"),
    ...state,
  };
}

/** What a core with some costs answers; parts of it can be put in their place. */
export function usageAnswers(part: FakeAnswers["usage"] = {}): NonNullable<FakeAnswers["usage"]> {
  return {
    ledger: () => Promise.resolve(ledgerState()),
    report: ({ by }) =>
      Promise.resolve(
        usageReport(
          by === "day"
            ? [usageRow("2026-11-18", 10), usageRow("2026-11-20", 60, { failed: 2 })]
            : [usageRow("cards", 20, { queries: 900 }), usageRow("payments", 70), usageRow("", 10)],
          { by },
        ),
      ),
    costliest: () =>
      Promise.resolve([
        queryCost(),
        queryCost({
          id: "c-2",
          tenant: "cards",
          user: "",
          source: "",
          query: '{app="<img src=x>"}\u202e',
          status: 500,
        }),
      ]),
    fixes: () => Promise.resolve([costlyShape()]),
    collect: () => Promise.resolve({ lines: 300, added: 12, from: "pods" as const }),
    quotas: () => Promise.resolve([quotaStateOf()]),
    ...part,
  };
}
