import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import { SLAB_BYTES } from "./segment-builder.ts";
import { SlabPool } from "./slab-pool.ts";
import { SpillPages } from "./spill-pages.ts";

/** A segment as the memory sees it: so many bytes that can be had back by writing them to disk. */
export interface Spillable {
  readonly residentBytes: number;
  spill(): Promise<void>;
}

/**
 * The memory of all result sets together. Sealed segments are registered here; past the budget the least recently used
 * ones are spilled, one after another, in the background. Whoever reads into a set waits in `admit` while the disk is
 * behind, so a fast source is slowed down and not the memory filled.
 */
export class SegmentMemory {
  readonly slabs: SlabPool;
  readonly pages = new SpillPages();
  readonly #budgetBytes: () => number;
  readonly #logger: Logger;
  /** In the order of their last use. */
  readonly #resident = new Set<Spillable>();
  #segmentBytes = 0;
  #openBytes = 0;
  #spilling: Promise<AppError | null> | null = null;

  constructor(options: { readonly budgetBytes: () => number; readonly clock: Clock; readonly logger: Logger }) {
    this.#budgetBytes = options.budgetBytes;
    this.#logger = options.logger;
    this.slabs = new SlabPool(options.clock);
  }

  get residentBytes(): number {
    return this.#segmentBytes + this.#openBytes;
  }

  add(segment: Spillable): void {
    this.#resident.add(segment);
    this.#segmentBytes += segment.residentBytes;
    this.#startSpilling();
  }

  touch(segment: Spillable): void {
    if (this.#resident.delete(segment)) this.#resident.add(segment);
  }

  /** Called when the segment is closed or has been written; `bytes` is what it held. */
  remove(segment: Spillable, bytes: number): void {
    if (this.#resident.delete(segment)) this.#segmentBytes -= bytes;
  }

  /** Growth (or, negative, the end) of an open segment's columns. */
  openGrew(bytes: number): void {
    this.#openBytes += bytes;
    if (bytes > 0) this.#startSpilling();
  }

  /**
   * Resolves when there is room for more rows.
   * @throws `logs.spill-failed` when there is none and the disk takes no more.
   */
  async admit(): Promise<void> {
    while (this.residentBytes > this.#budgetBytes() && this.#resident.size > 0) {
      this.#startSpilling();
      if (this.#spilling === null) return;
      const failure = await this.#spilling;
      if (failure !== null) throw failure;
    }
  }

  #startSpilling(): void {
    if (this.#spilling !== null || this.residentBytes <= this.#startAtBytes() || this.#resident.size === 0) return;
    this.#spilling = this.#spillOldest().finally(() => {
      this.#spilling = null;
    });
  }

  /** Spills until there is room again; answers with what stopped it. */
  async #spillOldest(): Promise<AppError | null> {
    try {
      while (this.residentBytes > this.#startAtBytes()) {
        const [oldest] = this.#resident;
        if (oldest === undefined) return null;
        await oldest.spill();
      }
      return null;
    } catch (error) {
      const problem = problemOf(error);
      this.#logger.warn("spilling rows failed", { problem });
      return new AppError("logs.spill-failed", { problem }, { cause: error });
    }
  }

  /** A little before the budget is used up, so that a reader seldom has to wait. */
  #startAtBytes(): number {
    const budget = this.#budgetBytes();
    return budget - Math.min(4 * SLAB_BYTES, budget / 4);
  }
}

function problemOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.name : "unknown";
}
