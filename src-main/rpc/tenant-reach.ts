import type { Handle, TenantNeed } from "../../src-shared/api/procedure.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { MAX_TENANT_ID_BYTES } from "../../src-shared/model/tenant-id.ts";
import { mayUseTenant } from "../core/identity/tenant-scope.ts";
import type { Caller } from "./call-context.ts";
import type { ServedProcedure } from "./served-procedure.ts";

/** `unknown`: there is no such thing, or not any more; its own domain says so. */
export type HandleRight = "granted" | "refused" | "unknown";

/** Whether somebody who may not see every tenant may use what a handle names. */
export type HandleRights = (handle: Handle, caller: Caller) => HandleRight;

/** Whether a site's Loki keeps tenants apart; `true` where that cannot be found out. */
export type TellsTenantsApart = (site: string, signal: AbortSignal) => Promise<boolean>;

/** Whose everything is in a Loki that runs with `auth_enabled: false`. */
const SOLE_TENANT = "fake";

/** Why a call is not let in: what the caller is told, and what the audit is. */
export interface ReachRefusal {
  readonly told: AppError;
  readonly code: string;
  /** The tenant or the handle that was reached for. */
  readonly reached: string;
}

/**
 * Whether a parsed input leads to what its caller may not see; `null` when it does not. Whoever may see every tenant is let
 * through, also with a text that is no tenant id: what is wrong with it is the domain's to say.
 */
export function reachRefusal(
  { contract }: ServedProcedure,
  input: unknown,
  caller: Caller,
  rights: HandleRights,
): ReachRefusal | null {
  if (caller.tenants.kind === "every") return null;
  return (
    needRefusal(contract.tenants?.(input) ?? [], caller) ??
    handleRefusal(contract.handles?.(input) ?? [], caller, rights)
  );
}

/**
 * A Loki without tenants answers with all it has, whatever tenant is in the header: there, who may see some tenants needs to
 * be allowed its only one.
 */
export async function soleTenantRefusal(
  { contract }: ServedProcedure,
  input: unknown,
  caller: Caller,
  tellsApart: TellsTenantsApart,
  signal: AbortSignal,
): Promise<ReachRefusal | null> {
  if (caller.tenants.kind === "every" || mayUseTenant(caller, SOLE_TENANT)) return null;
  const need = contract.tenants?.(input) ?? [];
  if (need === "every" || need.length === 0) return null;
  for (const site of namedSites(input)) {
    if (!(await tellsApart(site, signal))) return tenantRefusal(SOLE_TENANT);
  }
  return null;
}

/** What stands under `site` in an input, at any depth. */
function namedSites(input: unknown, found: Set<string> = new Set()): ReadonlySet<string> {
  if (typeof input !== "object" || input === null) return found;
  for (const [name, value] of Object.entries(input)) {
    if (name === "site" && typeof value === "string") found.add(value);
    else namedSites(value, found);
  }
  return found;
}

function needRefusal(need: TenantNeed, caller: Caller): ReachRefusal | null {
  if (need === "every") {
    const told = new AppError("identity.every-tenant-needed", {});
    return { told, code: told.code, reached: "*" };
  }
  const refused = need.find((tenant) => !mayUseTenant(caller, tenant));
  return refused === undefined ? null : tenantRefusal(refused);
}

function tenantRefusal(tenant: string): ReachRefusal {
  const reached = tenant.slice(0, MAX_TENANT_ID_BYTES);
  const told = new AppError("identity.tenant-refused", { tenant: reached });
  return { told, code: told.code, reached };
}

function handleRefusal(handles: readonly Handle[], caller: Caller, rights: HandleRights): ReachRefusal | null {
  const refused = handles.find((handle) => rights(handle, caller) === "refused");
  if (refused === undefined) return null;
  // Told as if there were no such thing: that there is one is another's business.
  return { told: unknownHandle(refused), code: "identity.tenant-refused", reached: refused.id };
}

function unknownHandle({ kind, id }: Handle): AppError {
  switch (kind) {
    case "result-set":
      return new AppError("logs.result-set-unknown", { id });
    case "job":
    case "job-run":
      return new AppError("jobs.unknown", { id });
    case "archive":
      return new AppError("archive.unknown", { id });
  }
}

/** The refusal of an answer that speaks of a tenant its caller may not see; `null` when it may leave. */
export function revealRefusal(
  { contract }: ServedProcedure,
  output: unknown,
  input: unknown,
  caller: Caller,
): ReachRefusal | null {
  if (caller.tenants.kind === "every" || contract.reveals === undefined) return null;
  return needRefusal(contract.reveals(output, input), caller);
}

/** In place of a tenant's name; no tenant can have it. */
export const MASKED_TENANT = "•••";

/** An answer with the tenants that its caller may not see made unreadable, where its contract asks for that. */
export function maskTenants({ contract }: ServedProcedure, output: unknown, caller: Caller): unknown {
  return caller.tenants.kind === "every" || contract.masksTenants !== true ? output : masked(output, caller);
}

function masked(value: unknown, caller: Caller): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(item, caller));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === "tenant" && typeof inner === "string" && inner !== "" && !mayUseTenant(caller, inner)
        ? MASKED_TENANT
        : masked(inner, caller),
    ]),
  );
}
