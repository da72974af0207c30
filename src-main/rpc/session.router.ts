import { PROTOCOL_VERSION, type sessionApi } from "../../src-shared/api/session.api.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { Announcements } from "../core/session/announcements.ts";
import { grantedPermissions, type ReadOnlySwitch } from "../core/session/standing.ts";
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
      };
    },
    events: (_input, { signal }) => announcements.listen(signal),
    setReadOnly: async ({ readOnly }) => ({ readOnly: readOnlySwitch.set(readOnly) }),
  };
}
