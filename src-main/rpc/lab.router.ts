import type { labApi, LabStatus } from "../../src-shared/api/lab.api.ts";
import type { LabService } from "../core/lab/lab.service.ts";
import type { Caller } from "./call-context.ts";
import type { DomainHandlers } from "./handlers.ts";
import { visibleTenants } from "./visible-tenants.ts";

export function labHandlers(lab: LabService): DomainHandlers<typeof labApi> {
  return {
    status: async (_input, { caller }) => seenStatus(lab.status(), caller),
    setFault: async ({ fault, on }, { caller }) => seenStatus(await lab.setFault(fault, on), caller),
  };
}

/** Faults that a tenant causes name it. */
function seenStatus(status: LabStatus, caller: Caller): LabStatus {
  const known = new Set(status.tenants);
  const tenantOf = (fault: string) => fault.slice(fault.indexOf(":") + 1);
  const [others, ofTenants] = [
    status.faults.filter((fault) => !known.has(tenantOf(fault))),
    status.faults.filter((fault) => known.has(tenantOf(fault))),
  ];
  return {
    ...status,
    tenants: visibleTenants(caller, status.tenants, (tenant) => tenant),
    faults: [...others, ...visibleTenants(caller, ofTenants, tenantOf)],
  };
}
