import type { CostlyShape, Prices, UsageRange } from "../../../../../src-shared/model/tenants/usage.ts";
import type { CostLedger } from "../cost-ledger.ts";
import { scanPrice } from "../usage-report.ts";
import { fixesFor } from "./fix-rules.ts";
import { queryTraits } from "./query-traits.ts";
import { refreshPattern } from "./refresh-pattern.ts";

const MOST_SHAPES = 10;

/** The dearest shapes of a range, and what would make each cheaper. Throws what the ledger throws. */
export async function costlyShapes(
  { range, tenants }: { readonly range: UsageRange; readonly tenants: readonly string[] | null },
  ledger: Pick<CostLedger, "ask">,
  prices: Prices,
): Promise<readonly CostlyShape[]> {
  const { fromDay, toDay } = range;
  const { shapes, total } = await ledger.ask(async (open) => ({
    shapes: await open.shapes({ fromDay, toDay, tenants, limit: MOST_SHAPES }),
    total: await open.total({ fromDay, toDay, tenants }),
  }));
  return shapes.map((use) => {
    const { shape, example, queries, failed, bytes } = use;
    const share = total.bytes > 0 ? bytes / total.bytes : 0;
    const facts = { use, traits: queryTraits(example.query), refresh: refreshPattern(use.runs), share };
    return {
      shape,
      example,
      tenants: [...use.tenants],
      users: [...use.users],
      sources: [...use.sources],
      queries,
      failed,
      bytes,
      share,
      scanPrice: scanPrice(bytes, prices),
      fixes: [...fixesFor(facts)],
    };
  });
}
