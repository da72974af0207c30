/**
 * The terminals of LogQL, in an order that shows: an error message lists what was expected in this order. The name is what
 * Loki's messages print, a literal for what is written one way only.
 */
const TERMINAL_NAMES = {
  $end: "$end",
  BYTES: "BYTES",
  IDENTIFIER: "IDENTIFIER",
  STRING: "STRING",
  NUMBER: "NUMBER",
  PARSER_FLAG: "PARSER_FLAG",
  DURATION: "DURATION",
  RANGE: "RANGE",
  EQ: "=",
  RE: "=~",
  NRE: "!~",
  NPA: "!>",
  OPEN_BRACE: "{",
  CLOSE_BRACE: "}",
  COMMA: ",",
  PIPE_MATCH: "|~",
  PIPE_EXACT: "|=",
  PIPE_PATTERN: "|>",
  OPEN: "(",
  CLOSE: ")",
  BY: "by",
  WITHOUT: "without",
  COUNT_OVER_TIME: "COUNT_OVER_TIME",
  RATE: "RATE",
  RATE_COUNTER: "RATE_COUNTER",
  SUM: "SUM",
  SORT: "SORT",
  SORT_DESC: "SORT_DESC",
  AVG: "AVG",
  MAX: "MAX",
  MIN: "MIN",
  COUNT: "COUNT",
  STDDEV: "STDDEV",
  STDVAR: "STDVAR",
  BOTTOMK: "BOTTOMK",
  TOPK: "TOPK",
  APPROX_TOPK: "APPROX_TOPK",
  BYTES_OVER_TIME: "BYTES_OVER_TIME",
  BYTES_RATE: "BYTES_RATE",
  BOOL: "bool",
  JSON: "json",
  REGEXP: "regexp",
  LOGFMT: "logfmt",
  PIPE: "|",
  LINE_FORMAT: "line_format",
  LABEL_FORMAT: "label_format",
  UNWRAP: "unwrap",
  AVG_OVER_TIME: "AVG_OVER_TIME",
  SUM_OVER_TIME: "SUM_OVER_TIME",
  MIN_OVER_TIME: "MIN_OVER_TIME",
  MAX_OVER_TIME: "MAX_OVER_TIME",
  STDVAR_OVER_TIME: "STDVAR_OVER_TIME",
  STDDEV_OVER_TIME: "STDDEV_OVER_TIME",
  QUANTILE_OVER_TIME: "QUANTILE_OVER_TIME",
  BYTES_CONV: "BYTES_CONV",
  DURATION_CONV: "DURATION_CONV",
  DURATION_SECONDS_CONV: "DURATION_SECONDS_CONV",
  FIRST_OVER_TIME: "FIRST_OVER_TIME",
  LAST_OVER_TIME: "LAST_OVER_TIME",
  ABSENT_OVER_TIME: "ABSENT_OVER_TIME",
  VECTOR: "VECTOR",
  LABEL_REPLACE: "LABEL_REPLACE",
  UNPACK: "unpack",
  OFFSET: "offset",
  PATTERN: "pattern",
  IP: "ip",
  ON: "on",
  IGNORING: "ignoring",
  GROUP_LEFT: "group_left",
  GROUP_RIGHT: "group_right",
  DECOLORIZE: "decolorize",
  DROP: "drop",
  KEEP: "keep",
  VARIANTS: "VARIANTS",
  OF: "of",
  OR: "or",
  AND: "and",
  UNLESS: "unless",
  CMP_EQ: "==",
  NEQ: "!=",
  LT: "<",
  LTE: "<=",
  GT: ">",
  GTE: ">=",
  ADD: "+",
  SUB: "-",
  MUL: "*",
  DIV: "/",
  MOD: "%",
  POW: "^",
} as const;

export type Terminal = keyof typeof TERMINAL_NAMES;

// Object.keys gives string[]; the keys of this object are exactly the terminals.
export const TERMINALS = Object.keys(TERMINAL_NAMES) as readonly Terminal[];

/** The terminal as Loki's messages print it. */
export function terminalName(terminal: Terminal): string {
  return TERMINAL_NAMES[terminal];
}

/** Words that are functions only when `(`, `by (` or `without (` follows, and plain identifiers otherwise. */
export const FUNCTION_WORDS: ReadonlyMap<string, Terminal> = new Map<string, Terminal>([
  ["rate", "RATE"],
  ["rate_counter", "RATE_COUNTER"],
  ["count_over_time", "COUNT_OVER_TIME"],
  ["bytes_rate", "BYTES_RATE"],
  ["bytes_over_time", "BYTES_OVER_TIME"],
  ["avg_over_time", "AVG_OVER_TIME"],
  ["sum_over_time", "SUM_OVER_TIME"],
  ["min_over_time", "MIN_OVER_TIME"],
  ["max_over_time", "MAX_OVER_TIME"],
  ["stdvar_over_time", "STDVAR_OVER_TIME"],
  ["stddev_over_time", "STDDEV_OVER_TIME"],
  ["quantile_over_time", "QUANTILE_OVER_TIME"],
  ["first_over_time", "FIRST_OVER_TIME"],
  ["last_over_time", "LAST_OVER_TIME"],
  ["absent_over_time", "ABSENT_OVER_TIME"],
  ["vector", "VECTOR"],
  ["variants", "VARIANTS"],
  ["sum", "SUM"],
  ["avg", "AVG"],
  ["max", "MAX"],
  ["min", "MIN"],
  ["count", "COUNT"],
  ["stddev", "STDDEV"],
  ["stdvar", "STDVAR"],
  ["bottomk", "BOTTOMK"],
  ["topk", "TOPK"],
  ["approx_topk", "APPROX_TOPK"],
  ["sort", "SORT"],
  ["sort_desc", "SORT_DESC"],
  ["label_replace", "LABEL_REPLACE"],
  ["bytes", "BYTES_CONV"],
  ["duration", "DURATION_CONV"],
  ["duration_seconds", "DURATION_SECONDS_CONV"],
  ["ip", "IP"],
]);

function writtenTerminals(): ReadonlyMap<string, Terminal> {
  const functions = new Set<Terminal>(FUNCTION_WORDS.values());
  const table = new Map<string, Terminal>();
  for (const terminal of TERMINALS) {
    const name = TERMINAL_NAMES[terminal];
    if (name !== terminal && !functions.has(terminal)) table.set(name, terminal);
  }
  return table;
}

/** Operators, punctuation and words that are always keywords. */
export const WRITTEN_TERMINALS: ReadonlyMap<string, Terminal> = writtenTerminals();

/** The flags of `logfmt`. */
export const PARSER_FLAGS: ReadonlySet<string> = new Set(["--strict", "--keep-empty"]);
