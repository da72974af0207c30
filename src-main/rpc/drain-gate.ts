interface Waiter {
  readonly amount: number;
  readonly release: () => void;
}

/** Lets senders wait until a socket has less to send. Its owner says whenever the amount may have fallen. */
export class DrainGate {
  readonly #buffered: () => number;
  readonly #waiters = new Set<Waiter>();
  #closed = false;

  constructor(buffered: () => number) {
    this.#buffered = buffered;
  }

  whenBelow(amount: number, signal: AbortSignal): Promise<void> {
    if (this.#closed || signal.aborted || this.#buffered() <= amount) return Promise.resolve();
    return new Promise((resolve) => {
      const waiter: Waiter = {
        amount,
        release: () => {
          this.#waiters.delete(waiter);
          signal.removeEventListener("abort", waiter.release);
          resolve();
        },
      };
      this.#waiters.add(waiter);
      signal.addEventListener("abort", waiter.release, { once: true });
    });
  }

  check(): void {
    const buffered = this.#buffered();
    for (const waiter of this.#waiters) {
      if (buffered <= waiter.amount) waiter.release();
    }
  }

  /** Nobody waits for a socket that is gone. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters) waiter.release();
  }

  get waiting(): number {
    return this.#waiters.size;
  }
}
