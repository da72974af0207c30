import { type Clock, systemClock } from "../../src-main/core/common/clock.ts";

/** A clock that runs so many times as fast as the real one: for tests whose other side is a program with a clock of its own. */
export class FastClock implements Clock {
  readonly #factor: number;
  readonly #begunMs = Date.now();

  constructor(factor: number) {
    this.#factor = factor;
  }

  nowMs(): number {
    return this.#begunMs + (Date.now() - this.#begunMs) * this.#factor;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms / this.#factor, signal);
  }

  after(ms: number, callback: () => void): () => void {
    return systemClock.after(ms / this.#factor, callback);
  }
}
