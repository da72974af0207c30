import type { Clock } from "../../../core/common/clock.ts";

const RETRY_MS = 1_000;

/**
 * Things to look at again soon: each once, however often it was asked for, and none while another is looked at. What fails is
 * told and looked at again after a second, as controllers do.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #work: (key: string) => void;
  readonly #failed: (key: string, error: unknown) => void;
  readonly #waiting = new Map<string, () => void>();

  constructor(clock: Clock, work: (key: string) => void, failed: (key: string, error: unknown) => void) {
    this.#clock = clock;
    this.#work = work;
    this.#failed = failed;
  }

  add(key: string): void {
    this.#addAfter(key, 0);
  }

  #addAfter(key: string, ms: number): void {
    if (this.#waiting.has(key)) return;
    const cancel = this.#clock.after(ms, () => {
      this.#waiting.delete(key);
      try {
        this.#work(key);
      } catch (error) {
        this.#failed(key, error);
        this.#addAfter(key, RETRY_MS);
      }
    });
    this.#waiting.set(key, cancel);
  }

  close(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }
}
