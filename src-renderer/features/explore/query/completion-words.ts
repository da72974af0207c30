/** What LogQL itself offers, by place. Names are the language's; what they mean is in `explore.logql.*`. */

export const RANGE_FUNCTIONS = [
  "rate",
  "count_over_time",
  "bytes_rate",
  "bytes_over_time",
  "rate_counter",
  "sum_over_time",
  "avg_over_time",
  "min_over_time",
  "max_over_time",
  "quantile_over_time",
  "first_over_time",
  "last_over_time",
  "stddev_over_time",
  "stdvar_over_time",
  "absent_over_time",
] as const;

export const VECTOR_FUNCTIONS = [
  "sum",
  "avg",
  "min",
  "max",
  "count",
  "topk",
  "bottomk",
  "approx_topk",
  "sort",
  "sort_desc",
  "stddev",
  "stdvar",
  "label_replace",
  "vector",
] as const;

export const STAGES = [
  "json",
  "logfmt",
  "pattern",
  "regexp",
  "unpack",
  "line_format",
  "label_format",
  "decolorize",
  "drop",
  "keep",
  "unwrap",
] as const;

export const PIPE_OPERATORS = ["|=", "!=", "|~", "!~", "|>", "!>", "|"] as const;
export const MATCH_OPERATORS = ["=", "!=", "=~", "!~"] as const;
export const FILTER_OPERATORS = ["=", "!=", "=~", "!~", ">", ">=", "<", "<=", "=="] as const;
export const BINARY_OPERATORS = [
  "+",
  "-",
  "*",
  "/",
  "%",
  "^",
  "==",
  "!=",
  ">",
  ">=",
  "<",
  "<=",
  "and",
  "or",
  "unless",
] as const;
export const DURATIONS = ["1m", "5m", "10m", "15m", "30m", "1h", "6h", "12h", "1d", "7d"] as const;
