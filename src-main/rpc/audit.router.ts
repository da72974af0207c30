import type { auditApi } from "../../src-shared/api/audit.api.ts";
import type { JobId } from "../../src-shared/model/ids.ts";
import type { AuditLog } from "../core/audit/audit-log.ts";
import { verifyAuditLog } from "../core/audit/audit-verify.ts";
import type { DomainHandlers } from "./handlers.ts";

export function auditHandlers(
  audit: AuditLog,
  startExport: (principal: string) => JobId,
): DomainHandlers<typeof auditApi> {
  return {
    list: async ({ before, limit, contains, auditClass }) =>
      audit.list({
        limit,
        ...(before === undefined ? {} : { before }),
        ...(contains === undefined ? {} : { contains }),
        ...(auditClass === undefined ? {} : { auditClass }),
      }),
    verify: async () => verifyAuditLog(audit),
    export: async (_input, { caller }) => ({ job: startExport(caller.principal) }),
  };
}
