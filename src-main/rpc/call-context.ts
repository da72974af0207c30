import type { Role } from "../../src-shared/permissions/roles.ts";

/** Who is at the other end of a socket, decided by the shell when it opened. */
export interface Caller {
  readonly principal: string;
  readonly role: Role;
  readonly shell: "desktop" | "browser";
}

/** What a handler knows of its call besides the input. `signal` is aborted by cancel and by a lost connection. */
export interface CallContext {
  readonly caller: Caller;
  readonly signal: AbortSignal;
}
