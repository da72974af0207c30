import { consoleApi } from "../../src-shared/api/console-api.ts";
import { PROTOCOL_VERSION } from "../../src-shared/api/session.api.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { PERMISSIONS } from "../../src-shared/permissions/permissions.ts";
import type { AdmissionPolicy } from "../../src-main/rpc/admission.ts";
import type { CallContext } from "../../src-main/rpc/call-context.ts";
import { createConsoleRouter, type ConsoleHandlers, type DoorRouter } from "../../src-main/rpc/router.ts";
import { MemoryAudit } from "./memory-audit.ts";
import { RecordingLogger } from "./recording-logger.ts";

type AnyHandler = (input: unknown, context: CallContext) => unknown;

/** The console's own door over handlers by `domain.procedure`; one that is not given fails as if its site were unknown. */
export function consoleDoor(
  handlers: Readonly<Record<string, AnyHandler>>,
  policy: Partial<AdmissionPolicy> = {},
): DoorRouter {
  const hello: AnyHandler = async (_input, { caller }) => ({
    protocol: PROTOCOL_VERSION,
    version: "0.0.0",
    principal: caller.principal,
    role: caller.role,
    readOnly: false,
    permissions: [...PERMISSIONS],
    shell: caller.shell,
    platform: "linux",
    profileDirectory: "/nowhere",
  });
  const given: Readonly<Record<string, AnyHandler>> = { "session.hello": hello, ...handlers };
  const domains = Object.entries(consoleApi).map(([domain, contracts]) => {
    const named = Object.keys(contracts).map((name) => {
      const action = `${domain}.${name}`;
      const missing: AnyHandler = () => {
        throw new AppError("sites.unknown", { site: action });
      };
      return [name, given[action] ?? missing];
    });
    return [domain, Object.fromEntries(named)];
  });
  return createConsoleRouter({
    // Every procedure of the table has a function; the router checks their answers.
    handlers: Object.fromEntries(domains) as ConsoleHandlers,
    audit: new MemoryAudit(),
    standing: () => ({ readOnly: false }),
    rights: () => "unknown",
    tellsTenantsApart: async () => true,
    logger: new RecordingLogger(),
    ...policy,
  });
}
