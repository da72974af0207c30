import { unescapeJson } from "./json-scan.ts";

/** Reads the pairs of a logfmt line one after the other, as Loki's reader does. */
export class LogfmtScanner {
  key = "";
  /** Begin and end of the value in the line, unless `escaped` holds it. */
  valueFrom = 0;
  valueTo = 0;
  /** The value, where it had escapes. */
  escaped: string | null = null;
  /** The first error, as a strict reader reports it. */
  error: string | null = null;
  private line = "";
  private at = 0;

  reset(line: string): void {
    this.line = line;
    this.at = 0;
    this.error = null;
  }

  atEnd(): boolean {
    return this.at >= this.line.length;
  }

  value(): string {
    return this.escaped ?? this.line.slice(this.valueFrom, this.valueTo);
  }

  hasValue(): boolean {
    return this.escaped === null ? this.valueTo > this.valueFrom : this.escaped !== "";
  }

  /** Reads the next pair; `false` at the end of the line, and behind a pair that is none. */
  next(): boolean {
    const { line } = this;
    const { length } = line;
    this.key = "";
    this.escaped = null;
    this.valueFrom = 0;
    this.valueTo = 0;
    let at = this.at;
    while (at < length && line.charCodeAt(at) <= 0x20) at++;
    if (at >= length) {
      this.at = length;
      return false;
    }
    const start = at;
    for (; at < length; at++) {
      const code = line.charCodeAt(at);
      if (code === 0x3d) break;
      if (code === 0x22) return this.unexpected(at, '"');
      if (code <= 0x20) {
        this.key = line.slice(start, at);
        this.at = at;
        return this.checkedKey(at);
      }
    }
    this.key = line.slice(start, at);
    if (at >= length) {
      this.at = length;
      return this.checkedKey(at);
    }
    if (at === start) return this.unexpected(at, "=");
    if (!this.checkedKey(at)) return false;
    at++;
    this.at = at;
    if (at >= length) return true;
    const first = line.charCodeAt(at);
    if (first <= 0x20) return true;
    return first === 0x22 ? this.quoted(at) : this.bare(at);
  }

  private checkedKey(at: number): boolean {
    if (!this.key.includes("\ufffd")) return true;
    this.fail(at, "invalid key");
    this.skip(at);
    return false;
  }

  private bare(start: number): boolean {
    const { line } = this;
    const { length } = line;
    let at = start;
    for (; at < length; at++) {
      const code = line.charCodeAt(at);
      if (code <= 0x20) break;
      if (code === 0x3d || code === 0x22) return this.unexpected(at, line.charAt(at));
    }
    this.at = at;
    this.valueFrom = start;
    this.valueTo = at;
    return true;
  }

  private quoted(start: number): boolean {
    const { line } = this;
    let search = start + 1;
    for (;;) {
      const end = line.indexOf('"', search);
      if (end < 0) {
        this.at = line.length;
        this.fail(line.length, "unterminated quoted value");
        return false;
      }
      let slashes = 0;
      while (line.charCodeAt(end - slashes - 1) === 0x5c && end - slashes - 1 > start) slashes++;
      if (slashes % 2 === 1) {
        search = end + 1;
        continue;
      }
      this.at = end + 1;
      this.valueFrom = start + 1;
      this.valueTo = end;
      const slash = line.indexOf("\\", start);
      if (slash < 0 || slash > end) return true;
      this.escaped = unescapeJson(line.slice(start + 1, end));
      if (this.escaped !== null) return true;
      this.fail(end + 1, "invalid quoted value");
      return false;
    }
  }

  private unexpected(at: number, char: string): boolean {
    this.fail(at, `unexpected '${char}'`);
    this.skip(at);
    return false;
  }

  private fail(at: number, message: string): void {
    const bytes = new TextEncoder().encode(this.line.slice(0, at)).length;
    this.error ??= `logfmt syntax error at pos ${bytes + 1} : ${message}`;
  }

  /** To the next space: the rest of a pair that is none. */
  private skip(from: number): void {
    let at = from;
    while (at < this.line.length && this.line.charCodeAt(at) > 0x20) at++;
    this.at = at;
  }
}
