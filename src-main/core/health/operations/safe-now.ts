import type {
  Operation,
  SafeNow,
  SafetyReason,
  SafetyReasonKind,
} from "../../../../src-shared/model/health/operation.ts";
import type { OperationFacts } from "./operation-facts.ts";
import { CLUSTER_RULES } from "./safety/cluster-rules.ts";
import { FLUSH_RULES } from "./safety/flush-rules.ts";
import { MEMBER_RULES } from "./safety/member-rules.ts";
import { REPLICATION_RULES } from "./safety/replication-rules.ts";
import type { SafetyRule } from "./safety/safety-rule.ts";
import { safetyView } from "./safety/safety-view.ts";
import { SITE_RULES } from "./safety/site-rules.ts";

export const SAFETY_RULES: readonly SafetyRule[] = [
  ...SITE_RULES,
  ...REPLICATION_RULES,
  ...MEMBER_RULES,
  ...FLUSH_RULES,
  ...CLUSTER_RULES,
];

const ORDER: readonly SafetyReason["weight"][] = ["stops", "doubts", "notes"];

/**
 * Whether an operation is safe with the facts as they are. No where something speaks against it; unknown where something
 * that decides could not be learnt; yes only when everything that matters was looked at and found well. Pure.
 */
export function safeNow(operation: Operation, facts: OperationFacts): SafeNow {
  const view = safetyView(operation, facts);
  const reasons: SafetyReason[] = [];
  const checked: SafetyReasonKind[] = [];
  for (const rule of SAFETY_RULES) {
    const { kind } = rule;
    const weight = rule.weights[operation.kind];
    if (weight === undefined) continue;
    const found = rule.look(view);
    if (found === "well") checked.push(kind);
    else if (found !== "silent") {
      reasons.push(...found.map((finding) => ({ kind, weight: finding.weight ?? weight, params: finding.params })));
    }
  }
  const has = (weight: SafetyReason["weight"]): boolean => reasons.some((reason) => reason.weight === weight);
  return {
    answer: has("stops") ? "no" : has("doubts") ? "unknown" : "yes",
    reasons: reasons.toSorted((a, b) => ORDER.indexOf(a.weight) - ORDER.indexOf(b.weight)),
    checked,
    checkedAtMs: facts.nowMs,
  };
}
