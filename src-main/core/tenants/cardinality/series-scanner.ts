import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { withByteRoom } from "./growing-words.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Labels of one series at most; Loki takes 15 of a stream unless it is told otherwise (`max_label_names_per_series`). */
const MOST_LABELS = 1_024;

function badAnswer(problem: string): AppError {
  return new AppError("loki.bad-response", { status: 200, problem });
}

/**
 * Walks through the bytes of an answer of `/loki/api/v1/series` (`{"status":"success","data":[{"label":"value",…},…]}`) and
 * makes no text of them: a million series as objects are a gigabyte. After `next()`, label `i` of the series has its name
 * at `starts[2i]…ends[2i]` and its value at `starts[2i+1]…ends[2i+1]` of `source(2i)` and `source(2i+1)`.
 */
export class SeriesScanner {
  readonly starts = new Uint32Array(2 * MOST_LABELS);
  readonly ends = new Uint32Array(2 * MOST_LABELS);
  readonly #unescaped = new Uint8Array(2 * MOST_LABELS);
  readonly #bytes: Uint8Array;
  /** Texts that had escapes, of one series. */
  #scratch: Uint8Array<ArrayBuffer> = new Uint8Array(1_024);
  #scratchLength = 0;
  #at = 0;
  #began = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  source(text: number): Uint8Array {
    return this.#unescaped[text] === 1 ? this.#scratch : this.#bytes;
  }

  /** How many labels the next series has; `null` behind the last. @throws AppError `loki.bad-response` */
  next(): number | null {
    if (!this.#began) {
      this.#began = true;
      if (!this.#enter()) return null;
    } else {
      const after = this.#skipSpace();
      this.#at += 1;
      if (after === CLOSE_BRACKET) return this.#leave();
      if (after !== COMMA) throw badAnswer("no list of series");
    }
    const first = this.#skipSpace();
    if (first === CLOSE_BRACKET) return this.#leave();
    if (first !== OPEN_BRACE) throw badAnswer("a series that is no object");
    this.#at += 1;
    return this.#labels();
  }

  #labels(): number {
    this.#scratchLength = 0;
    if (this.#skipSpace() === CLOSE_BRACE) {
      this.#at += 1;
      return 0;
    }
    for (let count = 0; ;) {
      if (count === MOST_LABELS) throw badAnswer(`a series with more than ${MOST_LABELS} labels`);
      this.#text(2 * count);
      if (this.#skipSpace() !== COLON) throw badAnswer("a label without a value");
      this.#at += 1;
      this.#text(2 * count + 1);
      count += 1;
      const after = this.#skipSpace();
      this.#at += 1;
      if (after === CLOSE_BRACE) return count;
      if (after !== COMMA) throw badAnswer("a series that does not end");
    }
  }

  /** Up to the list in `data`; `false` when the answer has none, which is how Loki says that it is empty. */
  #enter(): boolean {
    if (this.#skipSpace() !== OPEN_BRACE) throw badAnswer("not JSON, or cut short");
    this.#at += 1;
    if (this.#skipSpace() === CLOSE_BRACE) throw badAnswer("an answer of another shape");
    for (;;) {
      this.#text(0);
      const key = Buffer.from(this.source(0).subarray(this.starts[0], this.ends[0])).toString("utf8");
      if (this.#skipSpace() !== COLON) throw badAnswer("not JSON, or cut short");
      this.#at += 1;
      const value = this.#skipSpace();
      if (key === "data" && value === OPEN_BRACKET) {
        this.#at += 1;
        return true;
      }
      if (key === "data" && this.#bytes[this.#at] === 0x6e) {
        this.#at += 4;
      } else if (value === QUOTE) {
        this.#text(0);
      } else throw badAnswer("an answer of another shape");
      const after = this.#skipSpace();
      this.#at += 1;
      if (after === CLOSE_BRACE) return false;
      if (after !== COMMA) throw badAnswer("not JSON, or cut short");
    }
  }

  /** What stands behind the list is looked at for no more than that the answer ends. */
  #leave(): null {
    for (let at = this.#bytes.length - 1; at >= this.#at - 1; at -= 1) {
      const byte = this.#bytes[at] ?? 0;
      if (byte === CLOSE_BRACE) return null;
      if (byte > 0x20) break;
    }
    throw badAnswer("not JSON, or cut short");
  }

  #skipSpace(): number {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw badAnswer("not JSON, or cut short");
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.#at += 1;
    }
  }

  #text(slot: number): void {
    const bytes = this.#bytes;
    if (this.#skipSpace() !== QUOTE) throw badAnswer("a label that is no text");
    const start = this.#at + 1;
    let at = start;
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.starts[slot] = start;
        this.ends[slot] = at;
        this.#unescaped[slot] = 0;
        this.#at = at + 1;
        return;
      }
      if (byte === BACKSLASH) break;
    }
    this.#escapedText(slot, start, at);
  }

  #escapedText(slot: number, start: number, firstEscape: number): void {
    const bytes = this.#bytes;
    let at = firstEscape;
    while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    if (at >= bytes.length) throw badAnswer("not JSON, or cut short");
    const quoted = Buffer.from(bytes.buffer, bytes.byteOffset + start - 1, at - start + 2).toString("utf8");
    let text: unknown;
    try {
      text = JSON.parse(quoted);
    } catch (error) {
      throw new AppError("loki.bad-response", { status: 200, problem: "not JSON, or cut short" }, { cause: error });
    }
    const decoded = Buffer.from(String(text), "utf8");
    const before = this.#scratchLength;
    this.#scratchLength += decoded.length;
    this.#scratch = withByteRoom(this.#scratch, this.#scratchLength);
    this.#scratch.set(decoded, before);
    this.starts[slot] = before;
    this.ends[slot] = this.#scratchLength;
    this.#unescaped[slot] = 1;
    this.#at = at + 1;
  }
}
