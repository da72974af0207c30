/**
 * What several writers hand to one reader, in the order of arrival. A writer waits while the reader is this much behind,
 * so that back-pressure reaches the network.
 */
export class EventFeed<Event> {
  readonly #capacity: number;
  readonly #events: Event[] = [];
  #wakeReader: (() => void) | null = null;
  #wakeWriters: (() => void)[] = [];
  #failure: { readonly error: unknown } | null = null;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Resolves when there is room for more. */
  async push(event: Event): Promise<void> {
    this.#events.push(event);
    this.#wakeReader?.();
    while (this.#events.length >= this.#capacity && this.#failure === null) {
      // oxlint-disable-next-line no-await-in-loop -- until the reader has caught up
      await new Promise<void>((wake) => this.#wakeWriters.push(wake));
    }
  }

  /** Ends the reading with an error, after what was pushed before. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wakeReader?.();
    this.#wake();
  }

  async *read(): AsyncGenerator<Event, void, undefined> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) {
        if (this.#events.length < this.#capacity) this.#wake();
        yield event;
        continue;
      }
      if (this.#failure !== null) throw this.#failure.error;
      // oxlint-disable-next-line no-await-in-loop -- until a writer has something
      await new Promise<void>((wake) => {
        this.#wakeReader = wake;
      });
      this.#wakeReader = null;
    }
  }

  #wake(): void {
    const writers = this.#wakeWriters;
    this.#wakeWriters = [];
    for (const wake of writers) wake();
  }
}
