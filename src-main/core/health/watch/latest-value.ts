/** Hands one value that changes on to many readers. A slow one misses what is no longer true, never the newest. */
export class LatestValue<Value> {
  #value: Value;
  #version = 0;
  #end: { readonly error: Error | null } | null = null;
  readonly #waiting = new Set<() => void>();
  #readers = 0;

  constructor(value: Value) {
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  /** How many read it now. */
  get readers(): number {
    return this.#readers;
  }

  set(value: Value): void {
    this.#value = value;
    this.#version += 1;
    this.#wake();
  }

  /** Ends all readers, with an error or without. */
  end(error: Error | null): void {
    this.#end ??= { error };
    this.#wake();
  }

  /** The value now and whenever it changed, until the signal or the end. @throws what `end` was given */
  async *read(signal: AbortSignal): AsyncGenerator<Value, void, void> {
    let seen = -1;
    this.#readers += 1;
    try {
      while (!signal.aborted) {
        if (this.#end?.error) throw this.#end.error;
        if (this.#end !== null) return;
        if (seen === this.#version) {
          // oxlint-disable-next-line no-await-in-loop -- there is nothing to hand on before
          await this.#changed(signal);
          continue;
        }
        seen = this.#version;
        yield this.#value;
      }
    } finally {
      this.#readers -= 1;
    }
  }

  #changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake, { once: true });
      if (signal.aborted) wake();
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
