import { isUtf8 } from "node:buffer";
import { normalizeMetadataName } from "../../../../src-shared/logql/pipeline/labels-builder.ts";
import { foldAscii } from "../../common/ascii-fold.ts";
import type { BlockRows } from "../archive-block.ts";
import type { LineProbe } from "./line-probes.ts";

/** Below this share of rows left, lines are asked one by one instead of searching all bytes at once. */
const FEW = 1 / 64;
const BROKEN = Buffer.from("\ufffd");

/** Takes out of `mask` (1 for a row that is wanted) the rows in `[from, to)` that some probe refuses; gives how many are left. */
export function probeRows(
  rows: BlockRows,
  probes: readonly LineProbe[],
  mask: Uint8Array,
  from: number,
  to: number,
): number {
  let left = 0;
  for (let row = from; row < to; row += 1) left += mask[row] ?? 0;
  if (probes.length === 0 || left === 0) return left;
  const search = new BlockSearch(rows, from, to);
  for (const probe of probes.toSorted(bySelectivity)) {
    left = left < (to - from) * FEW ? askEach(search, probe, mask) : askAll(search, probe, mask);
    if (left === 0) return 0;
  }
  return left;
}

/** Long single texts first: they leave the fewest rows for the others. */
function bySelectivity(left: LineProbe, right: LineProbe): number {
  const weight = ({ needles, negative, unlessLabel, fold }: LineProbe): number =>
    (negative ? 1_000 : 0) +
    (unlessLabel === null ? 0 : 200) +
    (fold ? 100 : 0) +
    50 * needles.length -
    Math.min(...needles.map((needle) => needle.length), 49);
  return weight(left) - weight(right);
}

function askAll(search: BlockSearch, probe: LineProbe, mask: Uint8Array): number {
  const hits = search.rowsWith(probe);
  let left = 0;
  for (let row = search.from; row < search.to; row += 1) {
    if (mask[row] === 0) continue;
    const hit = hits[row] === 1;
    if (hit !== probe.negative || (!hit && search.isExcused(probe, row))) left += 1;
    else mask[row] = 0;
  }
  return left;
}

function askEach(search: BlockSearch, probe: LineProbe, mask: Uint8Array): number {
  let left = 0;
  for (let row = search.from; row < search.to; row += 1) {
    if (mask[row] === 0) continue;
    const hit = search.rowHas(probe, row);
    if (hit !== probe.negative || (!hit && search.isExcused(probe, row))) left += 1;
    else mask[row] = 0;
  }
  return left;
}

class BlockSearch {
  readonly from: number;
  readonly to: number;
  readonly #rows: BlockRows;
  readonly #bytes: Buffer;
  /** Lines lie one behind the other, so that one search may run over all of them. */
  readonly #inSequence: boolean;
  #folded: Buffer | null = null;
  readonly #labelled = new Map<string, Uint8Array>();

  constructor(rows: BlockRows, from: number, to: number) {
    this.#rows = rows;
    this.from = from;
    this.to = to;
    const { bytes } = rows;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#inSequence = areInSequence(rows, from, to);
  }

  /** 1 for each row whose line holds one of the probe's needles. */
  rowsWith(probe: LineProbe): Uint8Array {
    const hits = new Uint8Array(this.#rows.rowCount);
    if (!this.#inSequence) {
      for (let row = this.from; row < this.to; row += 1) if (this.rowHas(probe, row)) hits[row] = 1;
      return hits;
    }
    for (const needle of probe.needles) this.#mark(needle, probe.fold, hits);
    return hits;
  }

  rowHas({ needles, fold }: LineProbe, row: number): boolean {
    const start = this.#rows.lineStarts[row] ?? 0;
    const end = this.#rows.lineEnds[row] ?? 0;
    let line = this.#bytes.subarray(start, end);
    if (fold) {
      const copy = Buffer.allocUnsafe(line.length);
      foldAscii(line, copy);
      line = copy;
    }
    for (const needle of needles) if (line.includes(needle)) return true;
    return false;
  }

  /** Whether a row without the text passes all the same. */
  isExcused({ unlessLabel, orBroken }: LineProbe, row: number): boolean {
    if (unlessLabel === null) return false;
    if (this.#streamsWith(unlessLabel)[this.#rows.streamRefs[row] ?? 0] === 1) return true;
    if (orBroken && this.#isBroken(row)) return true;
    const metadata = this.#rows.metadata?.(row);
    if (metadata === undefined) return false;
    // A name that the stream has too becomes another one.
    return Object.keys(metadata).some((name) => {
      const plain = normalizeMetadataName(name);
      return plain === unlessLabel || `${plain}_extracted` === unlessLabel;
    });
  }

  #isBroken(row: number): boolean {
    const line = this.#bytes.subarray(this.#rows.lineStarts[row], this.#rows.lineEnds[row]);
    return !isUtf8(line) || line.includes(BROKEN);
  }

  #streamsWith(label: string): Uint8Array {
    let known = this.#labelled.get(label);
    if (known === undefined) {
      known = Uint8Array.from(this.#rows.streams, (labels) => (Object.hasOwn(labels, label) ? 1 : 0));
      this.#labelled.set(label, known);
    }
    return known;
  }

  #mark(needle: Buffer, fold: boolean, hits: Uint8Array): void {
    const { lineStarts, lineEnds } = this.#rows;
    const bytes = (fold ? this.#foldedBytes() : this.#bytes).subarray(0, lineEnds[this.to - 1] ?? 0);
    const { length } = needle;
    let row = this.from;
    let at = lineStarts[row] ?? 0;
    for (;;) {
      const hit = bytes.indexOf(needle, at);
      if (hit < 0) return;
      while (row < this.to && (lineEnds[row] ?? 0) <= hit) row += 1;
      if (row >= this.to) return;
      const end = lineEnds[row] ?? 0;
      if (hit < (lineStarts[row] ?? 0) || hit + length > end) {
        at = hit + 1;
        continue;
      }
      hits[row] = 1;
      row += 1;
      if (row >= this.to) return;
      at = end;
    }
  }

  #foldedBytes(): Buffer {
    if (this.#folded === null) {
      // As far from a word's beginning as the source, so that whole words can be copied.
      const skew = this.#bytes.byteOffset & 3;
      this.#folded = Buffer.allocUnsafeSlow(this.#bytes.length + skew).subarray(skew);
      foldAscii(this.#bytes, this.#folded);
    }
    return this.#folded;
  }
}

function areInSequence({ lineStarts, lineEnds }: BlockRows, from: number, to: number): boolean {
  for (let row = from + 1; row < to; row += 1) if ((lineStarts[row] ?? 0) < (lineEnds[row - 1] ?? 0)) return false;
  return true;
}
