import { formatChunkKey, type ChunkKey } from "../../common/loki-format/chunk-key.ts";
import { ChunkColumns } from "./chunk-columns.ts";

const REFERENCED = 1;
const DAMAGED = 2;
const GONE = 4;
const SOUND = 8;

/** What is said of a chunk object that is there, for counting; its tenant by number of `tenantNames`. */
export interface CountedChunk {
  tenant: number;
  fromMs: number;
  throughMs: number;
  sizeBytes: number;
  referenced: boolean;
  damaged: boolean;
  sound: boolean;
}

interface BookedChunk {
  readonly key: string;
  readonly chunk: ChunkKey;
  readonly sizeBytes: number;
  readonly sound: boolean;
}

/**
 * All chunk objects of a bucket, to be compared with what its indexes name: by what a key says, however it is written. A million
 * take some 60 MB: columns of numbers, found by a table with open addressing.
 */
export class ChunkBook {
  readonly #tenants = new Map<string, number>();
  readonly #tenantNames: string[] = [];
  /** Keys that are not written as Loki's current schema writes them. */
  readonly #oddKeys = new Map<number, string>();
  #columns = new ChunkColumns(1_024);
  /** Numbers of chunks, one more than they are; 0 is free. Half of it is free at least. */
  #table = new Uint32Array(4_096);
  #count = 0;
  #gone = 0;

  get size(): number {
    return this.#count - this.#gone;
  }

  add(key: string, chunk: ChunkKey, sizeBytes: number): void {
    const known = this.#slotOf(chunk).number;
    if (known >= 0) this.#bringBack(known);
    const number = known >= 0 ? known : this.#append(chunk);
    this.#columns.sizes[number] = sizeBytes;
    if (key === formatChunkKey(chunk)) this.#oddKeys.delete(number);
    else this.#oddKeys.set(number, key);
  }

  /** The key that the chunk was added with; `null` where it was not. */
  keyOf(chunk: ChunkKey): string | null {
    const number = this.#numberOf(chunk);
    return number < 0 ? null : (this.#oddKeys.get(number) ?? formatChunkKey(chunk));
  }

  has(chunk: ChunkKey): boolean {
    return this.#numberOf(chunk) >= 0;
  }

  /** An object that was deleted since it was listed. */
  forget(chunk: ChunkKey): void {
    if (this.#mark(chunk, GONE)) this.#gone += 1;
  }

  markDamaged(chunk: ChunkKey): void {
    this.#mark(chunk, DAMAGED);
  }

  /** Read, now or before, and found to be what its key says. */
  markSound(chunk: ChunkKey): void {
    this.#mark(chunk, SOUND);
  }

  /** `false` where there is no such object. */
  markReferenced(chunk: ChunkKey): boolean {
    return this.#mark(chunk, REFERENCED);
  }

  isReferenced(chunk: ChunkKey): boolean {
    return ((this.#columns.flags[this.#numberOf(chunk)] ?? 0) & REFERENCED) !== 0;
  }

  isDamaged(chunk: ChunkKey): boolean {
    return ((this.#columns.flags[this.#numberOf(chunk)] ?? 0) & DAMAGED) !== 0;
  }

  get tenantNames(): readonly string[] {
    return this.#tenantNames;
  }

  /** Each chunk that is there; the object is used again for the next one. */
  *counted(): Generator<CountedChunk> {
    const counted = {
      tenant: 0,
      fromMs: 0,
      throughMs: 0,
      sizeBytes: 0,
      referenced: false,
      damaged: false,
      sound: false,
    };
    const { tenants, fromMs, throughMs, sizes, flags } = this.#columns;
    for (let number = 0; number < this.#count; number += 1) {
      const flag = flags[number] ?? 0;
      if ((flag & GONE) !== 0) continue;
      counted.tenant = tenants[number] ?? 0;
      counted.fromMs = fromMs[number] ?? 0;
      counted.throughMs = throughMs[number] ?? 0;
      counted.sizeBytes = sizes[number] ?? 0;
      counted.referenced = (flag & REFERENCED) !== 0;
      counted.damaged = (flag & DAMAGED) !== 0;
      counted.sound = (flag & SOUND) !== 0;
      yield counted;
    }
  }

  /** Chunks that no index names and that nothing is known to be wrong with; whether that was looked at, `sound` says. */
  *orphans(): Generator<BookedChunk> {
    for (let number = 0; number < this.#count; number += 1) {
      const flags = this.#columns.flags[number] ?? 0;
      if ((flags & (REFERENCED | DAMAGED | GONE)) !== 0) continue;
      const chunk = this.#columns.chunk(number, this.#tenantNames);
      const key = this.#oddKeys.get(number) ?? formatChunkKey(chunk);
      yield { key, chunk, sizeBytes: this.#columns.sizes[number] ?? 0, sound: (flags & SOUND) !== 0 };
    }
  }

  #mark(chunk: ChunkKey, flag: number): boolean {
    const number = this.#numberOf(chunk);
    if (number < 0) return false;
    this.#columns.flags[number] = (this.#columns.flags[number] ?? 0) | flag;
    return true;
  }

  #bringBack(number: number): void {
    if (((this.#columns.flags[number] ?? 0) & GONE) === 0) return;
    this.#columns.flags[number] = 0;
    this.#gone -= 1;
  }

  #numberOf(chunk: ChunkKey): number {
    const { number } = this.#slotOf(chunk);
    return number >= 0 && ((this.#columns.flags[number] ?? 0) & GONE) === 0 ? number : -1;
  }

  /** Where it is, or where it would be, with number -1. */
  #slotOf(chunk: ChunkKey): { readonly slot: number; readonly number: number } {
    const tenant = this.#tenants.get(chunk.tenant) ?? -1;
    const low = Number(chunk.fingerprint & 0xffff_ffffn);
    const high = Number(chunk.fingerprint >> 32n);
    const mask = this.#table.length - 1;
    for (let slot = hash(low, chunk.checksum) & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#table[slot] ?? 0) - 1;
      if (number < 0 || this.#columns.holds(number, tenant, high, low, chunk)) return { slot, number };
    }
  }

  #append(chunk: ChunkKey): number {
    if (this.#count === this.#columns.room) this.#columns = this.#columns.grown();
    if ((this.#count + 1) * 2 > this.#table.length) this.#rehash();
    const { slot } = this.#slotOf(chunk);
    const number = this.#count;
    this.#table[slot] = number + 1;
    this.#columns.write(number, this.#tenantNumber(chunk.tenant), chunk);
    this.#count += 1;
    return number;
  }

  #tenantNumber(tenant: string): number {
    const known = this.#tenants.get(tenant);
    if (known !== undefined) return known;
    this.#tenants.set(tenant, this.#tenantNames.length);
    return this.#tenantNames.push(tenant) - 1;
  }

  #rehash(): void {
    const table = new Uint32Array(this.#table.length * 2);
    const { lows, checksums } = this.#columns;
    for (let number = 0; number < this.#count; number += 1) {
      let slot = hash(lows[number] ?? 0, checksums[number] ?? 0) & (table.length - 1);
      while (table[slot] !== 0) slot = (slot + 1) & (table.length - 1);
      table[slot] = number + 1;
    }
    this.#table = table;
  }
}

/** Checksums are spread by themselves, but whoever writes keys can choose them: both ends of the fingerprint's hash count. */
function hash(fingerprintLow: number, checksum: number): number {
  const mixed = Math.imul(checksum ^ Math.imul(fingerprintLow, 0x9e37_79b1), 0x85eb_ca6b);
  return mixed ^ (mixed >>> 15);
}

const DAY_MS = 86_400_000;

/** Days since the epoch that a chunk has lines in: the numbers of the tables that name it. */
export function daysOf({ fromMs, throughMs }: Pick<ChunkKey, "fromMs" | "throughMs">): readonly number[] {
  const first = Math.floor(fromMs / DAY_MS);
  const last = Math.floor(throughMs / DAY_MS);
  // Bounds of a wrong key may be centuries apart.
  return Array.from({ length: Math.min(8, Math.max(1, last - first + 1)) }, (_, at) => first + at);
}
