import type { LabelFilter, LineFilterStage, Stage } from "../ast.ts";
import { type LogQlSyntaxError, stageError } from "../logql-error.ts";
import { parseIpPattern } from "../parsers/ip-pattern.ts";
import { readJsonPath, readLogfmtKey } from "../parsers/json-path.ts";
import { readFilterPattern } from "../parsers/pattern-expression.ts";
import { printLabelFilter, printStage } from "../printer.ts";
import { re2Error } from "../regex/re2-syntax.ts";
import { templateError } from "../template/template-parser.ts";
import { quoteGo } from "../text/go-quote.ts";
import type { SourceRange } from "./source-range.ts";

function refuse(stage: Stage, message: string, range: SourceRange = stage): LogQlSyntaxError {
  return stageError(printStage(stage), message, range);
}

function ipError(pattern: string): string | null {
  return parseIpPattern(pattern) === null ? `ip: invalid pattern: ${quoteGo(pattern)}` : null;
}

function checkLineFilter(stage: LineFilterStage): void {
  const isRegex = stage.op === "|~" || stage.op === "!~";
  const isPattern = stage.op === "|>" || stage.op === "!>";
  for (const operand of stage.operands) {
    if (operand.ip) {
      if (isRegex || isPattern) throw refuse(stage, "ip: invalid operation", operand);
      const error = ipError(operand.text);
      if (error !== null && stage.operands.length === 1) throw refuse(stage, error, operand);
      continue;
    }
    const regexError = isRegex ? re2Error(operand.text) : null;
    if (regexError !== null) throw refuse(stage, regexError, operand);
    const pattern = isPattern ? readFilterPattern(operand.text) : null;
    if (pattern !== null && !pattern.ok) throw refuse(stage, pattern.error, operand);
  }
}

function checkFilter(filter: LabelFilter): void {
  if (filter.kind === "and" || filter.kind === "or") {
    checkFilter(filter.left);
    checkFilter(filter.right);
  } else if (filter.kind === "ip") {
    const error = ipError(filter.pattern);
    if (error !== null) throw stageError(`| ${printLabelFilter(filter)}`, error, filter);
  }
}

function checkStage(stage: Stage): void {
  switch (stage.kind) {
    case "lineFilter":
      return checkLineFilter(stage);
    case "labelFilter":
      return checkFilter(stage.filter);
    case "json":
    case "logfmt":
      for (const extraction of stage.extractions) {
        const read = stage.kind === "json" ? readJsonPath : readLogfmtKey;
        const reading = read(extraction.expression);
        if (!reading.ok) throw refuse(stage, reading.error, extraction);
      }
      return;
    case "lineFormat": {
      const error = templateError("line", stage.template);
      if (error !== null) throw refuse(stage, `invalid line template: ${error}`);
      return;
    }
    case "labelFormat": {
      const names = new Set<string>();
      for (const format of stage.formats) {
        if (format.name === "__error__") throw refuse(stage, `${format.name} cannot be formatted`, format);
        if (names.has(format.name)) {
          throw refuse(stage, `multiple label name '${format.name}' not allowed in a single format operation`, format);
        }
        names.add(format.name);
      }
      for (const { name, value, rename, from, to } of stage.formats) {
        const error = rename ? null : templateError("label", value);
        if (error !== null) throw refuse(stage, `invalid template for label '${name}': ${error}`, { from, to });
      }
      return;
    }
    case "regexp":
    case "pattern":
    case "unpack":
    case "decolorize":
    case "drop":
    case "keep":
      return;
  }
}

/** Checks what stands in the strings of a pipeline; throws `LogQlSyntaxError` as Loki words it. */
export function checkStages(stages: readonly Stage[]): void {
  for (const stage of stages) checkStage(stage);
}
