import type { Clock } from "../../common/clock.ts";
import { fireAndForget, type Logger } from "../../common/logger.ts";
import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import { dayNumberAt, dayText } from "../ledger/ledger-keys.ts";
import type { CostLedger } from "./cost-ledger.ts";

export interface LedgerPurgeOptions {
  readonly ledger: Pick<CostLedger, "ask">;
  /** Days that single costs are kept, and months that sums are; as they are set at the time. */
  readonly keep: () => { readonly costDays: number; readonly sumMonths: number };
  readonly clock: Clock;
  readonly logger: Logger;
}

const DAY_MS = 86_400_000;
/** After the start: opening a window matters more. */
const FIRST_AFTER_MS = 5 * 60_000;

/** Before which days costs and sums are forgotten. Sums outlive the costs that they are of. */
export function purgeDays(
  nowMs: number,
  { costDays, sumMonths }: { readonly costDays: number; readonly sumMonths: number },
): { readonly costsBeforeDay: string; readonly sumsBeforeDay: string } {
  const costs = dayNumberAt(nowMs) - Math.round(costDays) + 1;
  const now = new Date(nowMs);
  const sums = Math.floor(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - Math.round(sumMonths), 1) / DAY_MS);
  return { costsBeforeDay: dayText(costs), sumsBeforeDay: dayText(Math.min(sums, costs)) };
}

/** Forgets what is old, once a day. */
export class LedgerPurge implements Disposable {
  readonly #options: LedgerPurgeOptions;
  #cancel: () => void;

  constructor(options: LedgerPurgeOptions) {
    this.#options = options;
    this.#cancel = this.#after(FIRST_AFTER_MS);
  }

  /** Now. Throws what the ledger throws. */
  async purge(): Promise<void> {
    const { ledger, keep, clock, logger } = this.#options;
    const { costsBeforeDay, sumsBeforeDay } = purgeDays(clock.nowMs(), keep());
    const removed = await ledger.ask((open) => open.purge(costsBeforeDay, sumsBeforeDay));
    if (removed.costs + removed.sums > 0) logger.info("old costs were forgotten", { ...removed, costsBeforeDay });
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }

  #after(ms: number): () => void {
    const { clock, logger } = this.#options;
    return clock.after(ms, () => {
      this.#cancel = this.#after(DAY_MS);
      const turn = this.purge().catch((error: unknown) => {
        // A ledger that is away has said so; the next day is another.
        if (!isAppError(error)) throw error;
      });
      fireAndForget(turn, logger, "forgetting old costs");
    });
  }
}
