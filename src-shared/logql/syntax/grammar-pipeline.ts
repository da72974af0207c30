import type { CompareOp, LineFilterOp, Matcher, MatchOp, Stage } from "../ast.ts";
import { filterNumber } from "./build-metric.ts";
import { checkMatcher, checkPatternParser, checkRegexpParser } from "./checks.ts";
import type { SourceRange } from "./source-range.ts";
import { type GrammarRule, type GrammarSymbol, rule } from "./symbols.ts";
import type { Terminal } from "./tokens.ts";

const MATCH_OPS: readonly (readonly [Terminal, MatchOp])[] = [
  ["EQ", "="],
  ["NEQ", "!="],
  ["RE", "=~"],
  ["NRE", "!~"],
];

const COMPARE_OPS: readonly (readonly [Terminal, CompareOp])[] = [
  ["GT", ">"],
  ["GTE", ">="],
  ["LT", "<"],
  ["LTE", "<="],
  ["NEQ", "!="],
  ["EQ", "=="],
  ["CMP_EQ", "=="],
];

const LINE_FILTER_OPS: readonly (readonly [Terminal, LineFilterOp])[] = [
  ["PIPE_MATCH", "|~"],
  ["PIPE_EXACT", "|="],
  ["PIPE_PATTERN", "|>"],
  ["NRE", "!~"],
  ["NEQ", "!="],
  ["NPA", "!>"],
];

function matcherRules(): GrammarRule[] {
  return MATCH_OPS.map(([terminal, op]) =>
    rule("matcher", ["IDENTIFIER", terminal, "STRING"], ([name, , value], span): Matcher => {
      const matcher = { name: name.value.text, op, value: value.value.text, ...span };
      checkMatcher(matcher, value);
      return matcher;
    }),
  );
}

function compareRules(): GrammarRule[] {
  return COMPARE_OPS.flatMap(([terminal, op]) => [
    rule("labelFilter", ["IDENTIFIER", terminal, "DURATION"], ([name, , value], span) => ({
      kind: "duration",
      name: name.value.text,
      op,
      ns: value.value.ns,
      ...span,
    })),
    rule("labelFilter", ["IDENTIFIER", terminal, "BYTES"], ([name, , value], span) => ({
      kind: "bytes",
      name: name.value.text,
      op,
      bytes: value.value.bytes,
      ...span,
    })),
    rule("labelFilter", ["IDENTIFIER", terminal, "literal"], ([name, , value], span) => ({
      kind: "number",
      name: name.value.text,
      op,
      value: filterNumber(value.value),
      ...span,
    })),
  ]);
}

function ipRules(): GrammarRule[] {
  return (["EQ", "NEQ"] as const).map((terminal) =>
    rule("labelFilter", ["IDENTIFIER", terminal, "IP", "OPEN", "STRING", "CLOSE"], (parts, span) => ({
      kind: "ip",
      name: parts[0].value.text,
      op: terminal === "EQ" ? "=" : "!=",
      pattern: parts[4].value.text,
      ...span,
    })),
  );
}

function lineFilterRules(): GrammarRule[] {
  return [
    ...LINE_FILTER_OPS.map(([terminal, op]) => rule("lineFilterOp", [terminal], () => op)),
    rule("lineFilterOperands", ["STRING"], ([text], span) => [{ text: text.value.text, ip: false, ...span }]),
    rule("lineFilterOperands", ["IP", "OPEN", "STRING", "CLOSE"], ([, , text], span) => [
      { text: text.value.text, ip: true, ...span },
    ]),
    rule("lineFilterOperands", ["STRING", "OR", "lineFilterOperands"], ([text, , rest]) => [
      { text: text.value.text, ip: false, from: text.from, to: text.to },
      ...rest.value,
    ]),
    rule("lineFilters", ["lineFilterOp", "lineFilterOperands"], ([op, operands], span) => ({
      kind: "lineFilter",
      op: op.value,
      operands: operands.value,
      ...span,
    })),
    rule("stage", ["lineFilters"], ([filter]) => filter.value),
  ];
}

function widened(stage: Stage, span: SourceRange): Stage {
  return { ...stage, ...span };
}

function list<S extends GrammarSymbol>(symbol: S): readonly [S] {
  return [symbol];
}

const PARSERS: readonly GrammarRule[] = [
  rule("parser", ["JSON"], (_, span) => ({ kind: "json", extractions: [], ...span })),
  rule("parser", ["JSON", "extractions"], ([, extractions], span) => ({
    kind: "json",
    extractions: extractions.value,
    ...span,
  })),
  rule("parser", ["LOGFMT"], (_, span) => logfmt([], [], span)),
  rule("parser", ["LOGFMT", "parserFlags"], ([, flags], span) => logfmt(flags.value, [], span)),
  rule("parser", ["LOGFMT", "extractions"], ([, extractions], span) => ({
    ...logfmt([], [], span),
    extractions: extractions.value,
  })),
  rule("parser", ["LOGFMT", "parserFlags", "extractions"], ([, flags, extractions], span) => ({
    ...logfmt(flags.value, [], span),
    extractions: extractions.value,
  })),
  rule("parser", ["REGEXP", "STRING"], ([, text], span) => {
    checkRegexpParser(text.value.text, text);
    return { kind: "regexp", expression: text.value.text, ...span };
  }),
  rule("parser", ["PATTERN", "STRING"], ([, text], span) => {
    checkPatternParser(text.value.text, text);
    return { kind: "pattern", expression: text.value.text, ...span };
  }),
  rule("parser", ["UNPACK"], (_, span) => ({ kind: "unpack", ...span })),
  rule("parser", ["DECOLORIZE"], (_, span) => ({ kind: "decolorize", ...span })),
  rule("parser", ["LINE_FORMAT", "STRING"], ([, text], span) => ({
    kind: "lineFormat",
    template: text.value.text,
    ...span,
  })),
  rule("parser", ["LABEL_FORMAT", "labelFormats"], ([, formats], span) => ({
    kind: "labelFormat",
    formats: formats.value,
    ...span,
  })),
];

function logfmt(flags: readonly string[], extractions: readonly [], span: SourceRange) {
  return {
    kind: "logfmt" as const,
    strict: flags.includes("--strict"),
    keepEmpty: flags.includes("--keep-empty"),
    extractions,
    ...span,
  };
}

/** The productions of a pipeline: line filters, parsers, label filters, formats, `drop` and `keep`. */
export const PIPELINE_RULES: readonly GrammarRule[] = [
  rule("selector", ["OPEN_BRACE", "matchers", "CLOSE_BRACE"], ([, matchers], span) => ({
    matchers: matchers.value,
    ...span,
  })),
  rule("selector", ["OPEN_BRACE", "CLOSE_BRACE"], (_, span) => ({ matchers: [], ...span })),
  rule("matchers", list("matcher"), ([matcher]) => [matcher.value]),
  rule("matchers", ["matchers", "COMMA", "matcher"], ([first, , matcher]) => [...first.value, matcher.value]),
  ...matcherRules(),
  rule("pipeline", list("stage"), ([stage]) => [stage.value]),
  rule("pipeline", ["pipeline", "stage"], ([first, stage]) => [...first.value, stage.value]),
  ...lineFilterRules(),
  rule("stage", ["PIPE", "parser"], ([, stage], span) => widened(stage.value, span)),
  rule("stage", ["PIPE", "labelFilter"], ([, filter], span) => ({
    kind: "labelFilter",
    filter: filter.value,
    ...span,
  })),
  rule("stage", ["PIPE", "dropKeep"], ([, stage], span) => widened(stage.value, span)),
  ...PARSERS,
  rule("parserFlags", ["PARSER_FLAG"], ([flag]) => [flag.value.text]),
  rule("parserFlags", ["parserFlags", "PARSER_FLAG"], ([flags, flag]) => [...flags.value, flag.value.text]),
  rule("extractions", list("extraction"), ([extraction]) => [extraction.value]),
  rule("extractions", ["extractions", "COMMA", "extraction"], ([first, , next]) => [...first.value, next.value]),
  rule("extraction", ["IDENTIFIER", "EQ", "STRING"], ([name, , text], span) => ({
    name: name.value.text,
    expression: text.value.text,
    ...span,
  })),
  rule("extraction", ["IDENTIFIER"], ([name], span) => ({
    name: name.value.text,
    expression: name.value.text,
    ...span,
  })),
  rule("labelFormats", list("labelFormat"), ([format]) => [format.value]),
  rule("labelFormats", ["labelFormats", "COMMA", "labelFormat"], ([first, , next]) => [...first.value, next.value]),
  rule("labelFormat", ["IDENTIFIER", "EQ", "IDENTIFIER"], ([name, , source], span) => ({
    name: name.value.text,
    value: source.value.text,
    rename: true,
    ...span,
  })),
  rule("labelFormat", ["IDENTIFIER", "EQ", "STRING"], ([name, , template], span) => ({
    name: name.value.text,
    value: template.value.text,
    rename: false,
    ...span,
  })),
  rule("labelFilter", list("matcher"), ([matcher], span) => ({ kind: "string", matcher: matcher.value, ...span })),
  ...ipRules(),
  ...compareRules(),
  rule("labelFilter", ["OPEN", "labelFilter", "CLOSE"], ([, filter], span) => ({ ...filter.value, ...span })),
  rule("labelFilter", ["labelFilter", "labelFilter"], ([left, right], span) => ({
    kind: "and",
    left: left.value,
    right: right.value,
    ...span,
  })),
  rule("labelFilter", ["labelFilter", "AND", "labelFilter"], ([left, , right], span) => ({
    kind: "and",
    left: left.value,
    right: right.value,
    ...span,
  })),
  rule("labelFilter", ["labelFilter", "COMMA", "labelFilter"], ([left, , right], span) => ({
    kind: "and",
    left: left.value,
    right: right.value,
    ...span,
  })),
  rule("labelFilter", ["labelFilter", "OR", "labelFilter"], ([left, , right], span) => ({
    kind: "or",
    left: left.value,
    right: right.value,
    ...span,
  })),
  rule("dropKeep", ["DROP", "namedLabels"], ([, labels], span) => ({ kind: "drop", labels: labels.value, ...span })),
  rule("dropKeep", ["KEEP", "namedLabels"], ([, labels], span) => ({ kind: "keep", labels: labels.value, ...span })),
  rule("namedLabels", list("namedLabel"), ([label]) => [label.value]),
  rule("namedLabels", ["namedLabels", "COMMA", "namedLabel"], ([first, , next]) => [...first.value, next.value]),
  rule("namedLabel", ["IDENTIFIER"], ([name], span) => ({ name: name.value.text, matcher: null, ...span })),
  rule("namedLabel", list("matcher"), ([matcher], span) => ({
    name: matcher.value.name,
    matcher: matcher.value,
    ...span,
  })),
];
