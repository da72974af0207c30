import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { OperationKind, OperationPlan, PlanStep } from "../../../../../src-shared/model/health/operation.ts";
import type { HealthSite } from "../../health-site.ts";
import type { OperationFacts } from "../operation-facts.ts";

/** The part of a plan that each kind makes for itself. */
export type Planned = Pick<OperationPlan, "steps" | "effects" | "diff" | "undo">;

export interface PlanInput {
  readonly site: HealthSite;
  readonly facts: OperationFacts;
}

type Params = PlanStep["params"];

export function check(key: string, params: Params = {}): PlanStep {
  return { key, params, kind: "check", request: null };
}

export function act(key: string, request: string, params: Params = {}): PlanStep {
  return { key, params, kind: "act", request };
}

export function wait(key: string, params: Params = {}): PlanStep {
  return { key, params, kind: "wait", request: null };
}

export function verify(key: string, params: Params = {}): PlanStep {
  return { key, params, kind: "verify", request: null };
}

export function effect(key: string, params: Params = {}): OperationPlan["effects"][number] {
  return { key, params };
}

export function unsupported(operation: OperationKind, problem: string): AppError {
  return new AppError("operation.unsupported", { operation, problem });
}

/** A request as it is shown: what is sent, and to whom. */
export function shown(request: string, instance: string): string {
  return `${request} → ${instance}`;
}
