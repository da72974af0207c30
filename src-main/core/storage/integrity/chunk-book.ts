import type { ChunkKey } from "../../common/loki-format/chunk-key.ts";

const REFERENCED = 1;
const DAMAGED = 2;
const GONE = 4;

/**
 * All chunk objects of a bucket, to be compared with what its indexes name. A million take some 200 MB: the keys as a map to
 * a number, everything else in columns.
 */
export class ChunkBook {
  readonly #numbers = new Map<string, number>();
  readonly #keys: string[] = [];
  #sizes = new Float64Array(1_024);
  #flags = new Uint8Array(1_024);

  get size(): number {
    return this.#numbers.size;
  }

  /** A key that a listing repeats counts once. */
  add(key: string, sizeBytes: number): void {
    if (this.#numbers.has(key)) return;
    const number = this.#keys.length;
    if (number === this.#sizes.length) this.#grow();
    this.#numbers.set(key, number);
    this.#keys.push(key);
    this.#sizes[number] = sizeBytes;
  }

  has(key: string): boolean {
    return this.#numbers.has(key);
  }

  sizeOf(key: string): number {
    return this.#sizes[this.#numbers.get(key) ?? -1] ?? 0;
  }

  /** An object that was deleted since it was listed. */
  forget(key: string): void {
    this.#mark(key, GONE);
    this.#numbers.delete(key);
  }

  markDamaged(key: string): void {
    this.#mark(key, DAMAGED);
  }

  /** `false` where there is no such object. */
  markReferenced(key: string): boolean {
    return this.#mark(key, REFERENCED);
  }

  isReferenced(key: string): boolean {
    return ((this.#flags[this.#numbers.get(key) ?? -1] ?? 0) & REFERENCED) !== 0;
  }

  /** Sound chunks that no index names. */
  *orphans(): Generator<{ readonly key: string; readonly sizeBytes: number }> {
    for (const [number, key] of this.#keys.entries()) {
      if (this.#flags[number] === 0) yield { key, sizeBytes: this.#sizes[number] ?? 0 };
    }
  }

  #mark(key: string, flag: number): boolean {
    const number = this.#numbers.get(key);
    if (number === undefined) return false;
    this.#flags[number] = (this.#flags[number] ?? 0) | flag;
    return true;
  }

  #grow(): void {
    const sizes = new Float64Array(this.#sizes.length * 2);
    sizes.set(this.#sizes);
    this.#sizes = sizes;
    const flags = new Uint8Array(this.#flags.length * 2);
    flags.set(this.#flags);
    this.#flags = flags;
  }
}

const DAY_MS = 86_400_000;

/** Days since the epoch that a chunk has lines in: the numbers of the tables that name it. */
export function daysOf({ fromMs, throughMs }: Pick<ChunkKey, "fromMs" | "throughMs">): readonly number[] {
  const first = Math.floor(fromMs / DAY_MS);
  const last = Math.floor(throughMs / DAY_MS);
  // Bounds of a wrong key may be centuries apart.
  return Array.from({ length: Math.min(8, Math.max(1, last - first + 1)) }, (_, at) => first + at);
}
