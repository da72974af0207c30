import { z } from "zod";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { tenantIdProblem, type TenantId } from "../../../src-shared/model/tenant-id.ts";
import { ROLES } from "../../../src-shared/permissions/roles.ts";
import { claimPathSchema } from "./claim-path.ts";

const valueSchema = z.string().min(1).max(1_000);

/** Letter by letter: no folding of case, no patterns, so that no two groups are mistaken for each other. */
const tenantSchema = z
  .string()
  .refine((text) => tenantIdProblem(text) === null, { error: "is no tenant id" })
  .transform((text) => text as TenantId);

const roleRuleSchema = z.strictObject({ claim: claimPathSchema, value: valueSchema, role: z.enum(ROLES) });

/** One way to tenants. What is left of a value after `prefix` is a name; an empty prefix takes each value whole. */
const tenantRuleSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("exact"),
    claim: claimPathSchema,
    value: valueSchema,
    tenants: z.array(tenantSchema).min(1).max(10_000),
  }),
  z.strictObject({ kind: z.literal("every-tenant"), claim: claimPathSchema, value: valueSchema }),
  z.strictObject({ kind: z.literal("named-tenant"), claim: claimPathSchema, prefix: z.string().max(500) }),
  z.strictObject({ kind: z.literal("named-namespace"), claim: claimPathSchema, prefix: z.string().max(500) }),
]);

export const claimMappingSchema = z.strictObject({
  /** Shown and written into the audit beside the subject; never decides anything. */
  name: claimPathSchema.default(["preferred_username"]),
  /**
   * What stands for a person in the audit, beside their jobs and in what queries cost. Must be one person's alone, for
   * good, and nothing that people may change themselves.
   */
  principal: claimPathSchema.default(["sub"]),
  /** The first that fits decides, so the list is written from most to least. None fits: no role, no entry. */
  roles: z.array(roleRuleSchema).min(1).max(1_000),
  /** All that fit add up. None fits: no tenant. */
  tenants: z.array(tenantRuleSchema).max(10_000),
  /** The most values one claim may have. More are refused, not cut: half a list of rights is a riddle. */
  maxValues: z.int().min(1).max(100_000).default(5_000),
});

/** How an organisation's claims become a role and tenants here. Data, from the settings. */
export type ClaimMapping = Readonly<z.infer<typeof claimMappingSchema>>;

export type TenantRule = ClaimMapping["tenants"][number];

/** Reads a mapping. Rejects unknown members as well: a misspelt rule must not silently grant less or more. Throws `identity.config-invalid`. */
export function parseClaimMapping(value: unknown): ClaimMapping {
  const parsed = claimMappingSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError("identity.config-invalid", {
    field: (issue?.path.join(".") ?? "").slice(0, 200),
    problem: (issue?.message ?? "").slice(0, 200),
  });
}
