import type { UsageRange } from "../../../../src-shared/model/tenants/usage.ts";
import { beginCostFile } from "./cost-file.ts";
import type { CostLedger } from "./cost-ledger.ts";

export interface CostExport {
  readonly file: string;
  /** Its tenants are those that the caller may see. */
  readonly range: UsageRange;
  readonly format: "csv" | "parquet";
}

/** Rows of a page, which in Parquet are a row group: some tens of milliseconds of work at a time. */
const PAGE = 4_000;

/**
 * Writes the single costs of a range into a file, which gets its name when it is whole; aborted, there is none. `onRows` is
 * told how many are written, and how many there are by the sums: of days whose single costs are purged there is less.
 */
export async function exportCosts(
  ledger: Pick<CostLedger, "ask">,
  { file, range, format }: CostExport,
  onRows: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<{ readonly file: string; readonly costs: number; readonly bytes: number }> {
  const { fromDay, toDay, tenants } = range;
  const { queries: total } = await ledger.ask((open) => open.total({ fromDay, toDay, tenants }));
  await using written = await beginCostFile(file, format);
  let costs = 0;
  for (let after: number | null = 0; after !== null && !signal.aborted;) {
    const from: number = after;
    const page = await ledger.ask((open) => open.page({ fromDay, toDay, tenants, after: from, limit: PAGE }));
    await written.write(page.costs);
    costs += page.costs.length;
    after = page.next;
    onRows(costs, total);
  }
  if (signal.aborted) return { file, costs: 0, bytes: 0 };
  return { file, costs, bytes: await written.finish() };
}
