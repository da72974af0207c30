import type { LineFilterStage, LogExpr, Stage } from "../../../../src-shared/logql/ast.ts";
import { readFilterPattern } from "../../../../src-shared/logql/parsers/pattern-expression.ts";
import { isNegative } from "../../../../src-shared/logql/pipeline/line-filters.ts";
import { orderedStages } from "../../../../src-shared/logql/pipeline/pipeline.ts";
import { type WantedValue, wantedValuesAt } from "../../../../src-shared/logql/pipeline/prefilter.ts";
import { parseRe2 } from "../../../../src-shared/logql/regex/re2-syntax.ts";
import type { RegexNode } from "../../../../src-shared/logql/regex/regex-node.ts";
import { requiredLiteral } from "../../../../src-shared/logql/regex/required-literal.ts";
import { foldAscii } from "../../common/ascii-fold.ts";

/**
 * A test over the bytes of a line that every line passes which the pipeline keeps. Texts of a query are searched as UTF-8:
 * in lines that are not valid UTF-8 a valid text is found at the same places in the bytes and in their decoded form, as it
 * begins and ends with whole characters. A text with U+FFFD is the exception, for that also stands for broken bytes.
 */
export interface LineProbe {
  /** Any of them; none of them where `negative`. Never empty. */
  readonly needles: readonly Buffer[];
  readonly negative: boolean;
  /** ASCII letters in any case; the needles are in small letters. */
  readonly fold: boolean;
  /** Lines whose stream or metadata has this label pass anyway, as do lines with broken bytes where `orBroken`. */
  readonly unlessLabel: string | null;
  readonly orBroken: boolean;
}

export interface ProbePlan {
  readonly probes: readonly LineProbe[];
  /** The stages that the probes do not decide; with none of them, a row that passes the probes passes the pipeline. */
  readonly rest: readonly Stage[];
  /** Whether the rest looks at lines. Where it does not, it may be run over empty ones. */
  readonly readsLines: boolean;
}

/** What of a pipeline, in its documented meaning, can be asked of the bytes of a line as it is stored. */
export function planProbes({ stages }: Pick<LogExpr, "stages">): ProbePlan {
  const probes: LineProbe[] = [];
  const rest: Stage[] = [];
  for (const [at, stage] of stages.entries()) {
    if (stage.kind === "decolorize" || stage.kind === "lineFormat" || stage.kind === "unpack") {
      rest.push(...stages.slice(at));
      break;
    }
    const asked = stage.kind === "lineFilter" ? probeOf(stage) : UNKNOWN;
    if (asked.probe !== null) probes.push(asked.probe);
    if (!asked.exact) rest.push(stage);
  }
  const readsLines = rest.some(({ kind }) => kind !== "labelFilter" && kind !== "drop" && kind !== "keep");
  if (readsLines) probes.push(...parsedValues(stages));
  return { probes, rest, readsLines };
}

interface FilterProbe {
  readonly probe: LineProbe | null;
  readonly exact: boolean;
}

const UNKNOWN: FilterProbe = { probe: null, exact: false };

function probeOf(stage: LineFilterStage): FilterProbe {
  const { op, operands } = stage;
  const negative = isNegative(op);
  if (operands.some(({ ip }) => ip)) return UNKNOWN;
  const [only, more] = operands;
  if (op === "|=" || op === "!=") {
    const texts = operands.map(({ text }) => text);
    // Every line holds the empty text.
    if (texts.includes("")) return negative ? UNKNOWN : { probe: null, exact: true };
    return exactly(texts, negative);
  }
  if (only === undefined || more !== undefined) return UNKNOWN;
  if (op === "|>") {
    const reading = readFilterPattern(only.text);
    const texts = reading.ok ? reading.parts.flatMap((part) => (part.kind === "capture" ? [] : [part.text])) : [];
    const [longest] = texts.toSorted((left, right) => right.length - left.length);
    return longest === undefined || longest === "" ? UNKNOWN : { ...exactly([longest], false), exact: false };
  }
  return op === "|~" || op === "!~" ? probeOfRegex(parseRe2(only.text), negative) : UNKNOWN;
}

function probeOfRegex(node: RegexNode, negative: boolean): FilterProbe {
  const literals = literalsOf(node);
  if (literals !== null) return exactly(literals, negative);
  const required = negative ? null : requiredLiteral(node);
  if (required === null) return UNKNOWN;
  return { probe: probe([required.text], { fold: required.fold }), exact: false };
}

/** The texts of which a match is any; `null` where it is more than a text. */
function literalsOf(node: RegexNode): readonly string[] | null {
  if (node.op === "capture") return literalsOf(node.sub);
  if (node.op === "literal") return node.fold || node.runes.length === 0 ? null : [String.fromCodePoint(...node.runes)];
  if (node.op !== "alternate") return null;
  const texts = node.subs.map(literalsOf);
  return texts.every((list) => list !== null) ? texts.flat() : null;
}

function exactly(texts: readonly string[], negative: boolean): FilterProbe {
  if (!texts.every(isSearchable)) return UNKNOWN;
  return { probe: probe(texts, { negative }), exact: true };
}

/** Neither U+FFFD, which is not always written as itself, nor half a surrogate pair, which has no UTF-8. */
function isSearchable(text: string): boolean {
  return text !== "" && text.isWellFormed() && !text.includes("\ufffd");
}

function probe(texts: readonly string[], options: Partial<Omit<LineProbe, "needles">>): LineProbe {
  const needles = texts.map((text) => Buffer.from(text));
  if (options.fold === true) for (const needle of needles) foldAscii(needle, needle);
  return { needles, negative: false, fold: false, unlessLabel: null, orBroken: false, ...options };
}

/** `| json | status="500"` can only keep a line that holds `500`, or an escape, or has the label without the parser. */
function parsedValues(stages: readonly Stage[]): readonly LineProbe[] {
  const ordered = orderedStages(stages, "documented");
  const parser = ordered.findIndex(({ kind }) => !NEUTRAL.has(kind));
  if (parser < 0) return [];
  return wantedValuesAt(ordered, parser).flatMap(({ name, value, escape, hasSpace }: WantedValue) =>
    isSearchable(value) ? [probe([value, escape], { unlessLabel: name, orBroken: hasSpace })] : [],
  );
}

/** Stages that neither change lines nor give labels values. */
const NEUTRAL: ReadonlySet<Stage["kind"]> = new Set<Stage["kind"]>(["lineFilter", "labelFilter", "drop", "keep"]);
