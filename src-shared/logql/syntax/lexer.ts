import { type LogQlError, parseErrorText } from "../logql-error.ts";
import { parseByteSize } from "../text/byte-size.ts";
import { parseGoDuration, parsePrometheusDuration } from "../text/go-duration.ts";
import { unquoteGo } from "../text/go-quote.ts";
import { GoScanner, type ScanPosition } from "./go-scanner.ts";
import type { SourceRange } from "./source-range.ts";
import { FUNCTION_WORDS, PARSER_FLAGS, type Terminal, WRITTEN_TERMINALS } from "./tokens.ts";

export interface Token extends SourceRange {
  readonly kind: Terminal;
  /** What a STRING holds, an IDENTIFIER names, otherwise the text as it stands. */
  readonly text: string;
  /** Nanoseconds of a DURATION or RANGE, bytes of a BYTES; 0 for the rest. */
  readonly ns: bigint;
  readonly bytes: number;
  readonly position: ScanPosition;
}

/** Loki refuses longer queries (bytes). */
export const MAX_QUERY_BYTES = 131_072;

const DURATION_TAIL = /[\p{N}.nuµmshdwy]*/uy;
const BYTES_TAIL = /[\p{N}.bBkKmMgGtTpPi]*/uy;
const FLAG_TAIL = /[\p{L}-]*/uy;

function readDuration(text: string): bigint | null {
  const prometheus = parsePrometheusDuration(text);
  if (prometheus.ok) return prometheus.ns;
  const go = parseGoDuration(text);
  return go.ok ? go.ns : null;
}

/** Cuts a query into tokens. After the first error the rest of the text is the end, as for Loki's parser. */
export class LogQlLexer {
  /** The first is what Loki reports. */
  readonly errors: LogQlError[] = [];
  private readonly scanner: GoScanner;

  constructor(text: string) {
    this.scanner = new GoScanner(text, (message, position, from, to) => this.report(message, position, from, to));
  }

  next(): Token {
    const { scanner } = this;
    const kind = scanner.scan();
    const first = scanner.token();
    if (kind === "end") return this.token("$end", "");
    if (kind === "symbol" && first === "#") {
      const end = scanner.text.indexOf("\n", scanner.to);
      scanner.extend((end < 0 ? scanner.text.length : end) - scanner.to);
      return this.next();
    }
    if (kind === "number") return this.measure() ?? this.token("NUMBER", first);
    if (kind === "symbol" && first === "-") {
      const signed = this.signed();
      if (signed !== null) return signed;
    }
    if (kind === "string") {
      const value = unquoteGo(first);
      return value === null ? this.fail("invalid syntax") : this.token("STRING", value);
    }
    if (kind === "symbol" && first === "[") return this.range();
    const long = WRITTEN_TERMINALS.get(first + scanner.peek());
    if (long !== undefined && scanner.peek() !== "") {
      scanner.extend(1);
      return this.token(long, scanner.token());
    }
    const word = first.toLowerCase();
    const called = FUNCTION_WORDS.get(word);
    if (called !== undefined && this.isCalled()) return this.token(called, word);
    const written = WRITTEN_TERMINALS.get(word);
    return written === undefined ? this.token("IDENTIFIER", first) : this.token(written, word);
  }

  private token(kind: Terminal, text: string, ns = 0n, bytes = 0): Token {
    const { scanner } = this;
    return { kind, text, ns, bytes, position: scanner.position(), from: scanner.from, to: scanner.to };
  }

  private report(message: string, position: ScanPosition, from: number, to: number): void {
    const { line, column } = position;
    this.errors.push({ text: parseErrorText(message, line, column), line, column, from, to: Math.max(to, from + 1) });
  }

  private fail(message: string): Token {
    const { scanner } = this;
    this.report(message, scanner.position(), scanner.from, scanner.to);
    scanner.extend(scanner.text.length - scanner.to);
    return this.token("$end", "");
  }

  private tail(pattern: RegExp): string {
    pattern.lastIndex = this.scanner.to;
    return pattern.exec(this.scanner.text)?.[0] ?? "";
  }

  /** A number with a unit behind it: a duration or a size. */
  private measure(): Token | null {
    const number = this.scanner.token();
    const durationTail = this.tail(DURATION_TAIL);
    const ns = durationTail === "" ? null : readDuration(number + durationTail);
    if (ns !== null) {
      this.scanner.extend(durationTail.length);
      return this.token("DURATION", this.scanner.token(), ns);
    }
    const bytesTail = this.tail(BYTES_TAIL);
    const size = bytesTail === "" ? null : parseByteSize(number + bytesTail);
    if (size === null || !size.ok) return null;
    this.scanner.extend(bytesTail.length);
    return this.token("BYTES", this.scanner.token(), 0n, size.bytes);
  }

  /** `-5m` as one token, and the parser flags. */
  private signed(): Token | null {
    const durationTail = this.tail(DURATION_TAIL);
    const ns = durationTail === "" ? null : readDuration(`-${durationTail}`);
    if (ns !== null) {
      this.scanner.extend(durationTail.length);
      return this.token("DURATION", this.scanner.token(), ns);
    }
    const flagTail = this.tail(FLAG_TAIL);
    if (!PARSER_FLAGS.has(`-${flagTail}`)) return null;
    this.scanner.extend(flagTail.length);
    return this.token("PARSER_FLAG", this.scanner.token());
  }

  private range(): Token {
    const { scanner } = this;
    const end = scanner.text.indexOf("]", scanner.to);
    const inner = scanner.text.slice(scanner.to, end < 0 ? undefined : end);
    scanner.extend(inner.length + (end < 0 ? 0 : 1));
    if (end < 0) return this.fail("missing closing ']' in duration");
    const duration = parsePrometheusDuration(inner);
    return duration.ok ? this.token("RANGE", inner, duration.ns) : this.fail(duration.error);
  }

  private isCalled(): boolean {
    return /^\s*(?:\(|(?:by|without)\s*\()/.test(this.scanner.text.slice(this.scanner.to, this.scanner.to + 4_096));
  }
}
