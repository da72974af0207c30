import { ByteCursor } from "../byte-cursor.ts";
import type { TsdbFindings } from "./tsdb-finding.ts";
import { checkedSection, sectionEnd, type TsdbToc } from "./tsdb-toc.ts";

const decoder = new TextDecoder();

/** Names and values of labels. A reference is an ordinal, in version 1 the byte offset in the file. */
export class TsdbSymbols {
  readonly #file: Uint8Array;
  readonly #starts: Uint32Array;
  readonly #lengths: Uint32Array;
  readonly #byOffset: ReadonlyMap<number, number> | null;
  readonly #texts = new Map<number, string>();

  constructor(
    file: Uint8Array,
    starts: Uint32Array,
    lengths: Uint32Array,
    byOffset: ReadonlyMap<number, number> | null,
  ) {
    this.#file = file;
    this.#starts = starts;
    this.#lengths = lengths;
    this.#byOffset = byOffset;
  }

  get count(): number {
    return this.#starts.length;
  }

  /** `null` for a reference to nothing. */
  text(reference: number): string | null {
    const ordinal = this.#byOffset === null ? reference : this.#byOffset.get(reference);
    if (ordinal === undefined || ordinal >= this.#starts.length) return null;
    const known = this.#texts.get(ordinal);
    if (known !== undefined) return known;
    const start = this.#starts[ordinal] ?? 0;
    const text = decoder.decode(this.#file.subarray(start, start + (this.#lengths[ordinal] ?? 0)));
    this.#texts.set(ordinal, text);
    return text;
  }
}

/** Reads the symbol table: `u32 length, u32 count, count × (uvarint length, bytes), u32 CRC`. `null` where it cannot be. */
export function readTsdbSymbols(file: Uint8Array, toc: TsdbToc, findings: TsdbFindings): TsdbSymbols | null {
  const section = checkedSection(file, toc.symbols, sectionEnd(toc, toc.symbols));
  if (section === null) {
    findings.add({ kind: "symbols-unreadable", offset: toc.symbols });
    return null;
  }
  if (!section.sound) findings.add({ kind: "symbols-checksum", offset: toc.symbols });
  const cursor = new ByteCursor(file, section.start, section.end);
  const count = cursor.u32be();
  // Each takes a byte at least: a count of billions is no reason to reserve memory for them.
  if (count > cursor.left) {
    findings.add({ kind: "symbols-unreadable", offset: toc.symbols, actual: String(count) });
    return null;
  }
  const starts = new Uint32Array(count);
  const lengths = new Uint32Array(count);
  const byOffset = toc.version === 1 ? new Map<number, number>() : null;
  for (let ordinal = 0; ordinal < count; ordinal += 1) {
    byOffset?.set(cursor.at, ordinal);
    const length = cursor.uvarint();
    starts[ordinal] = cursor.at;
    lengths[ordinal] = length;
    cursor.take(length);
  }
  if (cursor.failed) {
    findings.add({ kind: "symbols-unreadable", offset: toc.symbols });
    return null;
  }
  return new TsdbSymbols(file, starts, lengths, byOffset);
}
