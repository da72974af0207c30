import type { Operation } from "../../../../../src-shared/model/health/operation.ts";
import { planCancelDelete, planRestart, planScale } from "./cluster-plans.ts";
import type { Planned, PlanInput } from "./planned.ts";
import {
  planFlushIngester,
  planFlushTenant,
  planForget,
  planLogLevel,
  planPrepareShutdown,
  planShutdown,
} from "./process-plans.ts";

/** What would be done, step by step. @throws AppError `operation.unsupported` */
export function planSteps(operation: Operation, input: PlanInput): Planned {
  switch (operation.kind) {
    case "flush-ingester":
      return planFlushIngester(operation);
    case "flush-tenant":
      return planFlushTenant(operation, input);
    case "prepare-shutdown":
      return planPrepareShutdown(operation);
    case "shutdown-ingester":
      return planShutdown(operation, input);
    case "forget-member":
      return planForget(operation, input);
    case "rolling-restart":
      return planRestart(operation, input);
    case "scale":
      return planScale(operation, input);
    case "log-level":
      return planLogLevel(operation, input);
    case "cancel-delete":
      return planCancelDelete(operation, input);
  }
}
