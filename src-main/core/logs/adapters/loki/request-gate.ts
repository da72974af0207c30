import { AppError } from "../../../../../src-shared/errors/app-error.ts";

/**
 * How many requests may be under way. Additive increase, multiplicative decrease: a 429 halves the number, a run of answers
 * as long as ten times the number raises it by one, never above what was configured.
 */
export class RequestGate {
  readonly #max: number;
  #limit: number;
  #active = 0;
  #calm = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(max: number) {
    this.#max = Math.max(1, Math.floor(max));
    this.#limit = this.#max;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Resolves when a request may begin; the answer ends it. Rejects with `request.cancelled`. */
  async enter(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw new AppError("request.cancelled", {});
    while (this.#active >= this.#limit) await this.#turn(signal);
    this.#active++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#active--;
      this.#waiting.shift()?.();
    };
  }

  limited(): void {
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#calm = 0;
  }

  answered(): void {
    if (this.#limit >= this.#max) return;
    this.#calm++;
    if (this.#calm < this.#limit * 10) return;
    this.#calm = 0;
    this.#limit++;
    this.#waiting.shift()?.();
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onTurn = (): void => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      const onAbort = (): void => {
        const place = this.#waiting.indexOf(onTurn);
        if (place >= 0) this.#waiting.splice(place, 1);
        reject(new AppError("request.cancelled", {}));
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(onTurn);
    });
  }
}
