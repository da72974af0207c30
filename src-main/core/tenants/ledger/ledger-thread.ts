import { Worker } from "node:worker_threads";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { Quota, QuotaScope } from "../../../../src-shared/model/tenants/quota.ts";
import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { LedgerCall, LedgerMethod, LedgerPlace, LedgerReply } from "./ledger-protocol.ts";
import type { CostRange, CostReportRequest, Ledger, ReserveRequest, SpendScope } from "./ledger.ts";
import { ledgerName } from "./postgres-failure.ts";

export interface LedgerThreadOptions {
  readonly place: LedgerPlace;
  readonly worker: URL;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told when the file was found damaged, set aside, and a new one begun. */
  readonly onDamaged: (told: AppError<"tenants.ledger-damaged">) => void;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

type Answer<Method extends LedgerMethod> = ReturnType<Ledger[Method]>;

/** A ledger in a thread of its own, so that neither a large batch nor a slow disk stalls who asks. */
export class LedgerThread implements Ledger {
  readonly #options: LedgerThreadOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #worker: Worker;
  #given = 0;
  #lost: AppError | null = null;

  private constructor(options: LedgerThreadOptions) {
    this.#options = options;
    this.#worker = new Worker(options.worker, { name: "ledger", execArgv: [] });
    this.#worker.on("message", (reply: LedgerReply) => this.#onReply(reply));
    this.#worker.on("error", (error) => this.#onLost(error));
    this.#worker.on("exit", (code) => this.#onLost(new Error(`the thread ended with ${code}`)));
  }

  /** Starts the thread and opens the ledger in it. @throws `tenants.ledger-unreachable`, `tenants.ledger-failed` */
  static async open(options: LedgerThreadOptions): Promise<LedgerThread> {
    const thread = new LedgerThread(options);
    try {
      await thread.#send("open", [options.place]);
      return thread;
    } catch (error) {
      await thread[Symbol.asyncDispose]();
      throw error;
    }
  }

  add(costs: readonly QueryCost[]): Promise<number> {
    return this.#ask("add", costs);
  }

  report(request: CostReportRequest): Answer<"report"> {
    return this.#ask("report", request);
  }

  total(request: CostRange): Answer<"total"> {
    return this.#ask("total", request);
  }

  shapes(request: CostRange & { readonly limit: number }): Answer<"shapes"> {
    return this.#ask("shapes", request);
  }

  page(request: CostRange & { readonly after: number; readonly limit: number }): Answer<"page"> {
    return this.#ask("page", request);
  }

  costliest(request: Omit<CostReportRequest, "by">): Answer<"costliest"> {
    return this.#ask("costliest", request);
  }

  reserve(request: ReserveRequest): Answer<"reserve"> {
    return this.#ask("reserve", request);
  }

  settle(id: string, bytes: number): Promise<boolean> {
    return this.#ask("settle", id, bytes);
  }

  spend(scope: SpendScope): Answer<"spend"> {
    return this.#ask("spend", scope);
  }

  quotas(): Answer<"quotas"> {
    return this.#ask("quotas");
  }

  setQuota(quota: Quota): Promise<void> {
    return this.#ask("setQuota", quota);
  }

  removeQuota(scope: QuotaScope): Promise<boolean> {
    return this.#ask("removeQuota", scope);
  }

  extent(): Answer<"extent"> {
    return this.#ask("extent");
  }

  purge(costsBeforeDay: string, sumsBeforeDay: string): Answer<"purge"> {
    return this.#ask("purge", costsBeforeDay, sumsBeforeDay);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      // What was asked for before is done before: the thread answers in order.
      if (this.#lost === null) await this.#send("close", []);
    } catch (error) {
      this.#options.logger.warn("the ledger was not closed in order", { problem: String(error) });
    }
    this.#lost ??= new AppError("request.cancelled", {});
    for (const pending of this.#pending.values()) pending.reject(this.#lost);
    this.#pending.clear();
    await this.#worker.terminate();
  }

  #ask<Method extends LedgerMethod>(method: Method, ...args: Parameters<Ledger[Method]>): Answer<Method> {
    // The thread answers a method with what that method of the port answers.
    return this.#send(method, args) as Answer<Method>;
  }

  #send(method: LedgerCall["method"], args: readonly unknown[]): Promise<unknown> {
    if (this.#lost !== null) return Promise.reject(this.#lost);
    return new Promise((resolve, reject) => {
      this.#given += 1;
      this.#pending.set(this.#given, { resolve, reject });
      const call: LedgerCall = { id: this.#given, nowMs: this.#options.clock.nowMs(), method, args };
      // Whoever waits keeps the process alive, an idle thread does not.
      this.#worker.ref();
      this.#worker.postMessage(call, []);
    });
  }

  #onReply(reply: LedgerReply): void {
    if ("damaged" in reply) {
      this.#options.onDamaged(new AppError("tenants.ledger-damaged", reply.damaged));
      return;
    }
    const waiting = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if ("value" in reply) waiting?.resolve(reply.value);
    else if ("error" in reply) waiting?.reject(fromWire(reply.error));
    else waiting?.reject(this.#bug(new Error(reply.problem)));
  }

  #bug(cause: Error): AppError {
    const error = new AppError("internal", {}, { cause });
    error.reference = this.#options.logger.error("the ledger's thread failed", cause);
    return error;
  }

  #onLost(cause: Error): void {
    if (this.#lost !== null) return;
    this.#options.logger.error("the ledger's thread was lost", cause);
    const { place } = this.#options;
    const ledger = place.kind === "sqlite" ? place.file : ledgerName(place.url);
    this.#lost = new AppError(
      "tenants.ledger-unreachable",
      { ledger, problem: cause.message.slice(0, 300) },
      { cause },
    );
    for (const pending of this.#pending.values()) pending.reject(this.#lost);
    this.#pending.clear();
  }
}

/** An error of the thread as it was thrown there. */
function fromWire({ code, params }: WireError): AppError {
  return new AppError(code, params);
}
