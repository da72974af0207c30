import type { z } from "zod";
import type { operationSchema, OperationKind } from "../../../../src-shared/model/health/operation.ts";

/** An operation as a person puts it together: names are plain text, the core checks them. */
export type OperationDraft = z.input<typeof operationSchema>;

/** What loses data, capacity or a member when it is the wrong one: the target's name has to be typed. */
const TYPED: ReadonlySet<OperationKind> = new Set(["shutdown-ingester", "forget-member", "rolling-restart", "scale"]);

/** Whom it touches, as a person names it. */
export function targetOf(operation: OperationDraft): string {
  switch (operation.kind) {
    case "flush-tenant":
      return operation.tenant;
    case "cancel-delete":
      return operation.request;
    case "forget-member":
      return operation.member;
    case "rolling-restart":
    case "scale":
      return operation.workload.name;
    case "flush-ingester":
    case "prepare-shutdown":
    case "shutdown-ingester":
    case "log-level":
      return operation.instance;
  }
}

/** The name that must be typed before it is applied; `null` where a press is enough. */
export function nameToType(operation: OperationDraft): string | null {
  return TYPED.has(operation.kind) ? targetOf(operation) : null;
}
