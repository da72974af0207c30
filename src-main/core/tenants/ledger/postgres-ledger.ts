import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { CostReportRow, QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import type { Quota, QuotaScope } from "../../../../src-shared/model/tenants/quota.ts";
import type { Clock } from "../../common/clock.ts";
import type {
  CostPage,
  CostRange,
  CostReportRequest,
  Ledger,
  LedgerExtent,
  ReserveRequest,
  ReserveResult,
  ShapeUse,
  Spend,
  SpendScope,
} from "./ledger.ts";
import { addTo } from "./postgres-add.ts";
import { ledgerFailure, ledgerName } from "./postgres-failure.ts";
import { purgeSomeCostsFrom, purgeSumsFrom } from "./postgres-purge.ts";
import { quotasFrom, removeQuotaIn, setQuotaIn } from "./postgres-quotas.ts";
import { costliestFrom, extentFrom, pageFrom, reportFrom, totalFrom } from "./postgres-report.ts";
import { migrateLedger, type LedgerTables } from "./postgres-schema.ts";
import { shapesFrom } from "./postgres-shapes.ts";
import { reserveWith, settleWith, spendIn } from "./postgres-spend.ts";

export interface PostgresLedgerOptions {
  /** `postgres://user:password@host:5432/database`; of it no more than host and database is ever shown. */
  readonly url: string;
  readonly clock: Clock;
}

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECTIONS = 4;
/** Sums are written once a batch, and a database is not stalled by a large one. */
const BATCH = 10_000;

/** The ledger of a team, in PostgreSQL: one database, any number of consoles. */
export class PostgresLedger implements Ledger {
  readonly #database: Kysely<LedgerTables>;
  readonly #clock: Clock;
  readonly #name: string;

  private constructor(database: Kysely<LedgerTables>, name: string, clock: Clock) {
    this.#database = database;
    this.#name = name;
    this.#clock = clock;
  }

  /**
   * Connects and brings the schema up to date.
   * @throws `tenants.ledger-unreachable`, `tenants.ledger-failed`
   */
  static async open({ url, clock }: PostgresLedgerOptions): Promise<PostgresLedger> {
    const name = ledgerName(url);
    const pool = new pg.Pool({
      connectionString: url,
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      application_name: "kubemate",
      allowExitOnIdle: true,
    });
    // A connection that ends while idle is replaced by the next call; without a listener it would end the program.
    pool.on("error", () => {});
    // One that ends between two statements of a transaction tells the client alone; the next statement fails with it.
    pool.on("connect", (client) => client.on("error", () => {}));
    const database = new Kysely<LedgerTables>({ dialect: new PostgresDialect({ pool }) });
    try {
      await migrateLedger(database);
    } catch (error) {
      await database.destroy();
      throw ledgerFailure(name, error);
    }
    return new PostgresLedger(database, name, clock);
  }

  async add(costs: readonly QueryCost[]): Promise<number> {
    let added = 0;
    for (let from = 0; from < costs.length; from += BATCH) {
      added += await this.#run((database) => addTo(database, costs.slice(from, from + BATCH)));
    }
    return added;
  }

  report(request: CostReportRequest): Promise<readonly CostReportRow[]> {
    return this.#run((database) => reportFrom(database, request));
  }

  total(request: CostRange): Promise<CostReportRow> {
    return this.#run((database) => totalFrom(database, request));
  }

  shapes(request: CostRange & { readonly limit: number }): Promise<readonly ShapeUse[]> {
    return this.#run((database) => shapesFrom(database, request));
  }

  page(request: CostRange & { readonly after: number; readonly limit: number }): Promise<CostPage> {
    return this.#run((database) => pageFrom(database, request));
  }

  costliest(request: Omit<CostReportRequest, "by">): Promise<readonly QueryCost[]> {
    return this.#run((database) => costliestFrom(database, request));
  }

  reserve(request: ReserveRequest): Promise<ReserveResult> {
    return this.#run((database) => reserveWith(database, request, this.#clock.nowMs()));
  }

  settle(id: string, bytes: number): Promise<boolean> {
    return this.#run((database) => settleWith(database, id, bytes, this.#clock.nowMs()));
  }

  spend(scope: SpendScope): Promise<Spend> {
    return this.#run((database) => spendIn(database, scope, this.#clock.nowMs()));
  }

  quotas(): Promise<readonly Quota[]> {
    return this.#run(quotasFrom);
  }

  setQuota(quota: Quota): Promise<void> {
    return this.#run((database) => setQuotaIn(database, quota));
  }

  removeQuota(scope: QuotaScope): Promise<boolean> {
    return this.#run((database) => removeQuotaIn(database, scope));
  }

  extent(): Promise<LedgerExtent> {
    return this.#run(extentFrom);
  }

  async purge(costsBeforeDay: string, sumsBeforeDay: string) {
    let costs = 0;
    for (let more = true; more;) {
      const some = await this.#run((database) => purgeSomeCostsFrom(database, costsBeforeDay));
      costs += some.removed;
      more = some.more;
    }
    const nowMs = this.#clock.nowMs();
    return { costs, sums: await this.#run((database) => purgeSumsFrom(database, sumsBeforeDay, nowMs)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database.destroy();
  }

  async #run<Result>(work: (database: Kysely<LedgerTables>) => Promise<Result>): Promise<Result> {
    try {
      return await work(this.#database);
    } catch (error) {
      throw error instanceof AppError ? error : ledgerFailure(this.#name, error);
    }
  }
}
