import { PROTOCOL_VERSION, type Hello, type sessionApi } from "../../src-shared/api/session.api.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { mayUseTenant } from "../core/identity/tenant-scope.ts";
import type { Announcement, Announcements } from "../core/session/announcements.ts";
import { grantedPermissions, type ReadOnlySwitch } from "../core/session/standing.ts";
import type { Caller } from "./call-context.ts";
import type { DomainHandlers } from "./handlers.ts";

export interface SessionFacts {
  readonly version: string;
  readonly profileDirectory: string;
}

export function sessionHandlers(
  facts: SessionFacts,
  readOnlySwitch: ReadOnlySwitch,
  announcements: Announcements,
): DomainHandlers<typeof sessionApi> {
  return {
    hello: async ({ protocol }, { caller }) => {
      if (protocol !== PROTOCOL_VERSION) {
        throw new AppError("rpc.version-mismatch", { client: protocol, server: PROTOCOL_VERSION });
      }
      const { readOnly } = readOnlySwitch;
      return {
        protocol: PROTOCOL_VERSION,
        version: facts.version,
        principal: caller.principal,
        role: caller.role,
        readOnly,
        permissions: grantedPermissions(caller.role, readOnly),
        shell: caller.shell,
        platform: process.platform,
        profileDirectory: facts.profileDirectory,
        ...signedIn(caller),
      };
    },
    events: (_input, { caller, signal }) => heard(announcements.listen(signal), caller),
    setReadOnly: async ({ readOnly }) => ({ readOnly: readOnlySwitch.set(readOnly) }),
  };
}

function signedIn({ name, tenants, expiresAtMs }: Caller): Pick<Hello, "signedIn"> {
  if (expiresAtMs === null) return {};
  return { signedIn: { name, tenants: tenants.kind === "every" ? null : tenants.tenants.size, expiresAtMs } };
}

/**
 * What is told to everybody, as far as it is this caller's to hear: who may see some tenants only is told of changes, which
 * name nothing, of the health of what all share, and of a tenant of theirs; other notices name places and files of others. Links come from the desktop.
 */
async function* heard(
  announcements: AsyncIterable<Announcement>,
  caller: Caller,
): AsyncGenerator<Announcement, void, undefined> {
  for await (const announcement of announcements) {
    if (caller.tenants.kind === "every" || mayHear(announcement, caller)) yield announcement;
  }
}

function mayHear(announcement: Announcement, caller: Caller): boolean {
  if (announcement.kind === "changed") return true;
  if (announcement.kind === "open-link") return false;
  const { key, params } = announcement.notice;
  const { tenant } = params;
  return typeof tenant === "string" ? mayUseTenant(caller, tenant) : key.startsWith("health.");
}
