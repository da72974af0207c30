import { isAscii } from "node:buffer";
import type { TextMatch } from "../../../../src-shared/api/logs.api.ts";
import type { PackedRows } from "../result-set/packed-rows.ts";
import { foldAscii } from "../../common/ascii-fold.ts";
import { compileLineRegex } from "./line-regex.ts";
import type { RequiredLiteral } from "../../../../src-shared/logql/regex/required-literal.ts";
import type { ScanScratch } from "./scan-scratch.ts";

/** Finds the rows of packed rows whose line matches, from one row on. */
export interface TextMatcher {
  visitMatches(rows: PackedRows, fromRow: number, visit: (row: number) => void): void;
}

/**
 * A matcher for what a person typed. A literal is searched in the bytes of all lines at once; without regard to case this
 * means ASCII letters, or, where the literal has other letters with case, Unicode's simple folding. A regular expression is
 * RE2's, over each line that holds the literal which it cannot do without.
 * @throws `logs.pattern-invalid`
 */
export function compileTextMatcher(match: TextMatch, scratch: ScanScratch): TextMatcher {
  if (match.kind === "literal") {
    if (match.caseSensitive) return new LiteralMatcher({ text: match.pattern, fold: false }, scratch, null);
    if (hasOnlyAsciiCase(match.pattern)) return new LiteralMatcher({ text: match.pattern, fold: true }, scratch, null);
    const escaped = match.pattern.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
    const regex = new RegExp(escaped, "iu");
    return new LineMatcher((line) => regex.test(line));
  }
  const regex = compileLineRegex(match.pattern, match.caseSensitive);
  if (regex.required === null) return new LineMatcher(regex.test);
  return new LiteralMatcher(regex.required, scratch, regex.test);
}

function hasOnlyAsciiCase(text: string): boolean {
  const others = text.replaceAll(/\p{ASCII}/gu, "");
  return others.toLowerCase() === others.toUpperCase();
}

class LiteralMatcher implements TextMatcher {
  readonly #needle: Buffer;
  readonly #fold: boolean;
  readonly #scratch: ScanScratch;
  readonly #confirm: ((line: string) => boolean) | null;

  /** `confirm` is asked about each line that holds the literal; `null` when the literal is all. */
  constructor(literal: RequiredLiteral, scratch: ScanScratch, confirm: ((line: string) => boolean) | null) {
    this.#needle = Buffer.from(literal.text);
    if (literal.fold) foldAscii(this.#needle, this.#needle);
    this.#fold = literal.fold;
    this.#scratch = scratch;
    this.#confirm = confirm;
  }

  visitMatches(rows: PackedRows, fromRow: number, visit: (row: number) => void): void {
    const confirm = this.#confirm;
    const bytes = this.#fold ? this.#scratch.foldedLines(rows) : rows.lines;
    visitRowsWith(rows, bytes, this.#needle, fromRow, (row) => {
      if (confirm === null || confirm(rows.line(row).toString())) visit(row);
    });
  }
}

class LineMatcher implements TextMatcher {
  readonly #test: (line: string) => boolean;

  constructor(test: (line: string) => boolean) {
    this.#test = test;
  }

  visitMatches(rows: PackedRows, fromRow: number, visit: (row: number) => void): void {
    const { table, lines, rowCount } = rows;
    // An ASCII text is the same in Latin-1, which needs no decoding.
    const encoding = isAscii(lines) ? "latin1" : "utf8";
    for (let row = fromRow; row < rowCount; row += 1) {
      if (this.#test(lines.toString(encoding, table.lineStart(row), table.lineEnd(row)))) visit(row);
    }
  }
}

/** The rows whose line holds `needle` within its borders. `bytes` are the rows' line bytes, or a copy as long. */
function visitRowsWith(
  rows: PackedRows,
  bytes: Buffer,
  needle: Buffer,
  fromRow: number,
  visit: (row: number) => void,
): void {
  const { table, rowCount } = rows;
  let row = fromRow;
  let at = table.lineStart(fromRow);
  while (row < rowCount) {
    const hit = bytes.indexOf(needle, at);
    if (hit === -1) return;
    row = table.rowOfLineByte(hit, row, rowCount);
    const end = table.lineEnd(row);
    if (hit + needle.length > end) {
      at = hit + 1;
      continue;
    }
    visit(row);
    at = end;
    row += 1;
  }
}
