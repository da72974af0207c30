/**
 * Walks over the members of a JSON object in bytes, without decoding anything: values are places in the bytes. Strings and
 * brackets are followed exactly; what is inside nested values is not judged. One object is used again and again.
 */
export class JsonMembers {
  keyStart = 0;
  keyEnd = 0;
  /** Of the value, with its quotes or brackets. */
  valueStart = 0;
  valueEnd = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #first = true;
  #whole = false;

  /** The object begins at `at`, with its brace, and ends before `end`. */
  start(bytes: Uint8Array, at: number, end: number): void {
    this.#bytes = bytes;
    this.#at = at + 1;
    this.#end = end;
    this.#first = true;
    this.#whole = false;
    if (bytes[at] !== 123) this.#at = end + 1;
  }

  /** Whether the object was read to its closing brace; known when `next` has answered `false`. */
  get whole(): boolean {
    return this.#whole;
  }

  /** Where the object ends, with its brace; only when it is whole. */
  get objectEnd(): number {
    return this.#at;
  }

  keyIs(name: Uint8Array): boolean {
    if (this.keyEnd - this.keyStart !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (this.#bytes[this.keyStart + i] !== name[i]) return false;
    return true;
  }

  /** Goes to the next member; `false` at the object's end and where it is no JSON. */
  next(): boolean {
    const bytes = this.#bytes;
    let p = skipBlank(bytes, this.#at, this.#end);
    if (p >= this.#end) return false;
    if (bytes[p] === 125) {
      this.#whole = true;
      this.#at = p + 1;
      return false;
    }
    if (!this.#first) {
      if (bytes[p] !== 44) return false;
      p = skipBlank(bytes, p + 1, this.#end);
    }
    this.#first = false;
    if (bytes[p] !== 34) return false;
    const keyEnd = stringEnd(bytes, p, this.#end);
    if (keyEnd < 0) return false;
    this.keyStart = p + 1;
    this.keyEnd = keyEnd - 1;
    p = skipBlank(bytes, keyEnd, this.#end);
    if (p >= this.#end || bytes[p] !== 58) return false;
    p = skipBlank(bytes, p + 1, this.#end);
    const valueEnd = jsonValueEnd(bytes, p, this.#end);
    if (valueEnd < 0) return false;
    this.valueStart = p;
    this.valueEnd = valueEnd;
    this.#at = valueEnd;
    return true;
  }
}

/** The first byte from `at` on that is no JSON white space. */
export function skipBlank(bytes: Uint8Array, at: number, end: number): number {
  let p = at;
  while (p < end) {
    const byte = bytes[p];
    if (byte !== 32 && byte !== 9 && byte !== 10 && byte !== 13) break;
    p += 1;
  }
  return p;
}

/** Where the string that begins with the quote at `at` ends, after its closing quote; -1 when it does not. */
export function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  for (let p = at + 1; p < end; p++) {
    const byte = bytes[p];
    if (byte === 34) return p + 1;
    if (byte === 92) p += 1;
  }
  return -1;
}

/** Where the value at `at` ends; -1 when there is none or it does not end. */
export function jsonValueEnd(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  if (at >= end || first === undefined) return -1;
  if (first === 34) return stringEnd(bytes, at, end);
  if (first === 123 || first === 91) return nestedEnd(bytes, at, end);
  let p = at;
  while (p < end) {
    const byte = bytes[p] ?? 0;
    if (byte === 44 || byte === 125 || byte === 93 || byte <= 32) break;
    p += 1;
  }
  return isScalar(bytes, at, p) ? p : -1;
}

function nestedEnd(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0;
  for (let p = at; p < end; p++) {
    const byte = bytes[p];
    if (byte === 34) {
      p = stringEnd(bytes, p, end) - 1;
      if (p < 0) return -1;
    } else if (byte === 123 || byte === 91) depth += 1;
    else if (byte === 125 || byte === 93) {
      depth -= 1;
      if (depth === 0) return p + 1;
    }
  }
  return -1;
}

/** A number, or one of the three words by their lengths. */
function isScalar(bytes: Uint8Array, at: number, end: number): boolean {
  const first = bytes[at] ?? 0;
  if (first === 116 || first === 110) return end - at === 4;
  if (first === 102) return end - at === 5;
  return end > at && (first === 45 || (first >= 48 && first <= 57));
}
