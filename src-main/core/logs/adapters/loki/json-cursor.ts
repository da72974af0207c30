/** A piece of a buffer; for a string without its quotes, for an object with its braces. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** Whether a string has escapes. */
  readonly escaped: boolean;
}

/** Steps through the bytes of compact JSON. Every step answers whether it could be made; the place moves only if so. */
export class JsonCursor {
  at: number;
  readonly #buffer: Buffer;

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer;
    this.at = at;
  }

  moveTo(at: number): void {
    this.at = at;
  }

  isAt(character: string): boolean {
    return this.#buffer[this.at] === character.charCodeAt(0);
  }

  /** One byte of ASCII. */
  take(character: string): boolean {
    if (this.#buffer[this.at] !== character.charCodeAt(0)) return false;
    this.at++;
    return true;
  }

  /** A short text of ASCII. */
  takeText(text: string): boolean {
    for (let index = 0; index < text.length; index++) {
      if (this.#buffer[this.at + index] !== text.charCodeAt(index)) return false;
    }
    this.at += text.length;
    return true;
  }

  takeBytes(bytes: Uint8Array): boolean {
    for (let index = 0; index < bytes.length; index++) {
      if (this.#buffer[this.at + index] !== bytes[index]) return false;
    }
    this.at += bytes.length;
    return true;
  }

  /** Nineteen digits, of which the first is not 0 and not above 8: a time of 2001 to 2255. */
  digits19(): boolean {
    const first = this.#buffer[this.at] ?? 0;
    if (first < 0x31 || first > 0x38) return false;
    for (let index = this.at + 1; index < this.at + 19; index++) {
      const byte = this.#buffer[index] ?? 0;
      if (byte < 0x30 || byte > 0x39) return false;
    }
    this.at += 19;
    return true;
  }

  /** The rest of a string whose opening quote was taken; the closing quote is taken too. */
  stringRest(): Span | null {
    const buffer = this.#buffer;
    const start = this.at;
    const quote = buffer.indexOf(0x22, start);
    if (quote < 0) return null;
    for (let index = start; index < quote; index++) {
      const byte = buffer[index] ?? 0;
      if (byte === 0x5c) return this.#escapedRest(start, index);
      // JSON has no bare control characters in a string.
      if (byte < 0x20) return null;
    }
    this.at = quote + 1;
    return { start, end: quote, escaped: false };
  }

  /** An object of strings and of objects of strings, as labels and metadata are. */
  object(): Span | null {
    const start = this.at;
    if (!this.take("{")) return null;
    if (this.take("}")) return { start, end: this.at, escaped: false };
    do {
      if (!this.take('"') || this.stringRest() === null || !this.take(":")) return null;
      if (this.take('"')) {
        if (this.stringRest() === null) return null;
      } else if (this.object() === null) return null;
    } while (this.take(","));
    return this.take("}") ? { start, end: this.at, escaped: false } : null;
  }

  text(span: Span): string {
    return this.#buffer.toString("utf8", span.start, span.end);
  }

  #escapedRest(start: number, backslash: number): Span | null {
    const buffer = this.#buffer;
    let index = backslash;
    for (;;) {
      const byte = buffer[index];
      if (byte === undefined || byte < 0x20) return null;
      if (byte === 0x22) break;
      if (byte !== 0x5c) {
        index++;
        continue;
      }
      const escape = buffer[index + 1] ?? 0;
      if (escape === 0x75) {
        if (!isHex4(buffer, index + 2)) return null;
        index += 6;
      } else if (isSimpleEscape(escape)) index += 2;
      else return null;
    }
    this.at = index + 1;
    return { start, end: index, escaped: true };
  }
}

function isHex4(buffer: Buffer, at: number): boolean {
  for (let index = at; index < at + 4; index++) {
    const byte = buffer[index] ?? 0;
    const digit = byte >= 0x30 && byte <= 0x39;
    const letter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66;
    if (!digit && !letter) return false;
  }
  return true;
}

/** `"`, `\`, `/`, `b`, `f`, `n`, `r`, `t`. */
function isSimpleEscape(byte: number): boolean {
  return (
    byte === 0x22 ||
    byte === 0x5c ||
    byte === 0x2f ||
    byte === 0x62 ||
    byte === 0x66 ||
    byte === 0x6e ||
    byte === 0x72 ||
    byte === 0x74
  );
}
