import type { RefusalExplanation } from "../../../../src-shared/model/tenants/explanation.ts";

export type AdviceKind = RefusalExplanation["advice"][number]["kind"];

/**
 * By what a larger value is measured: `asked` (what was refused would have passed), `use` (the largest use that was seen),
 * `stream` (what the stream sends), `burst` (one request, or one stream's part of it), `age` (how much too old it was),
 * `length` (of the name or value that is told), `one` (one more than there is), `on` (a switch).
 */
export type RaiseBy = "asked" | "use" | "stream" | "burst" | "age" | "length" | "one" | "on";

/** What helps against a refusal, best first. `raise` stands for a larger value where there is one to be named. */
export interface AdviceRule {
  readonly kinds: readonly AdviceKind[];
  readonly by: RaiseBy | null;
}

const none = (...kinds: readonly AdviceKind[]): AdviceRule => ({ kinds, by: null });

/** By reason; a `raise-limit` or `raise-burst` without a value to name is left out. */
export const ADVICE: Readonly<Record<string, AdviceRule>> = {
  rate_limited: { kinds: ["raise-burst", "ask-sender", "wait", "raise-limit"], by: "use" },
  per_stream_rate_limit: { kinds: ["raise-burst", "shard-streams", "split-stream", "raise-limit"], by: "stream" },
  stream_limit: { kinds: ["fewer-labels", "raise-limit"], by: "use" },
  line_too_long: { kinds: ["shorten-lines", "truncate-lines", "raise-limit"], by: "asked" },
  max_label_names_per_series: { kinds: ["fewer-labels", "raise-limit"], by: "asked" },
  label_name_too_long: { kinds: ["fix-labels", "raise-limit"], by: "length" },
  label_value_too_long: { kinds: ["fix-labels", "fewer-labels", "raise-limit"], by: "length" },
  duplicate_label_names: none("fix-labels"),
  missing_labels: none("fix-labels"),
  invalid_labels: none("fix-labels"),
  greater_than_max_sample_age: { kinds: ["send-sooner", "fix-clock", "raise-limit"], by: "age" },
  too_far_in_future: none("fix-clock"),
  too_far_behind: none("send-sooner", "split-stream"),
  out_of_order: { kinds: ["send-sooner", "raise-limit"], by: "on" },
  disallowed_structured_metadata: { kinds: ["raise-limit", "ask-sender"], by: "on" },
  structured_metadata_too_large: { kinds: ["fewer-labels", "raise-limit"], by: "asked" },
  structured_metadata_too_many: { kinds: ["fewer-labels", "raise-limit"], by: "asked" },
  blocked_ingestion: none("unblock", "wait"),
  blocked_ingestion_policy: none("unblock", "wait"),
  missing_enforced_labels: none("fix-labels"),
  request_body_too_large: none("ask-sender"),
  max_query_length: { kinds: ["shorten-range", "raise-limit"], by: "asked" },
  max_query_lookback: none("shorten-range"),
  max_query_range: { kinds: ["shorten-range", "raise-limit"], by: "asked" },
  max_entries_limit_per_query: { kinds: ["narrow-query", "raise-limit"], by: "asked" },
  max_query_series: none("narrow-query", "shorten-range"),
  max_querier_bytes_read: { kinds: ["narrow-query", "shorten-range", "raise-limit"], by: "asked" },
  max_query_bytes_read: { kinds: ["narrow-query", "shorten-range", "raise-limit"], by: "asked" },
  max_streams_matchers_per_query: { kinds: ["narrow-query", "raise-limit"], by: "asked" },
  max_chunks_per_query: none("narrow-query", "shorten-range"),
  cardinality_limit: { kinds: ["narrow-query", "raise-limit"], by: "asked" },
  querying_disabled: none("unblock"),
  too_many_outstanding_requests: none("wait", "narrow-query"),
  blocked_query: none("unblock"),
  required_labels: none("narrow-query"),
  minimum_labels_number: none("narrow-query"),
  query_timeout: none("narrow-query", "shorten-range"),
  variants_disabled: { kinds: ["raise-limit"], by: "on" },
  internal_streams: none("narrow-query"),
  too_many_points: none("shorten-range"),
  query_text_too_long: none("narrow-query"),
  max_concurrent_tail_requests: { kinds: ["wait", "raise-limit"], by: "one" },
  ruler_max_rules_per_rule_group: { kinds: ["raise-limit"], by: "asked" },
  ruler_max_rule_groups_per_tenant: { kinds: ["raise-limit"], by: "asked" },
  deletion_disabled: none("unblock"),
};

export function adviceRule(reason: string): AdviceRule {
  return Object.hasOwn(ADVICE, reason) ? (ADVICE[reason] ?? none("ask-sender")) : none("ask-sender");
}
