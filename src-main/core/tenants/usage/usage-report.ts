import type { CostDimension, CostReportRow } from "../../../../src-shared/model/tenants/query-cost.ts";
import type { Prices, UsageRange, UsageReport, UsageRow } from "../../../../src-shared/model/tenants/usage.ts";
import type { Clock } from "../../common/clock.ts";
import type { CostLedger } from "./cost-ledger.ts";

const TERABYTE = 1e12;

export interface UsageReportRequest {
  readonly by: CostDimension;
  readonly range: UsageRange;
  /** `null` for every tenant. */
  readonly tenants: readonly string[] | null;
  readonly limit: number;
}

/** The sums of a range with shares and prices. What is stored is not told: no metric of Loki's knows it by tenant. */
export async function usageReport(
  { by, range, tenants, limit }: UsageReportRequest,
  { ledger, prices, clock }: { readonly ledger: CostLedger; readonly prices: Prices; readonly clock: Clock },
): Promise<UsageReport> {
  const beganMs = clock.nowMs();
  const { fromDay, toDay } = range;
  const { rows, total } = await ledger.ask(async (open) => ({
    rows: await open.report({ by, fromDay, toDay, tenants, limit }),
    total: await open.total({ fromDay, toDay, tenants }),
  }));
  const { key: _key, ...sums } = total;
  return {
    by,
    range: { ...range, tenants: tenants === null ? null : [...tenants] },
    rows: rows.map((row) => usageRow(row, total.bytes, prices)),
    total: { ...sums, scanPrice: scanPrice(total.bytes, prices) },
    prices,
    tookMs: Math.max(0, clock.nowMs() - beganMs),
  };
}

function usageRow(row: CostReportRow, totalBytes: number, prices: Prices): UsageRow {
  return {
    ...row,
    share: totalBytes > 0 ? row.bytes / totalBytes : 0,
    scanPrice: scanPrice(row.bytes, prices),
    storedBytes: null,
    storedPrice: null,
  };
}

/** `null` without a price. */
export function scanPrice(bytes: number, { perTbScanned }: Prices): number | null {
  return perTbScanned > 0 ? (bytes / TERABYTE) * perTbScanned : null;
}
