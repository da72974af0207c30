import type { Clock } from "../../../core/common/clock.ts";

/** Things to look at again soon: each once, however often it was asked for, and none while another is looked at. */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #work: (key: string) => void;
  readonly #waiting = new Map<string, () => void>();

  constructor(clock: Clock, work: (key: string) => void) {
    this.#clock = clock;
    this.#work = work;
  }

  add(key: string): void {
    if (this.#waiting.has(key)) return;
    const cancel = this.#clock.after(0, () => {
      this.#waiting.delete(key);
      this.#work(key);
    });
    this.#waiting.set(key, cancel);
  }

  close(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }
}
