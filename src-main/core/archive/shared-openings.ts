import { AppError } from "../../../src-shared/errors/app-error.ts";

interface Opening<Result> {
  readonly result: Promise<Result>;
  readonly controller: AbortController;
  waiting: number;
}

/** Work that several want at once is done once. It is given up when nobody waits for it any more. */
export class SharedOpenings<Result> {
  readonly #openings = new Map<string, Opening<Result>>();
  readonly #running = new Set<Opening<Result>>();

  /** Rejects with `request.cancelled` as soon as the caller's own signal is aborted. */
  async run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    if (signal.aborted) throw new AppError("request.cancelled", {});
    const opening = this.#openings.get(key) ?? this.#begin(key, work);
    opening.waiting += 1;
    const gaveUp = Promise.withResolvers<never>();
    const onAbort = () => gaveUp.reject(new AppError("request.cancelled", {}));
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([opening.result, gaveUp.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
      opening.waiting -= 1;
      if (opening.waiting === 0) this.#giveUp(key, opening);
    }
  }

  /** Gives up all that is under way and waits for it to let go. */
  async end(): Promise<void> {
    const openings = [...this.#running];
    for (const { controller } of openings) controller.abort(new AppError("request.cancelled", {}));
    await Promise.allSettled(openings.map(({ result }) => result));
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<Result>): Opening<Result> {
    const controller = new AbortController();
    const result = work(controller.signal);
    const opening: Opening<Result> = { result, controller, waiting: 0 };
    this.#openings.set(key, opening);
    this.#running.add(opening);
    const ended = () => {
      this.#running.delete(opening);
      if (this.#openings.get(key) === opening) this.#openings.delete(key);
    };
    // Whoever waits gets the failure itself.
    result.then(ended, ended);
    return opening;
  }

  /** Ended work is not disturbed by it; nobody may join what is being given up. */
  #giveUp(key: string, opening: Opening<Result>): void {
    opening.controller.abort(new AppError("request.cancelled", {}));
    if (this.#openings.get(key) === opening) this.#openings.delete(key);
  }
}
