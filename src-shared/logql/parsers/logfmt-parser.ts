import type { LabelExtraction } from "../ast.ts";
import { PARSED_LABEL } from "../pipeline/labels-builder.ts";
import type { StageRunner } from "../pipeline/line-state.ts";
import { parsersIdle, passesEarly } from "../pipeline/parser-hints.ts";
import { readLogfmtKey } from "./json-path.ts";
import { labelNames, withoutInvalid } from "./label-name.ts";
import { LogfmtScanner } from "./logfmt-scan.ts";

export const LOGFMT_ERROR = "LogfmtParserErr";

export interface LogfmtFlags {
  readonly strict: boolean;
  readonly keepEmpty: boolean;
}

/** `| logfmt`: every pair a label. Malformed pairs are skipped; with `--strict` the first one ends it with an error. */
export function compileLogfmt({ strict, keepEmpty }: LogfmtFlags): StageRunner {
  const nameOf = labelNames(true);
  const scanner = new LogfmtScanner();
  return ({ line, labels }) => {
    if (parsersIdle(labels)) return true;
    scanner.reset(line);
    while (!scanner.atEnd()) {
      if (!scanner.next()) {
        if (strict) break;
        continue;
      }
      if (!keepEmpty && !scanner.hasValue()) continue;
      const plain = nameOf(scanner.key);
      if (plain === "") continue;
      const name = labels.claim(plain);
      if (name === null) continue;
      labels.set(PARSED_LABEL, name, withoutInvalid(scanner.value()));
      if (!passesEarly(labels, name)) return false;
      if (labels.allExtracted()) return true;
    }
    if (strict && scanner.error !== null) labels.setError(LOGFMT_ERROR, scanner.error);
    return true;
  };
}

/** `| logfmt a="key"`: only the named pairs, under the given names; one that is missing gives an empty label. */
export function compileLogfmtExpressions(extractions: readonly LabelExtraction[], flags: LogfmtFlags): StageRunner {
  const nameOf = labelNames(true);
  const scanner = new LogfmtScanner();
  const targets = extractions.map(({ name, expression }) => {
    const reading = readLogfmtKey(expression);
    return { name, key: reading.ok ? reading.key : expression };
  });
  return ({ line, labels }) => {
    if (parsersIdle(labels)) return true;
    for (const { name } of targets) if (labels.freeName(name) === name) labels.set(PARSED_LABEL, name, "");
    scanner.reset(line);
    while (!scanner.atEnd()) {
      if (!scanner.next()) {
        if (flags.strict) break;
        continue;
      }
      const key = nameOf(scanner.key);
      for (const target of targets) {
        if (target.key !== key && target.key !== scanner.key) continue;
        const value = scanner.value();
        labels.set(PARSED_LABEL, labels.freeName(target.name), value.includes("\ufffd") ? "" : value);
      }
    }
    if (flags.strict && scanner.error !== null) labels.setError(LOGFMT_ERROR, scanner.error);
    return true;
  };
}
