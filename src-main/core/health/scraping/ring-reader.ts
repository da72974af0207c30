import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { RingMember } from "../detection/scrape.ts";
import { parseRingPage, ringTellers } from "./ring-page.ts";
import type { ScrapeTarget } from "./scrape-target.ts";
import { failedOutcome } from "./target-outcome.ts";
import { withinTime } from "./time-limit.ts";

/** What was told of the ingester ring. */
export interface ToldRing {
  readonly members: readonly RingMember[] | null;
  readonly from: string | null;
  readonly error: AppError | null;
}

const RING_BYTES = 16 * 2 ** 20;

/** Asks for the ingester ring round after round; remembers who told of it and who failed. */
export class RingReader {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  #from: string | null = null;
  readonly #failed = new Set<string>();

  /** `timeoutMs` is for one teller and, when none of them tells, for all. */
  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** Never rejects; a cancelled one has told nothing. */
  async read(targets: readonly ScrapeTarget[], signal: AbortSignal): Promise<ToldRing> {
    const giveUpMs = this.#clock.nowMs() + this.#timeoutMs;
    const timeoutMs = this.#timeoutMs;
    const request = { path: "/ring", accept: "application/json", maxBytes: RING_BYTES, timeoutMs } as const;
    let failure: AppError | null = null;
    for (const target of ringTellers(targets, this.#from, this.#failed)) {
      if (signal.aborted || this.#clock.nowMs() >= giveUpMs) break;
      try {
        // oxlint-disable-next-line no-await-in-loop -- the next is asked only when this one does not tell
        const answer = await withinTime(this.#clock, timeoutMs, signal, (inner) =>
          target.get({ ...request, signal: inner }),
        );
        const members = parseRingPage(answer);
        this.#from = target.instance;
        this.#failed.delete(target.instance);
        return { members, from: target.instance, error: null };
      } catch (error) {
        failure = failedOutcome(error, target.instance).error;
        this.#failed.add(target.instance);
        if (this.#from === target.instance) this.#from = null;
      }
    }
    return { members: null, from: null, error: failure };
  }

  /** Forgets of those that are no longer there that they failed. */
  keep(targets: readonly ScrapeTarget[]): void {
    const names = new Set(targets.map(({ instance }) => instance));
    for (const instance of this.#failed) if (!names.has(instance)) this.#failed.delete(instance);
  }
}
