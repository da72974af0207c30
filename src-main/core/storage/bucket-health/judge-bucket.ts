import {
  BUCKET_FINDING_SEVERITIES,
  type BucketFinding,
  type BucketJudgement,
} from "../../../../src-shared/model/storage/bucket-health.ts";
import type { BucketHealthFacts, BucketRule } from "./bucket-facts.ts";
import { CLUSTER_RULES } from "./cluster-rules.ts";
import { SETTINGS_RULES } from "./settings-rules.ts";

export const BUCKET_HEALTH_RULES: readonly BucketRule[] = [...SETTINGS_RULES, ...CLUSTER_RULES];

/** All rules over a bucket's facts, the worst findings first; rules whose facts are not known are told as silent. */
export function judgeBucket(
  facts: BucketHealthFacts,
  rules: readonly BucketRule[] = BUCKET_HEALTH_RULES,
): BucketJudgement {
  const findings: BucketFinding[] = [];
  const passed: string[] = [];
  const silent: string[] = [];
  for (const { id, find, isAble } of rules) {
    const found = isAble(facts) ? find(facts) : null;
    findings.push(...(found ?? []).map((finding) => ({ ...finding, rule: id })));
    if (found === null) silent.push(id);
    else if (found.length === 0) passed.push(id);
  }
  const rank = ({ severity }: BucketFinding) => BUCKET_FINDING_SEVERITIES.indexOf(severity);
  return { findings: findings.toSorted((a, b) => rank(a) - rank(b)), passed, silent };
}
