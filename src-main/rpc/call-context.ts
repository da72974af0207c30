import type { Role } from "../../src-shared/permissions/roles.ts";
import type { TenantScope } from "../core/identity/tenant-scope.ts";

/** Who is at the other end of a socket, decided by the shell when it opened. */
export interface Caller {
  /** One person alone, also among those of other issuers: what the audit, jobs and costs are kept under. */
  readonly principal: string;
  /** For people to read; two may have the same. */
  readonly name: string;
  /** Opaque: tells principals apart by issuer and subject. Everybody at the local console has one. */
  readonly key: string;
  readonly role: Role;
  readonly shell: "desktop" | "browser";
  readonly tenants: TenantScope;
  /** Until when the sign-in holds; `null` where nobody signed in. */
  readonly expiresAtMs: number | null;
}

/** What a handler knows of its call besides the input. `signal` is aborted by cancel and by a lost connection. */
export interface CallContext {
  readonly caller: Caller;
  readonly signal: AbortSignal;
}
