/** What a refusal is about. `bytes` and `seconds` are read out of Loki's humanised values. */
export type RefusalUnit = "bytes-per-second" | "bytes" | "seconds" | "count" | "time" | "none";

/** One sentence of Loki's and what it means. Named groups are the names of `RefusalFacts`. */
export interface RefusalRule {
  /** `loki_discarded_samples_total{reason}` where it has one, else a name of the same kind. */
  readonly reason: string;
  readonly path: "push" | "query" | "tail" | "rules" | "delete";
  /** The key of `limits_config`, or of the block that is named; `null` where no limit is behind it. */
  readonly limit: string | null;
  readonly unit: RefusalUnit;
  readonly pattern: RegExp;
  /** What else to know, `tenants.refusal.note.<key>`. */
  readonly notes: readonly string[];
}

const NUMBER = String.raw`\d+(?:\.\d+)?`;
/** dustin/go-humanize and `flagext.ByteSize`: `150B`, `785 KiB`, `100 B`, `3MB`. */
const SIZE = String.raw`${NUMBER} ?[kKMGTPE]?i?B`;
const DURATION = String.raw`(?:\d+(?:\.\d+)?(?:ms|us|µs|ns|[ywdhms]))+`;

function said(text: string): RegExp {
  return new RegExp(text, "s");
}

/**
 * The refusals of Loki 3.7.6, by its own words (`pkg/validation/validate.go`, `pkg/querier/queryrange/limits.go`,
 * `pkg/querier/querier.go`, `pkg/ruler/base`). The first that matches counts: inner sentences stand before outer ones.
 */
export const REFUSAL_RULES: readonly RefusalRule[] = [
  {
    reason: "rate_limited",
    path: "push",
    limit: "ingestion_rate_mb",
    unit: "bytes-per-second",
    pattern: said(
      String.raw`ingestion rate limit exceeded for user (?<tenant>\S+) \(limit: (?<value>\d+) bytes/sec\) while attempting to ingest '(?<lines>\d+)' lines totaling '(?<asked>\d+)' bytes`,
    ),
    // With `ingestion_rate_strategy: global` each distributor enforces its share, and it is the share that is told.
    notes: ["share-of-distributors", "burst"],
  },
  {
    reason: "per_stream_rate_limit",
    path: "push",
    limit: "per_stream_rate_limit",
    unit: "bytes-per-second",
    pattern: said(
      String.raw`Per stream rate limit exceeded \(limit: (?<value>${SIZE})/sec\) while attempting to ingest for stream '(?<stream>\{.{0,8000}?\})' totaling (?<asked>${SIZE})`,
    ),
    notes: ["burst", "shard-streams"],
  },
  {
    reason: "stream_limit",
    path: "push",
    limit: "max_global_streams_per_user",
    unit: "count",
    pattern: said(
      String.raw`maximum active stream limit exceeded when trying to create stream (?<stream>\{.{0,8000}?\}), reduce the number of active streams.*?user: '(?<tenant>[^']*)'`,
    ),
    notes: ["value-untold", "share-of-ingesters", "cardinality"],
  },
  {
    reason: "line_too_long",
    path: "push",
    limit: "max_line_size",
    unit: "bytes",
    pattern: said(
      String.raw`max entry size '(?<value>\d+)' bytes exceeded for stream '(?<stream>\{.{0,8000}?\})' while adding an entry with length '(?<asked>\d+)' bytes`,
    ),
    notes: ["truncate"],
  },
  {
    reason: "max_label_names_per_series",
    path: "push",
    limit: "max_label_names_per_series",
    unit: "count",
    pattern: said(
      String.raw`entry for stream '(?<stream>\{.{0,8000}?\})' has (?<asked>\d+) label names; limit (?<value>\d+)`,
    ),
    notes: ["cardinality"],
  },
  {
    reason: "label_name_too_long",
    path: "push",
    limit: "max_label_name_length",
    unit: "bytes",
    pattern: said(String.raw`stream '(?<stream>\{.{0,8000}\})' has label name too long: '(?<what>.*?)'`),
    notes: ["value-untold"],
  },
  {
    reason: "label_value_too_long",
    path: "push",
    limit: "max_label_value_length",
    unit: "bytes",
    pattern: said(String.raw`stream '(?<stream>\{.{0,8000}\})' has label value too long: '(?<what>.*?)'`),
    notes: ["value-untold"],
  },
  {
    reason: "duplicate_label_names",
    path: "push",
    limit: null,
    unit: "none",
    pattern: said(String.raw`stream '(?<stream>\{.{0,8000}\})' has duplicate label name: '(?<what>.*?)'`),
    notes: ["client"],
  },
  {
    reason: "missing_labels",
    path: "push",
    limit: null,
    unit: "none",
    pattern: said(String.raw`error at least one label pair is required per stream`),
    notes: ["client"],
  },
  {
    reason: "invalid_labels",
    path: "push",
    limit: null,
    unit: "none",
    pattern: said(String.raw`error parsing labels '(?<stream>.*?)' with error: (?<what>.*)`),
    notes: ["client"],
  },
  {
    reason: "greater_than_max_sample_age",
    path: "push",
    limit: "reject_old_samples_max_age",
    unit: "time",
    pattern: said(
      String.raw`entry for stream '(?<stream>\{.{0,8000}?\})' has timestamp too old: (?<asked>\S+), oldest acceptable timestamp is: (?<value>\S+)`,
    ),
    notes: ["clock", "backlog"],
  },
  {
    reason: "too_far_in_future",
    path: "push",
    limit: "creation_grace_period",
    unit: "time",
    pattern: said(String.raw`entry for stream '(?<stream>\{.{0,8000}?\})' has timestamp too new: (?<asked>\S+)`),
    notes: ["value-untold", "clock"],
  },
  {
    reason: "too_far_behind",
    path: "push",
    limit: "ingester.max_chunk_age",
    unit: "time",
    pattern: said(
      String.raw`entry too far behind, entry timestamp is: (?<asked>\S+), oldest acceptable timestamp is: (?<value>[^\s',]+)`,
    ),
    notes: ["out-of-order-window"],
  },
  {
    reason: "out_of_order",
    path: "push",
    limit: "unordered_writes",
    unit: "none",
    pattern: said(String.raw`entry out of order`),
    notes: ["out-of-order"],
  },
  {
    reason: "disallowed_structured_metadata",
    path: "push",
    limit: "allow_structured_metadata",
    unit: "none",
    pattern: said(
      String.raw`stream '(?<stream>\{.{0,8000}?\})' includes structured metadata, but this feature is disallowed`,
    ),
    notes: [],
  },
  {
    reason: "structured_metadata_too_large",
    path: "push",
    limit: "max_structured_metadata_size",
    unit: "bytes",
    pattern: said(
      String.raw`stream '(?<stream>\{.{0,8000}?\})' has structured metadata too large: '(?<asked>\d+)' bytes, limit: '(?<value>\d+)' bytes`,
    ),
    notes: [],
  },
  {
    reason: "structured_metadata_too_many",
    path: "push",
    limit: "max_structured_metadata_entries_count",
    unit: "count",
    pattern: said(
      String.raw`stream '(?<stream>\{.{0,8000}?\})' has too many structured metadata labels: '(?<asked>\d+)', limit: '(?<value>\d+)'`,
    ),
    notes: [],
  },
  {
    reason: "blocked_ingestion_policy",
    path: "push",
    limit: "block_ingestion_policy_until",
    unit: "time",
    pattern: said(
      String.raw`ingestion blocked for user '(?<tenant>[^']*)' \(policy: '(?<what>[^']*)'\) until '(?<value>[^']*)' with status code '\d+'`,
    ),
    notes: ["on-purpose"],
  },
  {
    reason: "blocked_ingestion",
    path: "push",
    limit: "block_ingestion_until",
    unit: "time",
    pattern: said(
      String.raw`ingestion blocked for user '(?<tenant>[^']*)' until '(?<value>[^']*)' with status code '\d+'`,
    ),
    notes: ["on-purpose"],
  },
  {
    reason: "missing_enforced_labels",
    path: "push",
    limit: "enforced_labels",
    unit: "none",
    pattern: said(
      String.raw`missing required labels '?(?<what>.*?)'? for user '?(?<tenant>[^' ]*)'? for stream '(?<stream>\{.{0,8000}?\})'`,
    ),
    notes: ["client"],
  },
  {
    reason: "request_body_too_large",
    path: "push",
    limit: "distributor.max_recv_msg_size",
    unit: "bytes",
    // `pkg/util/http.go`, `pkg/loghttp/push`: 413; counted in `loki_discarded_bytes_total` alone.
    pattern: said(
      String.raw`(?:message size too large|received message larger|request body too large)(?:[^\n]{0,100}? than max \((?<asked>\d+) vs\.? (?<value>\d+)\))?`,
    ),
    notes: ["client"],
  },
  {
    reason: "max_query_length",
    path: "query",
    limit: "max_query_length",
    unit: "seconds",
    pattern: said(
      String.raw`the query time range exceeds the limit \(query length: (?<asked>${DURATION}), limit: (?<value>${DURATION})\)`,
    ),
    notes: ["shorter-range"],
  },
  {
    reason: "max_query_lookback",
    path: "query",
    limit: "max_query_lookback",
    unit: "seconds",
    pattern: said(
      String.raw`this data is no longer available, it is past now - max_query_lookback \((?<value>${DURATION})\)`,
    ),
    notes: [],
  },
  {
    reason: "max_query_range",
    path: "query",
    limit: "max_query_range",
    unit: "seconds",
    pattern: said(String.raw`\[interval\] value exceeds limit: \[(?<asked>${DURATION})\] > \[(?<value>${DURATION})\]`),
    notes: ["shorter-range"],
  },
  {
    reason: "max_entries_limit_per_query",
    path: "query",
    limit: "max_entries_limit_per_query",
    unit: "count",
    pattern: said(
      String.raw`max entries limit per query exceeded, limit > max_entries_limit_per_query \((?<asked>\d+) > (?<value>\d+)\)`,
    ),
    notes: [],
  },
  {
    reason: "max_query_series",
    path: "query",
    limit: "max_query_series",
    unit: "count",
    pattern: said(String.raw`maximum number of series \((?<value>\d+)\) reached for a single query`),
    notes: ["aggregate"],
  },
  {
    reason: "max_querier_bytes_read",
    path: "query",
    limit: "max_querier_bytes_read",
    unit: "bytes",
    pattern: said(
      String.raw`query (?:is )?too large to execute on a single querier: \(query: (?<asked>${SIZE}), limit: (?<value>${SIZE})\)`,
    ),
    notes: ["narrow-selector", "shorter-range"],
  },
  {
    reason: "max_query_bytes_read",
    path: "query",
    limit: "max_query_bytes_read",
    unit: "bytes",
    pattern: said(
      String.raw`the query would read too many bytes \(query: (?<asked>${SIZE}), limit: (?<value>${SIZE})\)`,
    ),
    notes: ["narrow-selector", "shorter-range"],
  },
  {
    reason: "max_streams_matchers_per_query",
    path: "query",
    limit: "max_streams_matchers_per_query",
    unit: "count",
    pattern: said(
      String.raw`max streams matchers per query exceeded, matchers-count > limit \((?<asked>\d+) > (?<value>\d+)\)`,
    ),
    notes: [],
  },
  {
    reason: "querying_disabled",
    path: "query",
    limit: "max_query_parallelism",
    unit: "count",
    pattern: said(String.raw`querying is disabled, please contact your Loki operator`),
    notes: ["on-purpose"],
  },
  {
    reason: "too_many_outstanding_requests",
    path: "query",
    limit: "query_scheduler.max_outstanding_requests_per_tenant",
    unit: "count",
    pattern: said(String.raw`too many outstanding requests`),
    notes: ["value-untold", "queue"],
  },
  {
    reason: "blocked_query",
    path: "query",
    limit: "blocked_queries",
    unit: "none",
    pattern: said(String.raw`query blocked by policy`),
    notes: ["on-purpose"],
  },
  {
    reason: "required_labels",
    path: "query",
    limit: "required_labels",
    unit: "none",
    pattern: said(
      String.raw`stream selector is missing required matchers \[(?<value>[^\]]*)\], labels present in the query were \[(?<asked>[^\]]*)\]`,
    ),
    notes: [],
  },
  {
    reason: "minimum_labels_number",
    path: "query",
    limit: "minimum_labels_number",
    unit: "count",
    pattern: said(
      String.raw`stream selector has less label matchers than required: \(present: \[[^\]]*\], number_present: (?<asked>\d+), required_number_label_matchers: (?<value>\d+)\)`,
    ),
    notes: [],
  },
  {
    reason: "query_timeout",
    path: "query",
    limit: "query_timeout",
    unit: "seconds",
    pattern: said(String.raw`request timed out, decrease the duration of the request or add more label matchers`),
    notes: ["value-untold", "narrow-selector", "shorter-range"],
  },
  {
    reason: "max_chunks_per_query",
    path: "query",
    limit: "max_chunks_per_query",
    unit: "count",
    pattern: said(String.raw`the query hit the max number of chunks limit \(limit: (?<value>\d+) chunks\)`),
    notes: ["narrow-selector", "shorter-range"],
  },
  {
    reason: "cardinality_limit",
    path: "query",
    limit: "cardinality_limit",
    unit: "count",
    pattern: said(
      String.raw`cardinality limit exceeded for (?<what>\S{0,200}); (?<asked>\d+) entries, more than limit of (?<value>\d+)`,
    ),
    notes: ["narrow-selector"],
  },
  {
    reason: "variants_disabled",
    path: "query",
    limit: "enable_multi_variant_queries",
    unit: "none",
    pattern: said(String.raw`multi variant queries are disabled for this instance`),
    notes: [],
  },
  {
    reason: "internal_streams",
    path: "query",
    limit: null,
    unit: "none",
    pattern: said(String.raw`internal streams can only be queried from Logs Drilldown`),
    notes: [],
  },
  {
    reason: "too_many_points",
    path: "query",
    limit: null,
    unit: "count",
    pattern: said(String.raw`exceeded maximum resolution of (?<value>[\d,]+) points per time series`),
    notes: ["shorter-range"],
  },
  {
    reason: "query_text_too_long",
    path: "query",
    limit: null,
    unit: "count",
    pattern: said(String.raw`input size too long \((?<asked>\d+) > (?<value>\d+)\)`),
    notes: [],
  },
  {
    reason: "deletion_disabled",
    path: "delete",
    limit: "deletion_mode",
    unit: "none",
    pattern: said(String.raw`deletion is not available for this tenant`),
    notes: ["on-purpose"],
  },
  {
    reason: "max_concurrent_tail_requests",
    path: "tail",
    limit: "max_concurrent_tail_requests",
    unit: "count",
    pattern: said(
      String.raw`max concurrent tail requests limit exceeded, count > limit \((?<asked>\d+) > (?<value>\d+)\)`,
    ),
    notes: [],
  },
  {
    reason: "ruler_max_rules_per_rule_group",
    path: "rules",
    limit: "ruler_max_rules_per_rule_group",
    unit: "count",
    pattern: said(
      String.raw`per-user rules per rule group limit \(limit: (?<value>\d+) actual: (?<asked>\d+)\) exceeded`,
    ),
    notes: [],
  },
  {
    reason: "ruler_max_rule_groups_per_tenant",
    path: "rules",
    limit: "ruler_max_rule_groups_per_tenant",
    unit: "count",
    pattern: said(String.raw`per-user rule groups limit \(limit: (?<value>\d+) actual: (?<asked>\d+)\) exceeded`),
    notes: [],
  },
];
