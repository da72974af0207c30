import type {
  OperationKind,
  SafetyReason,
  SafetyReasonKind,
} from "../../../../../src-shared/model/health/operation.ts";
import type { SafetyView } from "./safety-view.ts";

export type SafetyWeight = SafetyReason["weight"];

/** One thing that speaks against it. */
export interface SafetyFinding {
  readonly params: SafetyReason["params"];
  /** Where it weighs otherwise than the rule says. */
  readonly weight?: SafetyWeight;
}

/**
 * One thing to look at. `weights` names the operations that it matters to. It finds what speaks against the operation; or
 * says `well`, which is shown as looked at and found well; or `silent`, where it has nothing to say or cannot tell.
 */
export interface SafetyRule {
  readonly kind: SafetyReasonKind;
  readonly weights: Partial<Readonly<Record<OperationKind, SafetyWeight>>>;
  look(view: SafetyView): readonly SafetyFinding[] | "well" | "silent";
}

/** What was found, or that there was nothing. */
export function findings(found: readonly SafetyFinding[]): readonly SafetyFinding[] | "well" {
  return found.length === 0 ? "well" : found;
}
