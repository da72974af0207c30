import { familiesOf } from "../measure.ts";
import type { Rule } from "../rule.ts";
import { familyWindows, type FamilyWindows } from "../tracked-keys.ts";
import { COMPACTOR_RULES, RULER_RULES } from "./backend-rules.ts";
import { PROCESS_RULES } from "./process-rules.ts";
import { CACHE_RULES, INDEX_RULES, QUEUE_RULES } from "./read-path-rules.ts";
import { DISTRIBUTOR_RULES, INGESTER_RULES } from "./write-path-rules.ts";

/** All rules. Where one applies, its families say: a process that exports them is judged by it, whatever it is called. */
export const RULES: readonly Rule[] = [
  ...PROCESS_RULES,
  ...INGESTER_RULES,
  ...DISTRIBUTOR_RULES,
  ...QUEUE_RULES,
  ...CACHE_RULES,
  ...INDEX_RULES,
  ...COMPACTOR_RULES,
  ...RULER_RULES,
];

/** Families that rules look at. */
export const RULE_FAMILIES: FamilyWindows = familyWindows(
  RULES.flatMap(({ measure, paramOf }) => [
    ...familiesOf(measure),
    ...(paramOf === undefined ? [] : familiesOf(paramOf.measure)),
  ]),
);
