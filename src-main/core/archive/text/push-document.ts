import { JsonMembers, jsonValueEnd, skipBlank, stringEnd } from "./json-members.ts";

/** A row of a push body, as its JSON is written. */
export interface PushRow {
  readonly labels: Buffer;
  readonly ts: Buffer;
  readonly line: Buffer;
  readonly metadata: Buffer | null;
  readonly parsed: Buffer | null;
}

type Place = "document" | "streams" | "stream" | "values";

/** Rows before their stream's labels are known are held, but no more than this. */
const MAX_HELD_BYTES = 64 * 2 ** 20;

/**
 * Takes Loki's push bodies (`{"streams":[{"stream":{…},"values":[[ts,line,metadata?],…]},…]}`) and answers to log queries
 * (`{"data":{"resultType":"streams","result":[…]}}`) apart while they are read, one document after another. Give it bytes with
 * `feed`; what is not complete waits for more.
 */
export class PushReader {
  readonly #onRow: (row: PushRow) => void;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #consumed = 0;
  readonly #places: Place[] = [];
  #labels: Buffer | null = null;
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** Where the first thing that is no such document begins, in bytes from the beginning. */
  brokenAt: number | null = null;

  constructor(onRow: (row: PushRow) => void) {
    this.#onRow = onRow;
  }

  /** Whether everything was read to the end of a document. */
  get atRest(): boolean {
    return this.#places.length === 0 && skipBlank(this.#bytes, this.#at, this.#bytes.length) === this.#bytes.length;
  }

  /** Bytes that wait for the rest of a value. */
  get waitingBytes(): number {
    return this.#bytes.length - this.#at;
  }

  feed(chunk: Buffer): void {
    this.#consumed += this.#at;
    this.#bytes = this.#at === this.#bytes.length ? chunk : Buffer.concat([this.#bytes.subarray(this.#at), chunk]);
    this.#at = 0;
    while (this.#step()) {
      // Each step reads one name, bracket, value or row.
    }
  }

  /** One unit; `false` where it is not complete. */
  #step(): boolean {
    const bytes = this.#bytes;
    const end = bytes.length;
    let at = skipSeparators(bytes, this.#at, end);
    if (at >= end) return false;
    const place = this.#places.at(-1);
    const byte = bytes[at];
    if (place === undefined) {
      if (byte !== 123) return this.#skipBroken(at);
      return this.#enter("document", at + 1);
    }
    if (place === "streams" || place === "values") {
      if (byte === 93) return this.#leave(at + 1);
      if (place === "streams") return byte === 123 ? this.#enter("stream", at + 1) : this.#skipBroken(at);
      if (byte !== 91) return this.#skipBroken(at);
      const close = jsonValueEnd(bytes, at, end);
      if (close < 0) return false;
      this.#row(bytes.subarray(at, close));
      this.#at = close;
      return true;
    }
    if (byte === 125) {
      if (place === "stream") this.#endStream();
      return this.#leave(at + 1);
    }
    if (byte !== 34) return this.#skipBroken(at);
    const nameEnd = stringEnd(bytes, at, end);
    if (nameEnd < 0) return false;
    const name = bytes.toString("latin1", at + 1, nameEnd - 1);
    at = skipBlank(bytes, nameEnd, end);
    if (at >= end) return false;
    if (bytes[at] !== 58) return this.#skipBroken(at);
    at = skipBlank(bytes, at + 1, end);
    if (at >= end) return false;
    return this.#member(place, name, at);
  }

  #member(place: "document" | "stream", name: string, at: number): boolean {
    const bytes = this.#bytes;
    const byte = bytes[at];
    if (place === "document" && name === "data" && byte === 123) return this.#enter("document", at + 1);
    if (place === "document" && (name === "streams" || name === "result") && byte === 91) {
      return this.#enter("streams", at + 1);
    }
    if (place === "stream" && name === "values" && byte === 91) return this.#enter("values", at + 1);
    const close = jsonValueEnd(bytes, at, bytes.length);
    // A bare value may go on in the next piece.
    if (close < 0 || close === bytes.length) return byte === 44 || byte === 125 ? this.#skipBroken(at) : false;
    if (place === "stream" && name === "stream" && byte === 123) {
      this.#labels = Buffer.from(bytes.subarray(at, close));
      this.#giveHeld();
    }
    this.#at = close;
    return true;
  }

  #row(row: Buffer): void {
    if (this.#labels !== null) {
      this.#emit(this.#labels, row);
      return;
    }
    this.#heldBytes += row.length;
    if (this.#heldBytes > MAX_HELD_BYTES) this.brokenAt ??= this.#consumed + this.#at;
    else this.#held.push(Buffer.from(row));
  }

  #giveHeld(): void {
    if (this.#labels === null) return;
    for (const row of this.#held) this.#emit(this.#labels, row);
    this.#held = [];
    this.#heldBytes = 0;
  }

  #endStream(): void {
    // Rows of a stream that says no labels.
    this.#labels ??= Buffer.from("{}");
    this.#giveHeld();
    this.#labels = null;
  }

  #emit(labels: Buffer, row: Buffer): void {
    const values: Buffer[] = [];
    for (let at = 1; at < row.length - 1;) {
      const begin = skipSeparators(row, at, row.length - 1);
      const close = jsonValueEnd(row, begin, row.length - 1);
      if (close < 0) break;
      values.push(row.subarray(begin, close));
      at = close;
    }
    const [ts, line, extra] = values;
    if (ts === undefined || line === undefined || line[0] !== 34) this.brokenAt ??= this.#consumed + this.#at;
    else this.#onRow({ labels, ts, line, ...extraOf(extra) });
  }

  #enter(place: Place, at: number): true {
    this.#places.push(place);
    this.#at = at;
    return true;
  }

  #leave(at: number): true {
    this.#places.pop();
    this.#at = at;
    return true;
  }

  /** What is no such document is passed over, up to a line that begins with a brace. */
  #skipBroken(at: number): boolean {
    this.brokenAt ??= this.#consumed + at;
    this.#endStream();
    this.#places.length = 0;
    let next = at;
    do {
      next = this.#bytes.indexOf(10, next) + 1;
      if (next === 0) {
        this.#at = this.#bytes.length;
        return false;
      }
    } while (next < this.#bytes.length && this.#bytes[next] !== 123);
    this.#at = next;
    return true;
  }
}

/** Structured metadata as a push has it, or as an answer with `categorize-labels` has it. */
function extraOf(extra: Buffer | undefined): { readonly metadata: Buffer | null; readonly parsed: Buffer | null } {
  if (extra === undefined || extra[0] !== 123) return { metadata: null, parsed: null };
  const members = new JsonMembers();
  let metadata: Buffer | null = null;
  let parsed: Buffer | null = null;
  members.start(extra, 0, extra.length);
  while (members.next()) {
    const name = extra.toString("latin1", members.keyStart, members.keyEnd);
    if (extra[members.valueStart] !== 123) return { metadata: extra, parsed: null };
    const value = extra.subarray(members.valueStart, members.valueEnd);
    if (name === "structuredMetadata") metadata = value;
    else if (name === "parsed") parsed = value;
    else return { metadata: extra, parsed: null };
  }
  return { metadata, parsed };
}

function skipSeparators(bytes: Uint8Array, at: number, end: number): number {
  let p = skipBlank(bytes, at, end);
  while (p < end && bytes[p] === 44) p = skipBlank(bytes, p + 1, end);
  return p;
}
