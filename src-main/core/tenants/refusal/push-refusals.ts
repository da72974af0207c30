import { said, SIZE, type RefusalRule } from "./refusal-rule.ts";

/** What is refused of a push (`pkg/validation/validate.go`, `pkg/distributor`, `pkg/ingester`, `pkg/loghttp/push`). */
export const PUSH_REFUSALS: readonly RefusalRule[] = [
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
];
