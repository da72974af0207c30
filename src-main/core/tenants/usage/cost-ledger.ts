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
  /** Where the ledger is by the settings of now. */
  readonly place: () => Promise<LedgerPlace>;
  readonly open: (place: LedgerPlace, onDamaged: OnDamaged) => Promise<Ledger>;
  readonly backlog: Backlog;
  /** Keeps the last quotas that were seen beyond the end of the program. */
  readonly keptQuotas: { load(): readonly Quota[]; save(quotas: readonly Quota[]): Promise<void> };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly announcer: Announcer;
}

/**
 * What came of a reservation. `checked: false`: the ledger is away, so nothing was held and nothing refused; the query may
 * go, and its settlement counts when the ledger is back.
 */
export type Reservation =
  | (ReserveResult & { readonly checked: true })
  | { readonly checked: false; readonly granted: true; readonly error: AppError };

/** So long a query waits for the ledger before it goes unchecked. */
const PATIENCE_MS = 5_000;
/** Costs that come close together are one batch. */
const GATHER_MS = 200;
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
  readonly #ending = new AbortController();
  #ledger: Ledger | null = null;
  #place: LedgerPlace | null = null;
  #opening: Promise<Ledger> | null = null;
  #away: AppError | null = null;
  #setAside: AppError | null = null;
  #extent: Extent | null = null;
  #queued: LedgerEntry[] = [];
  #lost = 0;
  #backOffMs = 0;
  #cancelTimer: (() => void) | null = null;
  #timerDueMs = Number.POSITIVE_INFINITY;
  #flushing: Promise<void> | null = null;
  #quotas: readonly Quota[];

  constructor(options: CostLedgerOptions) {
    this.#options = options;
    this.#quotas = options.keptQuotas.load();
    // What an earlier run could not send is sent now; the ledger is opened by that.
    this.#schedule(0);
  }

  /** Queues a cost. Never throws, never waits. */
  record(cost: QueryCost): void {
    this.#queue({ kind: "cost", cost });
  }

  /** Adds costs at once, for who keeps a cursor: resolves when they are in the ledger. Answers how many were new. */
  add(costs: readonly QueryCost[]): Promise<number> {
    return this.ask((ledger) => ledger.add(costs));
  }

  /** Holds bytes, or says why not, or that it could not be checked. Throws only when `signal` of the request is aborted. */
  async reserve(request: ReserveRequest): Promise<Reservation> {
    if (this.#away !== null) return this.#unreserved(request, this.#away);
    try {
      const result = await this.#withPatience(this.ask((ledger) => ledger.reserve(request)));
      return { ...result, checked: true };
    } catch (error) {
      return this.#unreserved(request, this.#asAppError(error));
    }
  }

  /** Counts what a query really read; 0 for one that never left. Never throws, never waits. */
  settle(id: string, bytes: number): void {
    const scopes = this.#unchecked.get(id) ?? null;
    this.#unchecked.delete(id);
    this.#queue({ kind: "spend", id, bytes, scopes: scopes === null ? null : [...scopes] });
  }

  spend(scope: SpendScope): Promise<Spend> {
    return this.ask((ledger) => ledger.spend(scope));
  }

  /** @throws `tenants.ledger-unreachable`, `tenants.ledger-failed` */
  async quotas(): Promise<readonly Quota[]> {
    return this.#seen(await this.ask((ledger) => ledger.quotas()));
  }

  /** The quotas to hold to. While the ledger is away, those seen last, also by an earlier run; then `fresh` is false. */
  async knownQuotas(): Promise<{ readonly quotas: readonly Quota[]; readonly fresh: boolean }> {
    if (this.#away !== null) return { quotas: this.#quotas, fresh: false };
    try {
      return { quotas: await this.#withPatience(this.quotas()), fresh: true };
    } catch (error) {
      this.#asAppError(error);
      return { quotas: this.#quotas, fresh: false };
    }
  }

  async setQuota(quota: Quota): Promise<void> {
    await this.ask((ledger) => ledger.setQuota(quota));
    await this.quotas();
    this.#options.announcer.changed("usage");
  }

  async removeQuota(scope: QuotaScope): Promise<boolean> {
    const removed = await this.ask((ledger) => ledger.removeQuota(scope));
    await this.quotas();
    this.#options.announcer.changed("usage");
    return removed;
  }

  /** Asks the ledger something, opening it where it is not. Throws what it throws. */
  async ask<Result>(work: (ledger: Ledger) => Promise<Result>): Promise<Result> {
    try {
      const result = await work(await this.#opened());
      if (this.#away !== null) this.#isBack();
      return result;
    } catch (error) {
      if (isAppError(error) && isLedgerError(error)) this.#isAway(error);
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
      waiting: backlog.waiting + this.#queued.length,
      dropped: backlog.dropped + this.#lost,
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
        for (let oldest = backlog.oldest(); oldest !== null; oldest = backlog.oldest()) {
          await sendEntries(ledger, oldest.entries);
          oldest.done();
        }
        await sendEntries(ledger, queued);
      });
      this.#backOffMs = 0;
      if (queued.length > 0) this.#options.announcer.changed("usage");
    } catch (error) {
      if (!resting) this.#backOff(error);
      await this.#keep(queued, logger);
    }
  }

  async #keep(entries: readonly LedgerEntry[], logger: Logger): Promise<void> {
    try {
      await this.#options.backlog.append(entries);
    } catch (error) {
      this.#lost += entries.length;
      logger.error("costs could not be kept on disk", error);
    }
  }

  #retryAtMs = 0;

  #backOff(error: unknown): void {
    if (!isAppError(error)) this.#options.logger.error("the ledger failed", error);
    this.#backOffMs = Math.min(Math.max(this.#backOffMs * 2, FIRST_BACK_OFF_MS), LONGEST_BACK_OFF_MS);
    this.#retryAtMs = this.#options.clock.nowMs() + this.#backOffMs;
    this.#schedule(this.#backOffMs);
  }

  #opened(): Promise<Ledger> {
    if (this.#ledger !== null) return Promise.resolve(this.#ledger);
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async #open(): Promise<Ledger> {
    const opening = this.#opening;
    try {
      const place = await this.#options.place();
      this.#place = place;
      const ledger = await this.#options.open(place, (told) => this.#wasDamaged(told));
      this.#ledger = ledger;
      return ledger;
    } finally {
      if (this.#opening === opening || this.#ledger !== null) this.#opening = null;
    }
  }

  #wasDamaged(told: AppError<"tenants.ledger-damaged">): void {
    const { logger, announcer } = this.#options;
    this.#setAside = told;
    logger.warn("the ledger was damaged and begun anew", { ...told.params });
    announcer.notice({ key: "ledger-damaged", severity: "error", params: { ...told.params } });
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

  #unreserved({ id, claims }: ReserveRequest, error: AppError): Reservation {
    this.#unchecked.set(
      id,
      claims.map(({ kind, name, period }) => ({ kind, name, period })),
    );
    for (const oldest of this.#unchecked.keys()) {
      if (this.#unchecked.size <= MAX_UNCHECKED) break;
      this.#unchecked.delete(oldest);
    }
    return { checked: false, granted: true, error };
  }

  #asAppError(error: unknown): AppError {
    if (isAppError(error)) return error;
    const reference = this.#options.logger.error("the ledger failed", error);
    const bug = new AppError("internal", {}, { cause: error });
    bug.reference = reference;
    return bug;
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

  #seen(quotas: readonly Quota[]): readonly Quota[] {
    if (JSON.stringify(quotas) !== JSON.stringify(this.#quotas)) {
      this.#quotas = quotas;
      this.#options.keptQuotas
        .save(quotas)
        .catch((error: unknown) => this.#options.logger.error("quotas could not be kept", error));
    }
    return quotas;
  }
}

/** A file, or host, port and name of a database. */
export function placeName(place: LedgerPlace): string {
  return place.kind === "sqlite" ? place.file : ledgerName(place.url);
}

function isLedgerError({ code }: AppError): boolean {
  return code === "tenants.ledger-unreachable" || code === "tenants.ledger-failed";
}
