import type { LabelFilter, Matcher, Stage } from "../ast.ts";
import type { StageRunner } from "./line-state.ts";

/**
 * Lines that a filter behind a parser will drop anyway, seen without parsing: what `status="500"` looks for is in the line,
 * or an escape is, or the label is not the parser's. Most lines of a selective query are dropped here.
 */

const PARSERS: ReadonlySet<Stage["kind"]> = new Set<Stage["kind"]>(["json", "logfmt", "regexp", "pattern"]);
/** Stages that give no label another value. */
const NEUTRAL: ReadonlySet<Stage["kind"]> = new Set<Stage["kind"]>(["lineFilter", "labelFilter", "drop", "keep"]);

function equalities(filter: LabelFilter): readonly Matcher[] {
  if (filter.kind === "and") return [...equalities(filter.left), ...equalities(filter.right)];
  if (filter.kind !== "string") return [];
  const { matcher } = filter;
  return matcher.op === "=" && matcher.value !== "" && !matcher.name.startsWith("__") ? [matcher] : [];
}

/** What a line must hold, any of it, for a parser to find a value in it; unless the label is there already. */
export interface WantedValue {
  readonly name: string;
  readonly value: string;
  /** How an escape begins by which the value may be written. */
  readonly escape: string;
  /** A parser writes a space for what is no valid character. */
  readonly hasSpace: boolean;
}

function wantedValue({ name, value }: Matcher): WantedValue {
  // Characters that have an escape of their own; any other can be written only as `\\u…`.
  const escape = Array.from(value).some((char) => char < " " || '"\\/'.includes(char)) ? "\\" : "\\u";
  return { name, value, escape, hasSpace: value.includes(" ") };
}

function compilePrefilter({ name, value, escape, hasSpace }: WantedValue): StageRunner {
  return ({ line, labels }) =>
    line.includes(value) ||
    line.includes(escape) ||
    (hasSpace && line.includes("\ufffd")) ||
    labels.get(name) !== undefined;
}

/** What lines must hold that come to the parser at a place of a pipeline; nothing where there is no parser. */
export function wantedValuesAt(stages: readonly Stage[], at: number): readonly WantedValue[] {
  const first = stages[at];
  if (first === undefined || !PARSERS.has(first.kind)) return [];
  const wanted: Matcher[] = [];
  for (const stage of stages.slice(at)) {
    if (stage.kind === "labelFilter") wanted.push(...equalities(stage.filter));
    else if (!PARSERS.has(stage.kind) && !NEUTRAL.has(stage.kind)) break;
  }
  return wanted.map(wantedValue);
}

/** The tests to run before the parser at a place of a pipeline. */
export function prefiltersAt(stages: readonly Stage[], at: number): readonly StageRunner[] {
  return wantedValuesAt(stages, at).map(compilePrefilter);
}
