import { join } from "node:path";
import { z } from "zod";
import { usageRangeSchema, type UsageRange } from "../../../../src-shared/model/tenants/usage.ts";
import type { JobDefinition } from "../../jobs/job-definition.ts";
import { beginCostFile } from "./cost-file.ts";
import type { CostLedger } from "./cost-ledger.ts";

const inputSchema = z.object({ file: z.string(), range: usageRangeSchema, format: z.enum(["csv", "parquet"]) });
const outputSchema = z.object({ file: z.string(), costs: z.number(), bytes: z.number() });

type Input = z.output<typeof inputSchema>;
type Output = z.output<typeof outputSchema>;

/** Rows of a page, which in Parquet are a row group: some tens of milliseconds of work at a time. */
const PAGE = 4_000;

/** Where an export goes; `range` names the tenants that its caller may see. */
export function usageExportInput(
  directory: string,
  range: UsageRange,
  format: "csv" | "parquet",
  nowMs: number,
): Input {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[:.]/g, "-").slice(0, 23);
  return { file: join(directory, `costs-${range.fromDay}-${range.toDay}-${stamp}.${format}`), range, format };
}

/**
 * Writes the single costs of a range into a file, which gets its name when it is whole. Killed, it begins anew: the ledger
 * may have changed, and a footer of Parquet stands at the end.
 */
export function createUsageExportJob(ledger: Pick<CostLedger, "ask">): JobDefinition<Input, null, Output> {
  return {
    kind: "usage-export",
    input: inputSchema,
    checkpoint: z.null(),
    output: outputSchema,
    canPause: false,
    titleParams: ({ range: { fromDay, toDay } }) => ({ fromDay, toDay }),
    tenants: ({ range }) => range.tenants ?? "every",
    run: async ({ input: { file, range, format }, signal, report }) => {
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
        report({ phase: "write", fraction: share(costs, total), done: costs, total, unit: "rows" });
      }
      if (signal.aborted) return { file, costs: 0, bytes: 0 };
      return { file, costs, bytes: await written.finish() };
    },
  };
}

/** Of the sums' count: of days whose single costs are purged there is less. */
function share(done: number, total: number): number {
  return total > 0 ? Math.min(1, done / total) : 1;
}
