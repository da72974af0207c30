import { PUSH_REFUSALS } from "./push-refusals.ts";
import { QUERY_REFUSALS } from "./query-refusals.ts";
import type { RefusalRule } from "./refusal-rule.ts";

/** The refusals of Loki 3.7.6, by its own words. The first that matches counts: inner sentences stand before outer ones. */
export const REFUSAL_RULES: readonly RefusalRule[] = [...PUSH_REFUSALS, ...QUERY_REFUSALS];
