import type { Clock } from "../../common/clock.ts";
import { SLAB_BYTES } from "./segment-builder.ts";

const IDLE_MS = 60_000;

/**
 * A block of shared memory that one sealed segment lies in. It counts who uses it, because a worker thread may still read
 * a segment that has just been spilled; the last one to let go gives it back to the pool.
 */
export class Slab {
  readonly buffer = new SharedArrayBuffer(SLAB_BYTES);
  readonly #free: (slab: Slab) => void;
  #users = 0;

  constructor(free: (slab: Slab) => void) {
    this.#free = free;
  }

  retain(): void {
    this.#users += 1;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users === 0) this.#free(this);
  }
}

/**
 * Slabs are used again and again instead of being left to the garbage collector: V8 does not count shared memory, so it
 * would not collect dropped slabs in time and the process would grow without bound while a set is read and spilled.
 */
export class SlabPool {
  readonly #clock: Clock;
  readonly #idle: Slab[] = [];
  #cancelTrim: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A slab with one user, the caller. */
  take(): Slab {
    const slab = this.#idle.pop() ?? new Slab((free) => this.#putBack(free));
    slab.retain();
    return slab;
  }

  /** Forgets what nobody uses. */
  trim(): void {
    this.#idle.length = 0;
    this.#cancelTrim?.();
    this.#cancelTrim = null;
  }

  #putBack(slab: Slab): void {
    this.#idle.push(slab);
    this.#cancelTrim?.();
    this.#cancelTrim = this.#clock.after(IDLE_MS, () => this.trim());
  }
}
