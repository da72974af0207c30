import { z } from "zod";
import type { Brand } from "./brand.ts";

/** A Loki tenant, the value of `X-Scope-OrgID`. */
export type TenantId = Brand<string, "TenantId">;

/** Why a text is no tenant id; `null` when it is one. */
export type TenantIdProblem =
  | { readonly reason: "empty" }
  | { readonly reason: "too-long"; readonly maxBytes: number }
  | { readonly reason: "reserved" }
  | { readonly reason: "unsupported-character"; readonly character: string };

export const MAX_TENANT_ID_BYTES = 150;

/**
 * Loki's own rule (dskit `tenant.ValidTenantID`): letters, digits and `! - _ . * ' ( )`, at most 150 bytes, not `.` or
 * `..`. All supported characters are ASCII, so the length in characters is the length in bytes.
 */
export function tenantIdProblem(text: string): TenantIdProblem | null {
  if (text === "") return { reason: "empty" };
  for (const character of text) {
    if (!/[A-Za-z0-9!\-_.*'()]/.test(character)) return { reason: "unsupported-character", character };
  }
  if (text.length > MAX_TENANT_ID_BYTES) return { reason: "too-long", maxBytes: MAX_TENANT_ID_BYTES };
  if (text === "." || text === "..") return { reason: "reserved" };
  return null;
}

/**
 * A text from outside as a tenant. Whether it is a *valid* one is checked where it is used, with `tenantIdProblem`, so
 * that the answer is `tenants.invalid` with its reason and not a schema's complaint.
 */
export const tenantIdSchema = z
  .string()
  .max(1_000)
  .transform((value) => value as TenantId);
