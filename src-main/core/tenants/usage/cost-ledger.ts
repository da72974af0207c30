import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import type { Quota, QuotaScope } from "../../../../src-shared/model/tenants/quota.ts";
import type { LedgerState } from "../../../../src-shared/model/tenants/usage.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { Announcer } from "../../common/topics.ts";
import type { LedgerPlace } from "../ledger/ledger-protocol.ts";
import type { Ledger, ReserveRequest, ReserveResult, Spend, SpendScope } from "../ledger/ledger.ts";
import { ledgerName } from "../ledger/postgres-failure.ts";
import type { Backlog, LedgerEntry } from "./backlog.ts";
import { sendEntries } from "./send-entries.ts";

export type OnDamaged = (told: AppError<"tenants.ledger-damaged">) => void;

export interface CostLedgerOptions {
  /** Where the ledger is by the settings of now. Rejects with what is wrong with them; the ledger is away until they are mended. */
  readonly place: () => Promise<LedgerPlace>;
  readonly open: (place: LedgerPlace, onDamaged: OnDamaged) => Promise<Ledger>;
  /** `null` for a command, which ends before the ledger is back: what cannot be sent is counted as dropped. */
  readonly backlog: Backlog | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly announcer: Announcer;
}

/** So long a query waits for the ledger before it goes unchecked. */
const PATIENCE_MS = 5_000;
/** Costs that come close together are one batch. */
const GATHER_MS = 200;
/** Opening a window matters more. */
const FIRST_AFTER_MS = 2_000;
const FIRST_BACK_OFF_MS = 1_000;
const LONGEST_BACK_OFF_MS = 60_000;
/** Reservations of queries that are on their way and could not be checked. */
const MAX_UNCHECKED = 10_000;
/** In memory, while one batch is being written. */
const MAX_QUEUED = 20_000;

interface Extent {
  readonly costs: number;
  readonly firstDay: string | null;
  readonly lastDay: string | null;
}

/**
 * The ledger as the console uses it: what must not be lost or waited for is queued, and kept on disk while the ledger is
 * away; it is sent again with growing pauses. Queries go on meanwhile, and who asks for a reservation is told that it could
 * not be checked. Reports and quotas throw what the ledger throws.
 */
export class CostLedger implements AsyncDisposable {
  readonly #options: CostLedgerOptions;
  readonly #unchecked = new Map<string, readonly SpendScope[]>();
  readonly #quotaListeners = new Set<() => void>();
  readonly #ending = new AbortController();
  /** Errors that say no place: nothing of a question. */
  readonly #misplaced = new WeakSet<AppError>();
  #ledger: Ledger | null = null;
  #place: LedgerPlace | null = null;
  #opening: Promise<Ledger> | null = null;
  #away: AppError | null = null;
  #setAside: AppError | null = null;
  #extent: Extent | null = null;
  #queued: LedgerEntry[] = [];
  #lost = 0;
  #backOffMs = 0;
  #retryAtMs = 0;
  #cancelTimer: (() => void) | null = null;
  #timerDueMs = Number.POSITIVE_INFINITY;
  #flushing: Promise<void> | null = null;

  constructor(options: CostLedgerOptions) {
    this.#options = options;
    // What an earlier run could not send is sent then; the ledger is opened by that, or by the first question.
    this.#schedule(FIRST_AFTER_MS);
  }

  /** Queues a cost. Never throws, never waits. */
  record(cost: QueryCost): void {
    this.#queue({ kind: "cost", cost });
  }

  /**
   * Adds costs at once, for who keeps a cursor: resolves when they are in the ledger or, while it is away, on disk. Answers
   * how many were new; `null` where that is not known yet.
   */
  async add(costs: readonly QueryCost[]): Promise<number | null> {
    try {
      if (this.#away !== null) throw this.#away;
      return await this.ask((ledger) => ledger.add(costs));
    } catch (error) {
      if (!this.#saysAway(error) || this.#options.backlog === null) throw error;
      for (const cost of costs) this.#queued.push({ kind: "cost", cost });
      await this.flush();
      return null;
    }
  }

  /**
   * Holds bytes in every claim or in none. Rejects with `tenants.ledger-unreachable`, `tenants.ledger-failed` or what is wrong
   * with the settings where nothing could be checked, at once while the ledger is known to be away: the query may go, and its `settle` counts in these
   * claims when the ledger is back.
   */
  async reserve(request: ReserveRequest): Promise<ReserveResult> {
    try {
      if (this.#away !== null) throw this.#away;
      return await this.#withPatience(this.ask((ledger) => ledger.reserve(request)));
    } catch (error) {
      this.#rememberUnchecked(request);
      throw error;
    }
  }

  /** Counts what a query really read; 0 for one that never left. Queued: never rejects, never waits. */
  async settle(id: string, bytes: number): Promise<boolean> {
    const scopes = this.#unchecked.get(id) ?? null;
    this.#unchecked.delete(id);
    this.#queue({ kind: "spend", id, bytes, scopes: scopes === null ? null : [...scopes] });
    return true;
  }

  spend(scope: SpendScope): Promise<Spend> {
    return this.ask((ledger) => ledger.spend(scope));
  }

  /** Rejects at once while the ledger is known to be away. */
  async quotas(): Promise<readonly Quota[]> {
    if (this.#away !== null) throw this.#away;
    return this.#withPatience(this.ask((ledger) => ledger.quotas()));
  }

  async setQuota(quota: Quota): Promise<void> {
    await this.ask((ledger) => ledger.setQuota(quota));
    this.#tellQuotas();
  }

  async removeQuota(scope: QuotaScope): Promise<boolean> {
    const removed = await this.ask((ledger) => ledger.removeQuota(scope));
    this.#tellQuotas();
    return removed;
  }

  /** Calls back when a quota was set or removed here; the answer ends it. */
  onQuotasChanged(listener: () => void): () => void {
    this.#quotaListeners.add(listener);
    return () => this.#quotaListeners.delete(listener);
  }

  /** Asks the ledger something, opening it where it is not. Throws what it throws. */
  async ask<Result>(work: (ledger: Ledger) => Promise<Result>): Promise<Result> {
    try {
      const result = await work(await this.#opened());
      if (this.#away !== null) this.#isBack();
      return result;
    } catch (error) {
      if (this.#saysAway(error)) this.#isAway(error);
      throw error;
    }
  }

  /** Without what was collected: the collector tells that. */
  state(): Omit<LedgerState, "collected"> {
    const { backlog } = this.#options;
    return {
      kind: this.#place?.kind ?? "sqlite",
      where: this.#place === null ? "" : placeName(this.#place),
      state: this.#away === null ? "open" : this.#away.code === "tenants.ledger-unreachable" ? "unreachable" : "failed",
      ...(this.#away === null ? {} : { error: this.#away.toWire() }),
      ...(this.#setAside === null ? {} : { setAside: this.#setAside.toWire() }),
      costs: this.#extent?.costs ?? null,
      firstDay: this.#extent?.firstDay ?? null,
      lastDay: this.#extent?.lastDay ?? null,
      waiting: (backlog?.waiting ?? 0) + this.#queued.length,
      dropped: (backlog?.dropped ?? 0) + this.#lost,
    };
  }

  /** Asks the ledger how much it holds, for the next `state`. */
  async measure(): Promise<void> {
    this.#extent = await this.ask((ledger) => ledger.extent());
  }

  /** Resolves when everything that was queued before is in the ledger or on disk. */
  async flush(): Promise<void> {
    while (this.#flushing !== null) await this.#flushing;
    this.#flushing = this.#flushOnce().finally(() => {
      this.#flushing = null;
    });
    await this.#flushing;
  }

  /** The settings name another place: opens it with the next question. */
  async moved(): Promise<void> {
    const ledger = this.#ledger;
    this.#ledger = null;
    this.#place = null;
    this.#opening = null;
    this.#extent = null;
    this.#backOffMs = 0;
    await ledger?.[Symbol.asyncDispose]();
    this.#isBack();
    this.#schedule(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#cancelTimer?.();
    await this.flush();
    await this.#opening?.catch(() => null);
    await this.#ledger?.[Symbol.asyncDispose]();
  }

  #tellQuotas(): void {
    for (const listener of this.#quotaListeners) listener();
    this.#options.announcer.changed("usage");
  }

  #queue(entry: LedgerEntry): void {
    this.#queued.push(entry);
    if (this.#queued.length > MAX_QUEUED) {
      this.#queued.shift();
      this.#lost += 1;
    }
    this.#schedule(GATHER_MS);
  }

  /** Calls back at the earlier of what was scheduled and this. */
  #schedule(inMs: number): void {
    const dueMs = this.#options.clock.nowMs() + inMs;
    if (this.#ending.signal.aborted || dueMs >= this.#timerDueMs) return;
    this.#cancelTimer?.();
    this.#timerDueMs = dueMs;
    this.#cancelTimer = this.#options.clock.after(inMs, () => {
      this.#timerDueMs = Number.POSITIVE_INFINITY;
      this.flush().catch((error: unknown) => this.#options.logger.error("flushing costs", error));
    });
  }

  async #flushOnce(): Promise<void> {
    const { backlog, logger, clock } = this.#options;
    const queued = this.#queued;
    this.#queued = [];
    const resting = this.#away !== null && clock.nowMs() < this.#retryAtMs;
    try {
      if (resting) throw this.#away;
      await this.ask(async (ledger) => {
        if (backlog !== null) await sendKept(ledger, backlog);
        await sendEntries(ledger, queued);
      });
      this.#backOffMs = 0;
      if (queued.length > 0) this.#options.announcer.changed("usage");
    } catch (error) {
      if (resting) this.#schedule(this.#retryAtMs - clock.nowMs());
      else this.#backOff(error);
      await this.#keep(queued, logger);
    }
  }

  async #keep(entries: readonly LedgerEntry[], logger: Logger): Promise<void> {
    const { backlog } = this.#options;
    if (backlog === null) {
      this.#lost += entries.length;
      return;
    }
    try {
      await backlog.append(entries);
    } catch (error) {
      this.#lost += entries.length;
      logger.error("costs could not be kept on disk", error);
    }
  }

  #backOff(error: unknown): void {
    if (!isAppError(error)) this.#options.logger.error("the ledger failed", error);
    this.#backOffMs = Math.min(Math.max(this.#backOffMs * 2, FIRST_BACK_OFF_MS), LONGEST_BACK_OFF_MS);
    this.#retryAtMs = this.#options.clock.nowMs() + this.#backOffMs;
    this.#schedule(this.#backOffMs);
  }

  #opened(): Promise<Ledger> {
    if (this.#ledger !== null) return Promise.resolve(this.#ledger);
    if (this.#opening !== null) return this.#opening;
    const opening: Promise<Ledger> = this.#open().then(
      async (ledger) => {
        if (this.#opening !== opening) {
          // The settings named another place meanwhile.
          await ledger[Symbol.asyncDispose]();
          return this.#opened();
        }
        this.#opening = null;
        this.#ledger = ledger;
        return ledger;
      },
      (error: unknown) => {
        if (this.#opening === opening) this.#opening = null;
        throw error;
      },
    );
    this.#opening = opening;
    return opening;
  }

  async #open(): Promise<Ledger> {
    const place = await this.#placed();
    this.#place = place;
    return this.#options.open(place, (told) => this.#wasDamaged(told));
  }

  async #placed(): Promise<LedgerPlace> {
    try {
      return await this.#options.place();
    } catch (error) {
      this.#place = null;
      if (isAppError(error)) this.#misplaced.add(error);
      throw error;
    }
  }

  #saysAway(error: unknown): error is AppError {
    return isAppError(error) && (isLedgerError(error) || this.#misplaced.has(error));
  }

  #wasDamaged(told: AppError<"tenants.ledger-damaged">): void {
    const { logger, announcer } = this.#options;
    this.#setAside = told;
    logger.warn("the ledger was damaged and begun anew", { ...told.params });
    announcer.notice({ key: "usage.ledger-damaged", severity: "error", params: { ...told.params } });
    announcer.changed("usage");
  }

  #isAway(error: AppError): void {
    const before = this.#away;
    this.#away = error;
    if (before?.code === error.code) return;
    this.#options.logger.warn("the ledger is away", { code: error.code, ...error.params });
    this.#options.announcer.changed("usage");
    this.#backOff(error);
  }

  #isBack(): void {
    this.#away = null;
    this.#retryAtMs = 0;
    this.#options.announcer.changed("usage");
    this.#schedule(0);
  }

  #rememberUnchecked({ id, claims }: ReserveRequest): void {
    this.#unchecked.set(
      id,
      claims.map(({ kind, name, period }) => ({ kind, name, period })),
    );
    for (const oldest of this.#unchecked.keys()) {
      if (this.#unchecked.size <= MAX_UNCHECKED) break;
      this.#unchecked.delete(oldest);
    }
  }

  async #withPatience<Result>(work: Promise<Result>): Promise<Result> {
    const { promise, reject } = Promise.withResolvers<never>();
    const cancel = this.#options.clock.after(PATIENCE_MS, () => {
      const ledger = this.#place === null ? "" : placeName(this.#place);
      reject(new AppError("tenants.ledger-unreachable", { ledger, problem: `no answer in ${PATIENCE_MS} ms` }));
    });
    try {
      return await Promise.race([work, promise]);
    } finally {
      cancel();
    }
  }
}

/** Segment by segment: what is there is forgotten here. */
async function sendKept(ledger: Ledger, backlog: Backlog): Promise<void> {
  for (let oldest = backlog.oldest(); oldest !== null; oldest = backlog.oldest()) {
    await sendEntries(ledger, oldest.entries);
    oldest.done();
  }
}

/** A file, or host, port and name of a database. */
export function placeName(place: LedgerPlace): string {
  return place.kind === "sqlite" ? place.file : ledgerName(place.url);
}

function isLedgerError({ code }: AppError): boolean {
  return code === "tenants.ledger-unreachable" || code === "tenants.ledger-failed";
}
