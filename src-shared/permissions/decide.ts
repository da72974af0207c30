import { CHANGING, type Permission } from "./permissions.ts";
import { ROLE_PERMISSIONS, type Role } from "./roles.ts";

/** Who asks, and whether the console was switched to read-only. */
export interface Standing {
  readonly role: Role;
  readonly readOnly: boolean;
}

export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly reason: "role" | "read-only" };

/**
 * Whether a standing carries a permission. Pure and shared, so that the window can say why a button is disabled; only the
 * door's middleware enforces it.
 */
export function decide(standing: Standing, permission: Permission): Decision {
  if (!ROLE_PERMISSIONS[standing.role].has(permission)) return { allowed: false, reason: "role" };
  if (standing.readOnly && CHANGING.has(permission)) return { allowed: false, reason: "read-only" };
  return { allowed: true };
}
