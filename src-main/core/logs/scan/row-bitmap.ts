/** A set of row numbers of one segment: bit `row % 32` of word `row / 32`. */
export type RowBitmap = Uint32Array<ArrayBuffer>;

export function emptyBitmap(rowCount: number): RowBitmap {
  return new Uint32Array(Math.ceil(rowCount / 32));
}

export function setBit(words: RowBitmap, row: number): void {
  words[row >>> 5] = (words[row >>> 5] ?? 0) | (1 << (row & 31));
}

export function hasBit(words: RowBitmap, row: number): boolean {
  return (((words[row >>> 5] ?? 0) >>> (row & 31)) & 1) === 1;
}

/** Bits set in rows `[from, to)`. */
export function countBits(words: RowBitmap, from: number, to: number): number {
  if (to <= from) return 0;
  const first = from >>> 5;
  const last = (to - 1) >>> 5;
  let count = 0;
  for (let index = first; index <= last; index += 1) count += ones(maskedWord(words, index, from, to));
  return count;
}

/** The row of the bit number `n`, counted from 0; -1 when there are not so many. */
export function nthBit(words: RowBitmap, n: number): number {
  let left = n;
  for (let index = 0; index < words.length; index += 1) {
    let word = words[index] ?? 0;
    const here = ones(word);
    if (left >= here) {
      left -= here;
      continue;
    }
    for (; left > 0; left -= 1) word &= word - 1;
    return index * 32 + lowestBit(word);
  }
  return -1;
}

/** The first set row at or after `from`; -1 when there is none. */
export function nextBit(words: RowBitmap, from: number): number {
  for (let index = from >>> 5; index < words.length; index += 1) {
    const word = maskedWord(words, index, from, words.length * 32);
    if (word !== 0) return index * 32 + lowestBit(word);
  }
  return -1;
}

/** The last set row before `to`; -1 when there is none. */
export function previousBit(words: RowBitmap, to: number): number {
  for (let index = Math.min(words.length - 1, (to - 1) >> 5); index >= 0; index -= 1) {
    const word = maskedWord(words, index, 0, to);
    if (word !== 0) return index * 32 + 31 - Math.clz32(word);
  }
  return -1;
}

/** Turns every bit of rows `[from, to)` round. */
export function flipBits(words: RowBitmap, from: number, to: number): void {
  for (let index = from >>> 5; index * 32 < to; index += 1) {
    words[index] = (words[index] ?? 0) ^ rangeMask(index, from, to);
  }
}

export function setRange(words: RowBitmap, from: number, to: number): void {
  for (let index = from >>> 5; index * 32 < to; index += 1) {
    words[index] = (words[index] ?? 0) | rangeMask(index, from, to);
  }
}

/** Keeps in `words` what is also in `other`. */
export function intersect(words: RowBitmap, other: RowBitmap): void {
  for (let index = 0; index < words.length; index += 1) words[index] = (words[index] ?? 0) & (other[index] ?? 0);
}

/** Adds to `words` what is in `other`. */
export function unite(words: RowBitmap, other: RowBitmap): void {
  for (let index = 0; index < words.length; index += 1) words[index] = (words[index] ?? 0) | (other[index] ?? 0);
}

function maskedWord(words: RowBitmap, index: number, from: number, to: number): number {
  return (words[index] ?? 0) & rangeMask(index, from, to);
}

/** The bits of word `index` that are rows of `[from, to)`. */
function rangeMask(index: number, from: number, to: number): number {
  const low = Math.max(0, from - index * 32);
  const high = Math.min(32, to - index * 32);
  if (low >= high) return 0;
  const upTo = high === 32 ? -1 : (1 << high) - 1;
  return upTo & (-1 << low);
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** Bits set in a word, by adding neighbours pairwise. */
function ones(word: number): number {
  let sum = word - ((word >>> 1) & 0x55555555);
  sum = (sum & 0x33333333) + ((sum >>> 2) & 0x33333333);
  sum = (sum + (sum >>> 4)) & 0x0f0f0f0f;
  return Math.imul(sum, 0x01010101) >>> 24;
}
