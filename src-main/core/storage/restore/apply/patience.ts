import { isAppError, type AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../../common/clock.ts";
import { endIfCancelled } from "../../store-retries.ts";

/** How long nothing at all may work before a restore gives up; it can be resumed. */
export const PATIENCE_MS = 30 * 60_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** Of one object, while others come through: then it is the object. */
const OBJECT_ATTEMPTS = 5;

const PASSING: ReadonlySet<string> = new Set([
  "storage.unreachable",
  "storage.timed-out",
  "storage.rate-limited",
  "storage.failed",
  "storage.body-wrong",
]);

/** A failure that may pass by itself, after the store's own retries. */
export function mayPass(error: unknown): error is AppError {
  return isAppError(error) && PASSING.has(error.code);
}

/**
 * Waits while a bucket is away: what failed is done again, less and less often, for as long as nothing else works either. It
 * is shared by all that is under way, so that one object which never works is told from a bucket that is gone.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #onAway: (error: AppError, sinceMs: number) => void;
  readonly #limitMs: number;
  #awaySinceMs: number | null = null;
  #successes = 0;

  constructor(clock: Clock, onAway: (error: AppError, sinceMs: number) => void, limitMs: number = PATIENCE_MS) {
    this.#clock = clock;
    this.#onAway = onAway;
    this.#limitMs = limitMs;
  }

  /** Whether nothing has worked for so long that it is given up. */
  get isOver(): boolean {
    return this.#awaySinceMs !== null && this.#clock.nowMs() - this.#awaySinceMs >= this.#limitMs;
  }

  /** @throws AppError what it failed with last */
  async until<Value>(work: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
    let seen = this.#successes;
    let alone = 0;
    for (let attempt = 1; ; attempt += 1) {
      endIfCancelled(signal);
      try {
        const value = await work();
        this.#awaySinceMs = null;
        this.#successes += 1;
        return value;
      } catch (error) {
        endIfCancelled(signal);
        if (!mayPass(error)) throw error;
        // While nothing comes through it is the bucket, however often this one failed.
        if (this.#successes > seen) alone += 1;
        seen = this.#successes;
        if (alone >= OBJECT_ATTEMPTS) throw error;
        this.#awaySinceMs ??= this.#clock.nowMs();
        if (this.isOver) throw error;
        this.#onAway(error, this.#awaySinceMs);
        const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
        await this.#clock.sleep(waitMs, signal).catch(() => endIfCancelled(signal));
      }
    }
  }
}
