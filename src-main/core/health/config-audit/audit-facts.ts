import type { AuditGap, ConfigAudit } from "../../../../src-shared/model/health/config-audit.ts";
import { auditConfig, isAble, type AuditRule, type FactKind } from "./audit-rule.ts";
import { BUCKET_RULES } from "./bucket-rules.ts";
import { CLUSTER_RULES } from "./cluster-rules.ts";
import type { ConfigFacts } from "./config-facts.ts";
import { LOKI_CONFIG_RULES } from "./loki-config-rules.ts";
import { UPGRADE_RULES } from "./upgrade-rules.ts";

export const AUDIT_RULES: readonly AuditRule[] = [
  ...LOKI_CONFIG_RULES,
  ...UPGRADE_RULES,
  ...CLUSTER_RULES,
  ...BUCKET_RULES,
];

/**
 * All rules over what was gathered. A rule without its facts is told with the gap that silences it, one whose values are not
 * in the configuration with a gap of the configuration's own (`health.nobody-tells`); the rest found something or passed.
 */
export function auditFacts(
  facts: ConfigFacts,
  missing: readonly Omit<AuditGap, "rules">[],
): Pick<ConfigAudit, "findings" | "gaps" | "passed"> {
  const kinds = new Set<FactKind>(missing.map(({ fact }) => fact));
  const findings = [...auditConfig(facts, AUDIT_RULES)];
  const found = new Set(findings.map(({ rule }) => rule));
  const gaps = missing.map((gap) => ({
    ...gap,
    rules: AUDIT_RULES.filter(({ id, needs }) => needs.includes(gap.fact) && !found.has(id)).map(({ id }) => id),
  }));
  const silenced = new Set(gaps.flatMap(({ rules }) => rules));
  const rest = AUDIT_RULES.filter(({ id }) => !found.has(id) && !silenced.has(id));
  const without = rest.filter((rule) => !isAble(rule, facts, kinds)).map(({ id }) => id);
  return {
    findings,
    gaps: [
      ...gaps.filter(({ rules }) => rules.length > 0),
      ...(without.length === 0 ? [] : [{ fact: "config" as const, code: "health.nobody-tells", rules: without }]),
    ],
    passed: rest.filter((rule) => isAble(rule, facts, kinds)).map(({ id }) => id),
  };
}
