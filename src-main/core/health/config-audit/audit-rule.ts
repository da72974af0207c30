import type { AuditFinding } from "../../../../src-shared/model/health/config-audit.ts";
import type { ConfigFacts } from "./config-facts.ts";

/** A finding as its rule makes it. */
export interface RuleFinding {
  readonly where: string;
  readonly present: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly patch: string | null;
}

/** One rule of the audit. It looks at facts alone and says nothing where they are not known. */
export interface AuditRule {
  readonly id: string;
  readonly severity: AuditFinding["severity"];
  readonly find: (facts: ConfigFacts) => readonly RuleFinding[];
}

/** Findings of all rules, the worst first, in the rules' order. */
export function auditConfig(facts: ConfigFacts, rules: readonly AuditRule[]): readonly AuditFinding[] {
  const order: readonly AuditFinding["severity"][] = ["critical", "warning", "info"];
  return rules
    .flatMap(({ id, severity, find }) =>
      find(facts).map(({ params = {}, ...finding }) => ({ rule: id, severity, params, ...finding })),
    )
    .toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}
