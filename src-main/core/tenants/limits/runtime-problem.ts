/** Where something stands in the text; lines and columns begin at 1. */
export interface RuntimePlace {
  readonly line: number;
  readonly column: number;
}

/**
 * What is wrong with a runtime configuration. `refused`: Loki would load nothing of the file and go on with what it had (at its
 * start: not start); `warning`: Loki loads it, and something of it has no effect or not the one it seems to have.
 */
export interface RuntimeProblem extends RuntimePlace {
  readonly severity: "refused" | "warning";
  readonly code:
    | "yaml"
    | "tab"
    | "too-large"
    | "too-many-aliases"
    | "not-a-map"
    | "duplicate-key"
    | "unknown-section"
    | "unknown-key"
    | "wrong-type"
    | "unknown-field"
    | "not-a-choice"
    | "invalid-tenant"
    | "not-per-tenant"
    | "deprecated"
    | "fraction-dropped";
  /** The way to it, as in `overrides.cards.max_line_size`. Bounded. */
  readonly path: string;
  /** What was expected, or what the parser said. Bounded. */
  readonly detail: string;
}

const MAX_TEXT = 300;

export function runtimeProblem(
  code: RuntimeProblem["code"],
  severity: RuntimeProblem["severity"],
  place: RuntimePlace,
  path: readonly (string | number)[],
  detail = "",
): RuntimeProblem {
  return {
    code,
    severity,
    line: place.line,
    column: place.column,
    path: path.join(".").slice(0, MAX_TEXT),
    detail: detail.slice(0, MAX_TEXT),
  };
}
