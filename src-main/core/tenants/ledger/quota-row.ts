import { z } from "zod";
import { QUOTA_KINDS, quotaSchema, type Quota } from "../../../../src-shared/model/tenants/quota.ts";

const rowSchema = z.object({
  kind: z.string(),
  name: z.string(),
  period: z.string(),
  bytes: z.number(),
  hard_bytes: z.number(),
  warn_share: z.number(),
});

/** Rows of either database as quotas: those of tenants first, by name, the day before the month. */
export function readQuotas(rows: readonly unknown[]): readonly Quota[] {
  const quotas = rows.map((raw) => {
    const { kind, name, period, bytes, hard_bytes: hardBytes, warn_share: warnShare } = rowSchema.parse(raw);
    return quotaSchema.parse({ scope: { kind, name, period }, bytes, hardBytes, warnShare });
  });
  return quotas.toSorted(
    ({ scope: a }, { scope: b }) =>
      QUOTA_KINDS.indexOf(a.kind) - QUOTA_KINDS.indexOf(b.kind) ||
      (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) ||
      (a.period < b.period ? -1 : 1),
  );
}
