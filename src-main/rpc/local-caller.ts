import type { Role } from "../../src-shared/permissions/roles.ts";
import { EVERY_TENANT } from "../core/identity/tenant-scope.ts";
import type { Caller } from "./call-context.ts";

/** No key of somebody who signed in: those are digests. */
const LOCAL_KEY = "local";

/** Whoever sits at the machine that the console runs on, or was given a start link by them: every tenant is theirs to see. */
export function localCaller(principal: string, role: Role, shell: Caller["shell"]): Caller {
  return { principal, name: principal, key: LOCAL_KEY, role, shell, tenants: EVERY_TENANT, expiresAtMs: null };
}
