import type { LimitDefinition } from "../../../../src-shared/model/tenants/limit.ts";
import { INGESTION_LIMITS } from "./ingestion-limits.ts";
import { OTHER_LIMITS } from "./other-limits.ts";
import { QUERY_LIMITS } from "./query-limits.ts";
import { RETENTION_AND_RULE_LIMITS } from "./retention-and-rule-limits.ts";

/** The release whose limits the table has. Keys of others are unknown to it, and its keys may be unknown to them. */
export const LIMITS_OF_LOKI = "3.7.6";

/** Every key of `limits_config`, those of one area together. */
export const LIMIT_TABLE: readonly LimitDefinition[] = [
  ...INGESTION_LIMITS,
  ...QUERY_LIMITS,
  ...RETENTION_AND_RULE_LIMITS,
  ...OTHER_LIMITS,
];

const BY_KEY: ReadonlyMap<string, LimitDefinition> = new Map(LIMIT_TABLE.map((limit) => [limit.key, limit]));

/** The limit of this key; `null` for what Loki does not know. */
export function limitOf(key: string): LimitDefinition | null {
  return BY_KEY.get(key) ?? null;
}
