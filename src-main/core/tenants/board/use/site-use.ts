import { setImmediate as nextTurn } from "node:timers/promises";
import { isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../../../../src-shared/model/ids.ts";
import type { ScrapeRound } from "../../../health/detection/scrape.ts";
import { TrendBook } from "../gauges.ts";
import type { TenantsParts, UseStore } from "../tenants-parts.ts";
import { UseHistory } from "./use-history.ts";
import { UseMeter } from "./use-meter.ts";

const HOUR_MS = 3_600_000;
const RESTORED_MS = 6 * HOUR_MS;
/** Rounds that were missed are made up for: those of the last hour, for so long. */
const MADE_UP_MS = HOUR_MS;
const MADE_UP_BUDGET_MS = 3_000;
const GAP_MS = 90_000;

/** What the tenants of one site use: fed by the rounds of its health, kept by the minute over restarts. */
export class SiteUse implements Disposable {
  readonly history = new UseHistory();
  readonly meter: UseMeter;
  readonly trends: TrendBook;
  readonly #site: SiteId;
  readonly #parts: TenantsParts;
  #store: UseStore | null = null;
  #opened: Promise<void> | null = null;
  #takenMs: number | null = null;
  #catching: Promise<void> = Promise.resolve();
  #failing = false;
  #closed = false;

  constructor(site: SiteId, parts: TenantsParts) {
    this.#site = site;
    this.#parts = parts;
    this.meter = new UseMeter(parts.parseSeriesKey);
    this.trends = new TrendBook(this.history);
  }

  /** Takes what rounds there are that it has not seen. Answers with the newest; `null` before the first. */
  catchUp(): Promise<ScrapeRound | null> {
    // One after the other: rounds are taken in pieces.
    const taken = this.#catching.then(() => this.#catchUp());
    this.#catching = taken.then(
      () => undefined,
      () => undefined,
    );
    return taken;
  }

  async #catchUp(): Promise<ScrapeRound | null> {
    this.#opened ??= this.#open();
    await this.#opened;
    const rounds = this.#parts.rounds(this.#site);
    const latest = rounds?.latest ?? null;
    if (latest === null || latest.atMs === this.#takenMs) return latest;
    const since = Math.max(this.#takenMs ?? 0, this.history.lastPointMs ?? 0);
    if (rounds?.kept != null && latest.atMs - since > GAP_MS) {
      await this.#makeUp(rounds.kept(Math.max(since + 1, latest.atMs - MADE_UP_MS), latest.atMs - 1));
    }
    await this.#take(latest);
    return latest;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#store?.[Symbol.dispose]();
    this.#store = null;
  }

  /** What was kept before this start. */
  async #open(): Promise<void> {
    const nowMs = this.#parts.clock.nowMs();
    try {
      const store = await this.#parts.openUseStore(this.#site);
      if (store === null) return;
      for await (const point of store.rounds(nowMs - RESTORED_MS, nowMs)) {
        this.history.restore(point);
        await nextTurn();
      }
      if (this.#closed) store[Symbol.dispose]();
      else this.#store = store;
    } catch (error) {
      if (!isAppError(error)) throw error;
      this.#parts.logger.warn("use of limits is measured without a history", { code: error.code });
    }
  }

  async #makeUp(rounds: AsyncIterable<ScrapeRound>): Promise<void> {
    const beganMs = performance.now();
    for await (const round of rounds) {
      // oxlint-disable-next-line no-await-in-loop -- rounds come one after the other
      await this.#take(round);
      await nextTurn();
      if (performance.now() - beganMs > MADE_UP_BUDGET_MS) return;
    }
  }

  async #take(round: ScrapeRound): Promise<void> {
    const steps = this.meter.steps(round);
    let step = steps.next();
    while (step.done !== true) {
      // oxlint-disable-next-line no-await-in-loop -- others come between two pieces
      await nextTurn();
      step = steps.next();
    }
    const use = step.value;
    this.#takenMs = round.atMs;
    if (use === null) return;
    const point = this.history.take(use);
    if (point === null || this.#store === null) return;
    try {
      this.#store.append(point);
      this.#failing = false;
    } catch (error) {
      if (!isAppError(error)) throw error;
      if (!this.#failing) this.#parts.logger.warn("use of limits cannot be kept", { code: error.code });
      this.#failing = true;
    }
  }
}
