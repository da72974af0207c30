/**
 * Loki's sentences about its limits, by the key in `limits_config` that changes them (Loki 3.7.6: `pkg/validation`,
 * `pkg/querier/queryrange/limits.go`, `pkg/querier/limits`, `pkg/loghttp`). `refused` is a rule an operator set, `rate` is a
 * budget that refills, `size` is a bound the request may be cut down to.
 */
interface LimitText {
  readonly pattern: RegExp;
  readonly limit: string;
  readonly kind: "size" | "refused" | "rate";
}

const LIMIT_TEXTS: readonly LimitText[] = [
  size(/^max entries limit per query exceeded/, "max_entries_limit_per_query"),
  size(/^the query time range exceeds the limit/, "max_query_length"),
  size(/past now - max_query_lookback/, "max_query_lookback"),
  size(/^\[interval\] value exceeds limit/, "max_query_range"),
  size(/^maximum number of series \(/, "max_query_series"),
  size(/^the query would read too many bytes/, "max_query_bytes_read"),
  size(/(?:query|shard query is) too large to execute on a single querier/, "max_querier_bytes_read"),
  size(/^max streams matchers per query exceeded/, "max_streams_matchers_per_query"),
  size(/^the query hit the max number of chunks limit/, "max_chunks_per_query"),
  size(/^exceeded maximum resolution of/, "step"),
  refused(/^stream selector is missing required matchers/, "required_labels"),
  refused(/^stream selector has less label matchers than required/, "minimum_labels_number"),
  refused(/^query blocked by policy/, "blocked_queries"),
  refused(/^multi variant queries are disabled/, "enable_multi_variant_queries"),
  refused(/^querying is disabled, please contact/, "max_query_parallelism"),
  refused(/is not enabled\. See -limits\.shard_aggregations/, "shard_aggregations"),
  refused(/^internal streams can only be queried/, ""),
  refused(/^deletion is not available for this tenant/, "deletion_mode"),
  refused(/^ingestion blocked for user '[^']*' until/, "block_ingestion_until"),
  refused(/^ingestion blocked for user '[^']*' \(policy/, "block_ingestion_policy_until"),
  rate(/too many outstanding requests/, "max_outstanding_requests_per_tenant"),
  rate(/^max concurrent tail requests limit exceeded/, "max_concurrent_tail_requests"),
  rate(/^ingestion rate limit exceeded/, "ingestion_rate_mb"),
  rate(/^maximum active stream limit exceeded/, "max_global_streams_per_user"),
  rate(/Per stream rate limit exceeded/, "per_stream_rate_limit"),
  size(/^max entry size '/, "max_line_size"),
  size(/ label names; limit \d/, "max_label_names_per_series"),
  size(/has label name too long/, "max_label_name_length"),
  size(/has label value too long/, "max_label_value_length"),
  size(/has timestamp too old/, "reject_old_samples_max_age"),
  size(/has timestamp too new/, "creation_grace_period"),
  size(/entry too far behind/, "max_chunk_age"),
  size(/has structured metadata too large/, "max_structured_metadata_size"),
  size(/has too many structured metadata labels/, "max_structured_metadata_entries_count"),
  refused(/includes structured metadata, but this feature is disallowed/, "allow_structured_metadata"),
  refused(/^missing required labels/, "enforced_labels"),
  size(/^per-user rules per rule group limit/, "ruler_max_rules_per_rule_group"),
  size(/^per-user rule groups limit/, "ruler_max_rule_groups_per_tenant"),
];

/** The limit that a text of Loki's speaks of; `null` for a text that speaks of none. */
export function limitOf(text: string): { readonly limit: string; readonly kind: "size" | "refused" | "rate" } | null {
  return LIMIT_TEXTS.find(({ pattern }) => pattern.test(text)) ?? null;
}

/** The server's page size out of `… limit > max_entries_limit_per_query (5001 > 5000)`; `null` for any other text. */
export function maxEntriesFrom(text: string): number | null {
  const found = /max_entries_limit_per_query \((\d{1,15}) > (\d{1,15})\)/.exec(text);
  const max = Number(found?.[2] ?? 0);
  return max > 0 ? max : null;
}

function size(pattern: RegExp, limit: string): LimitText {
  return { pattern, limit, kind: "size" };
}

function refused(pattern: RegExp, limit: string): LimitText {
  return { pattern, limit, kind: "refused" };
}

function rate(pattern: RegExp, limit: string): LimitText {
  return { pattern, limit, kind: "rate" };
}
