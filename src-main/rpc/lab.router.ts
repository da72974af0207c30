import type { labApi } from "../../src-shared/api/lab.api.ts";
import type { LabService } from "../core/lab/lab.service.ts";
import type { DomainHandlers } from "./handlers.ts";

export function labHandlers(lab: LabService): DomainHandlers<typeof labApi> {
  return {
    status: async () => lab.status(),
    setFault: ({ fault, on }) => lab.setFault(fault, on),
  };
}
