import { hasCode, isAppError, type AppError } from "../../../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { Clock } from "../../common/clock.ts";
import { fireAndForget, type Logger } from "../../common/logger.ts";
import type { Announcer } from "../../common/topics.ts";

/** A site with values whose time is over, as it was last read. */
export interface OverdueSite {
  readonly site: SiteId;
  readonly name: string;
  readonly overdue: number;
}

export interface ExpiryEnforcerOptions {
  /** Of the sites that are watched; one that cannot be looked at is not among them. */
  readonly overdue: (signal: AbortSignal) => Promise<readonly OverdueSite[]>;
  /** Whether this console may change limits now: its role, and that it is not read-only. */
  readonly mayAct: () => boolean;
  /** Lets them go back; audited as an act of `system`. */
  readonly restore: (site: SiteId, signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly announcer: Announcer;
  readonly logger: Logger;
  readonly everyMs?: number;
}

const EVERY_MS = 30_000;
/** After a failure it is tried again this soon. */
const AGAIN_MS = 5 * 60_000;

/**
 * Lets values go back whose time is over, at sites that this console watches, from its start on. A watchdog may do the same at the same
 * time: the ConfigMap's version makes the second of them find nothing to do.
 */
export class ExpiryEnforcer implements AsyncDisposable {
  readonly #options: ExpiryEnforcerOptions;
  readonly #ended = new AbortController();
  readonly #notBefore = new Map<SiteId, number>();
  /** What was told of a site, so that it is told once. */
  readonly #told = new Map<SiteId, string>();
  #round: Promise<void> = Promise.resolve();
  #stopTimer = (): void => {};

  constructor(options: ExpiryEnforcerOptions) {
    this.#options = options;
    this.#schedule(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    this.#stopTimer();
    // What went wrong in it was logged.
    await this.#round.catch(() => undefined);
  }

  #schedule(afterMs: number): void {
    const { clock, logger, everyMs = EVERY_MS } = this.#options;
    this.#stopTimer = clock.after(afterMs, () => {
      if (this.#ended.signal.aborted) return;
      this.#round = this.#look();
      fireAndForget(
        this.#round.finally(() => {
          if (!this.#ended.signal.aborted) this.#schedule(everyMs);
        }),
        logger,
        "looking at expiries failed",
      );
    });
  }

  async #look(): Promise<void> {
    const { overdue, mayAct, restore, clock } = this.#options;
    let looked: readonly OverdueSite[];
    try {
      looked = await overdue(this.#ended.signal);
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      throw error;
    }
    const sites = looked.filter((each) => each.overdue > 0);
    for (const known of this.#told.keys()) if (!sites.some(({ site }) => site === known)) this.#told.delete(known);
    for (const late of sites) {
      const { site } = late;
      if (this.#ended.signal.aborted) return;
      if (clock.nowMs() < (this.#notBefore.get(site) ?? 0)) continue;
      if (!mayAct()) {
        this.#tell(late, "overdue", "");
        continue;
      }
      try {
        // What is read again after a write may be the old for a while.
        this.#notBefore.set(site, clock.nowMs() + AGAIN_MS / 5);
        // oxlint-disable-next-line no-await-in-loop -- one site after the other
        await restore(site, this.#ended.signal);
      } catch (error) {
        if (this.#ended.signal.aborted) return;
        if (!isAppError(error)) throw error;
        this.#failed(late, error);
      }
    }
  }

  #failed(late: OverdueSite, error: AppError): void {
    const { clock, logger } = this.#options;
    // Somebody was faster, or is at it: no failure.
    if (hasCode(error, "tenants.change-conflict") || hasCode(error, "operation.other-running")) return;
    this.#notBefore.set(late.site, clock.nowMs() + AGAIN_MS);
    logger.warn("values whose time is over could not go back", { site: late.site, code: error.code, ...error.params });
    this.#tell(late, "expiry-failed", error.code);
  }

  #tell({ site, name, overdue }: OverdueSite, what: "overdue" | "expiry-failed", problem: string): void {
    const told = `${what} ${problem}`;
    if (this.#told.get(site) === told) return;
    this.#told.set(site, told);
    this.#options.announcer.notice({
      key: `limits.${what}`,
      severity: "warning",
      params: { site: name, count: overdue, problem },
    });
  }
}
