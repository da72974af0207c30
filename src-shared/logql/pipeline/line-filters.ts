import type { LineFilterOperand, LineFilterOp, LineFilterStage } from "../ast.ts";
import { lineHasIp, parseIpPattern } from "../parsers/ip-pattern.ts";
import { type PatternPart, readFilterPattern } from "../parsers/pattern-expression.ts";
import { compileSearch, type TextTest } from "../regex/regex-test.ts";
import { lokiLineFilter } from "./loki-376-bugs.ts";
import type { PipelineOptions } from "./line-state.ts";

/**
 * Whether a line has the shape of a pattern: its texts one after the other with something between them; the first one may
 * stand anywhere when it leads, the last one must end the line when it ends the pattern.
 */
export function patternTest(parts: readonly PatternPart[]): TextTest {
  const last = parts.at(-1);
  if (last === undefined) return (line) => line === "";
  const endsOpen = last.kind === "capture";
  return (line) => {
    if (line === "") return false;
    let at = 0;
    for (const [index, part] of parts.entries()) {
      if (part.kind === "capture") continue;
      const found = line.indexOf(part.text, at);
      if (found < 0 || (index > 0 && found === at)) return false;
      at = found + part.text.length;
    }
    return endsOpen === at < line.length;
  };
}

function never(): boolean {
  return false;
}

function operandTest(op: LineFilterOp, operand: LineFilterOperand): TextTest {
  const { text, ip } = operand;
  if (ip) {
    const pattern = parseIpPattern(text);
    return pattern === null ? never : (line) => lineHasIp(pattern, line);
  }
  if (op === "|~" || op === "!~") return compileSearch(text);
  if (op === "|>" || op === "!>") {
    const reading = readFilterPattern(text);
    return reading.ok ? patternTest(reading.parts) : never;
  }
  return (line) => line.includes(text);
}

export function isNegative(op: LineFilterOp): boolean {
  return op.startsWith("!");
}

/** A line filter as a test of the line: any operand matches, or none with a negative operator. */
export function compileLineFilter(stage: LineFilterStage, { compat }: Pick<PipelineOptions, "compat">): TextTest {
  const special = compat === "loki" ? lokiLineFilter(stage, (operand) => operandTest(stage.op, operand)) : null;
  if (special !== null) return special;
  const tests = stage.operands.map((operand) => operandTest(stage.op, operand));
  const [only = never] = tests;
  const positive: TextTest = tests.length === 1 ? only : (line) => tests.some((test) => test(line));
  return isNegative(stage.op) ? (line) => !positive(line) : positive;
}
