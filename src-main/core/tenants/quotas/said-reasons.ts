import { LRUCache } from "lru-cache";
import type { Spending } from "../../../../src-shared/model/tenants/quota.ts";
import type { Clock } from "../../common/clock.ts";
import type { QueryAsk } from "../../logs/query-admission.ts";

/** One reason is for one query and what belongs to it: its histogram, its next pages, running it again. */
const HOLDS_MS = 600_000;
const MAX_REASONS = 1_000;

/** Reasons that were said, by who said them and for which streams. */
export class SaidReasons {
  readonly #clock: Clock;
  readonly #reasons = new LRUCache<string, { readonly spending: Spending; readonly untilMs: number }>({
    max: MAX_REASONS,
  });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  say(ask: QueryAsk, spending: Spending): void {
    this.#reasons.set(keyOf(ask), { spending, untilMs: this.#clock.nowMs() + HOLDS_MS });
  }

  said(ask: QueryAsk): Spending | undefined {
    const reason = this.#reasons.get(keyOf(ask));
    return reason !== undefined && this.#clock.nowMs() < reason.untilMs ? reason.spending : undefined;
  }
}

function keyOf({ asker, target, query }: QueryAsk): string {
  return JSON.stringify([asker.principal, asker.role, target, query]);
}
