import { join } from "node:path";
import { z } from "zod";
import { usageRangeSchema, type UsageRange } from "../../../../src-shared/model/tenants/usage.ts";
import type { JobDefinition } from "../../jobs/job-definition.ts";
import type { CostLedger } from "./cost-ledger.ts";
import { exportCosts } from "./export-costs.ts";

const inputSchema = z.object({ file: z.string(), range: usageRangeSchema, format: z.enum(["csv", "parquet"]) });
const outputSchema = z.object({ file: z.string(), costs: z.number(), bytes: z.number() });

type Input = z.output<typeof inputSchema>;
type Output = z.output<typeof outputSchema>;

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
    run: ({ input, signal, report }) =>
      exportCosts(
        ledger,
        input,
        (done, total) => {
          const fraction = total > 0 ? Math.min(1, done / total) : 1;
          report({ phase: "write", fraction, done, total, unit: "rows" });
        },
        signal,
      ),
  };
}
