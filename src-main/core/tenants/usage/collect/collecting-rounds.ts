import { isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../../../../src-shared/model/ids.ts";
import type { Clock } from "../../../common/clock.ts";
import { fireAndForget, type Logger } from "../../../common/logger.ts";
import type { FrontendCollector } from "./frontend-collector.ts";

export interface CollectingRoundsOptions {
  readonly collector: Pick<FrontendCollector, "collect">;
  /** The sites that are in use. */
  readonly sites: () => Promise<readonly SiteId[]>;
  /** Between rounds; 0 for none. */
  readonly everyMs: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
}

const FIRST_AFTER_MS = 60_000;
/** How often it is looked whether rounds were switched on. */
const LOOK_MS = 60_000;

/** Collects the frontends' lines of the sites in use, one site after the other, round by round. */
export class CollectingRounds implements AsyncDisposable {
  readonly #options: CollectingRoundsOptions;
  readonly #ending = new AbortController();
  #cancel: () => void;
  #round: Promise<void> = Promise.resolve();

  constructor(options: CollectingRoundsOptions) {
    this.#options = options;
    this.#cancel = this.#after(FIRST_AFTER_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#cancel();
    await this.#round;
  }

  #after(ms: number): () => void {
    const { clock, logger, everyMs } = this.#options;
    return clock.after(ms, () => {
      this.#round = everyMs() > 0 ? this.#collect() : Promise.resolve();
      const next = this.#round.finally(() => {
        if (!this.#ending.signal.aborted) this.#cancel = this.#after(everyMs() > 0 ? everyMs() : LOOK_MS);
      });
      fireAndForget(next, logger, "collecting what others asked");
    });
  }

  async #collect(): Promise<void> {
    const { collector, sites } = this.#options;
    const { signal } = this.#ending;
    for (const site of await sites()) {
      if (signal.aborted) return;
      try {
        await collector.collect(site, signal);
      } catch (error) {
        // The collector has told of it, and the next round tries again.
        if (!isAppError(error) && !signal.aborted) throw error;
      }
    }
  }
}
