import { z } from "zod";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import { QUOTA_KINDS, QUOTA_PERIODS } from "../../../../src-shared/model/tenants/quota.ts";

const paramsSchema = z.object({
  scope: z.enum(QUOTA_KINDS),
  name: z.string(),
  period: z.enum(QUOTA_PERIODS),
  used: z.number(),
  limit: z.number(),
  estimate: z.number(),
});

/** Why a quota did not let a query leave. Sizes are bytes; `limit` is the hard stop where that is what stopped it. */
export interface QuotaRefusal extends z.output<typeof paramsSchema> {
  /** A reason lets it through; only an override does where this is `stopped`. */
  readonly kind: "reason-needed" | "stopped";
}

const KINDS: ReadonlyMap<string, QuotaRefusal["kind"]> = new Map([
  ["tenants.quota-reason-needed", "reason-needed"],
  ["tenants.quota-exceeded", "stopped"],
]);

/** The refusal that an error is; `null` for every other error. */
export function quotaRefusal(error: WireError | null): QuotaRefusal | null {
  const kind = error === null ? undefined : KINDS.get(error.code);
  if (error === null || kind === undefined) return null;
  const params = paramsSchema.safeParse(error.params);
  return params.success ? { kind, ...params.data } : null;
}
