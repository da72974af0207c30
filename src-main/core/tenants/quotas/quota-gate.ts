import { randomUUID } from "node:crypto";
import { AppError, hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Quota } from "../../../../src-shared/model/tenants/quota.ts";
import { decide } from "../../../../src-shared/permissions/decide.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { Announcer } from "../../common/topics.ts";
import type { LogSource } from "../../logs/log-source.ts";
import type { AdmitQuery, AdmittedQuery, QueryAsk } from "../../logs/query-admission.ts";
import type { CostListener, RequestCost } from "../../logs/request-cost.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { OwnCosts } from "./own-costs.ts";
import { claimsOf, type QuotaClaim } from "./quota-claims.ts";
import { QuotaNotices } from "./quota-notices.ts";
import { SaidReasons } from "./said-reasons.ts";

export interface QuotaGateOptions {
  readonly ledger: Pick<Ledger, "quotas" | "reserve" | "settle">;
  readonly costs: OwnCosts;
  /** Bytes that a query will read; `null` where nobody can say. */
  readonly estimate: (source: LogSource, ask: QueryAsk, signal: AbortSignal) => Promise<number | null>;
  /** A source that tells a listener what its reads cost. */
  readonly withCosts: (source: LogSource, onCost: CostListener) => LogSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly announcer: Pick<Announcer, "notice">;
}

/** A quota that somebody else set holds here after so long. */
const QUOTAS_AGE_MS = 5_000;
/** Bytes of a query whose console died are given back after so long. */
const HELD_MS = 3_600_000;

/**
 * The gate that each of the console's queries to Loki passes before it leaves: what it will read is held in the ledger, where
 * several consoles hold together, and settled by what it did read. While the ledger is gone queries go on, and one is told.
 */
export class QuotaGate {
  readonly #options: QuotaGateOptions;
  readonly #reasons: SaidReasons;
  readonly #notices: QuotaNotices;
  #quotas: { readonly atMs: number; readonly quotas: readonly Quota[] } | null = null;

  constructor(options: QuotaGateOptions) {
    this.#options = options;
    this.#reasons = new SaidReasons(options.clock);
    this.#notices = new QuotaNotices(options.clock, options.announcer);
  }

  /** Quotas were set here: they hold from the next query on. */
  quotasChanged(): void {
    this.#quotas = null;
  }

  /** See `AdmitQuery`. Rejects also with `permission.denied` for an override that the role may not give. */
  readonly admit: AdmitQuery = async (ask, openSource, signal) => {
    const { target, asker } = ask;
    if (target.kind !== "loki") {
      return { counted: (source) => source, onCost: () => {}, [Symbol.asyncDispose]: async () => {} };
    }
    if (ask.spending?.override === true && !decide({ role: asker.role, readOnly: false }, "usage.override").allowed) {
      throw new AppError("permission.denied", { permission: "usage.override", role: asker.role });
    }
    const spending = ask.spending ?? this.#reasons.said(ask);
    if (ask.spending !== undefined) this.#reasons.say(ask, ask.spending);
    const { clock } = this.#options;
    const spender = { tenant: target.tenant, user: asker.principal, role: asker.role };
    const claims = claimsOf(spender, await this.#known(), spending, clock.nowMs());
    const limited = ask.small !== true && claims.some(({ claim }) => claim.limitBytes !== null);
    const id = randomUUID();
    if (!limited) {
      const counted = this.#hold(id, 0, unlimited(claims));
      // Nobody waits for it before the query leaves; its failure is met when it is settled.
      counted.catch(() => undefined);
      return this.#admitted(ask, id, counted);
    }
    const bytes = (await this.#estimate(ask, openSource, signal)) ?? 0;
    const held = await this.#hold(id, bytes, claims);
    return this.#admitted(ask, id, Promise.resolve(held));
  };

  async #known(): Promise<readonly Quota[]> {
    const { ledger, clock } = this.#options;
    const nowMs = clock.nowMs();
    if (this.#quotas !== null && nowMs - this.#quotas.atMs < QUOTAS_AGE_MS) return this.#quotas.quotas;
    try {
      const quotas = await ledger.quotas();
      this.#quotas = { atMs: nowMs, quotas };
      return quotas;
    } catch (error) {
      this.#unchecked(error);
      // What held last holds on, but nothing can be counted: the reservation will fail in the same way.
      return this.#quotas?.quotas ?? [];
    }
  }

  async #estimate(
    ask: QueryAsk,
    openSource: (signal: AbortSignal) => Promise<LogSource>,
    signal: AbortSignal,
  ): Promise<number | null> {
    try {
      await using source = await openSource(signal);
      return await this.#options.estimate(source, ask, signal);
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error;
      // The query itself will say what is wrong; it is settled by what it reads.
      this.#options.logger.debug("a query could not be estimated", { code: error.code });
      return null;
    }
  }

  /** Whether bytes are held. `false` where the ledger is gone. Rejects where a quota refuses. */
  async #hold(id: string, bytes: number, claims: readonly QuotaClaim[]): Promise<boolean> {
    const { ledger } = this.#options;
    let answer;
    try {
      answer = await ledger.reserve({ id, bytes, claims: claims.map(({ claim }) => claim), ttlMs: HELD_MS });
    } catch (error) {
      this.#unchecked(error);
      return false;
    }
    if (answer.granted) {
      for (const [at, spend] of answer.spends.entries()) {
        const found = claims[at];
        if (found?.quota !== null && found?.quota !== undefined) this.#notices.spent(found.quota, spend);
      }
      return true;
    }
    const { claim, spend } = answer;
    const found = claims.find((one) => one.claim.kind === claim.kind && one.claim.period === claim.period);
    if (found?.quota === null || found?.quota === undefined) throw new Error("refused by a quota that is none");
    const { scope, bytes: limit, hardBytes } = found.quota;
    const used = spend.usedBytes + spend.reservedBytes;
    const stopped = used + bytes > hardBytes;
    throw new AppError(stopped ? "tenants.quota-exceeded" : "tenants.quota-reason-needed", {
      scope: scope.kind,
      name: scope.name,
      period: scope.period,
      used,
      limit: stopped ? hardBytes : limit,
      estimate: bytes,
    });
  }

  #admitted(ask: QueryAsk, id: string, held: Promise<boolean>): AdmittedQuery {
    const { costs, ledger, withCosts } = this.#options;
    let bytes = 0;
    const onCost = (cost: RequestCost) => {
      bytes += costs.record(ask, cost).bytes;
    };
    return {
      counted: (source) => withCosts(source, onCost),
      onCost,
      [Symbol.asyncDispose]: async () => {
        try {
          await held;
          await ledger.settle(id, bytes);
        } catch (error) {
          this.#unchecked(error);
        }
      },
    };
  }

  /** A ledger that is gone, or set up wrongly, stops nobody who hunts an incident; that nothing was checked is told. */
  #unchecked(error: unknown): void {
    if (!isAppError(error)) throw error;
    this.#options.logger.warn("quotas were not checked", { code: error.code });
    if (hasCode(error, "tenants.ledger-unreachable") || hasCode(error, "tenants.ledger-failed")) {
      this.#notices.unchecked(error.params.ledger);
    } else {
      const wrong = hasCode(error, "settings.invalid") ? `${error.params.key}: ${error.params.problem}` : error.code;
      this.#notices.ledgerInvalid(wrong);
    }
  }
}

function unlimited(claims: readonly QuotaClaim[]): readonly QuotaClaim[] {
  return claims.map((one) => ({ ...one, claim: { ...one.claim, limitBytes: null } }));
}
