import { AppError, hasCode } from "../../../../../src-shared/errors/app-error.ts";
import type { LogBatch } from "../../../../../src-shared/model/log-batch.ts";
import type { Direction } from "../../../../../src-shared/model/log-query.ts";
import { NS_PER_MS } from "../../../../../src-shared/model/nano-time.ts";
import { isTooLong } from "../../../common/http-body-error.ts";
import type { CostListener } from "../../request-cost.ts";
import { answerStats, type AnswerStats, type RawStats } from "./answer-stats.ts";
import type { LokiClient } from "./loki-client.ts";
import { maxEntriesFrom } from "./loki-limit-texts.ts";
import type { PageParser } from "./page-parser.ts";
import { DEFAULT_MAX_ENTRIES } from "./tenant-limits.ts";

export interface PageRequest {
  readonly expr: string;
  readonly startNs: bigint;
  /** Exclusive. */
  readonly endNs: bigint;
  /** Entries wanted; fewer are asked for where the server hands out fewer. */
  readonly limit: number;
  readonly direction: Direction;
}

/** What one answer was asked and what it said, without its rows: the material of the verdict. */
export interface PageAccount {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly rows: number;
  /** The server stopped at the limit: what its `stats` count is only a part of the range. */
  readonly full: boolean;
  readonly stats: AnswerStats | null;
  readonly raw: RawStats | null;
  readonly warnings: readonly string[];
}

export interface Page {
  readonly batch: LogBatch;
  readonly account: PageAccount;
}

export interface PageSourceOptions {
  readonly client: LokiClient;
  readonly parser: PageParser;
  readonly categorize: boolean;
  readonly size: PageSize;
  readonly onRetry: () => void;
  readonly onCost?: CostListener | undefined;
}

/** How many entries one tenant's Loki hands out at once, as far as that is known. */
export class PageSize {
  readonly #ordinary: number;
  #serverMax: number | null = null;

  /** `ordinary` is what is asked for at most, whatever the server would give. */
  constructor(ordinary: number) {
    this.#ordinary = ordinary;
  }

  /** The server's `max_entries_limit_per_query`, once it is known. */
  learn(serverMax: number): void {
    this.#serverMax = serverMax;
  }

  get ordinary(): number {
    return Math.min(this.#serverMax ?? DEFAULT_MAX_ENTRIES, this.#ordinary);
  }

  /** For an instant with more entries than a page: all that the server gives, bounded by memory. */
  get largest(): number {
    return Math.min(this.#serverMax ?? DEFAULT_MAX_ENTRIES, Math.max(this.#ordinary, 100_000));
  }
}

/** Asks for pages of one tenant. */
export class PageSource {
  readonly size: PageSize;
  readonly #options: PageSourceOptions;

  constructor(options: PageSourceOptions) {
    this.#options = options;
    this.size = options.size;
  }

  async fetch(request: PageRequest, signal: AbortSignal): Promise<Page> {
    let limit = request.limit;
    for (;;) {
      try {
        return await this.#fetch({ ...request, limit }, signal);
      } catch (error) {
        const smaller = this.#smallerLimit(error, limit);
        if (smaller === null) throw error;
        limit = smaller;
      }
    }
  }

  #smallerLimit(error: unknown, limit: number): number | null {
    if (hasCode(error, "loki.limit-exceeded") && error.params.limit === "max_entries_limit_per_query") {
      const max = maxEntriesFrom(error.params.text);
      if (max === null || max >= limit) return null;
      this.size.learn(max);
      return max;
    }
    return isTooLong(error) && limit > 1 ? Math.floor(limit / 2) : null;
  }

  #fetch(request: PageRequest, signal: AbortSignal): Promise<Page> {
    const { expr, startNs, endNs, limit, direction } = request;
    const { client, parser, categorize, onRetry, onCost } = this.#options;
    const params = new URLSearchParams({
      query: expr,
      start: startNs.toString(),
      end: endNs.toString(),
      limit: limit.toString(),
      direction,
    });
    const parse = async (body: Uint8Array): Promise<Page> => {
      const outcome = await parser.parse(body, direction);
      if (outcome.kind === "bad") throw new AppError("loki.bad-response", { status: 200, problem: outcome.problem });
      if (outcome.kind === "not-logs") {
        throw new AppError("loki.query-invalid", {
          text: `not a log query (${outcome.resultType})`,
          line: 0,
          column: 0,
        });
      }
      const { batch, stats, warnings } = outcome.page;
      const full = batch.rowCount >= limit;
      const account = { startNs, endNs, rows: batch.rowCount, full, stats: answerStats(stats), raw: stats, warnings };
      return { batch, account };
    };
    const rangeMs = Number((endNs - startNs) / NS_PER_MS);
    const cost = onCost === undefined ? {} : { cost: { query: expr, rangeMs, listen: onCost } };
    const call = { path: "/loki/api/v1/query_range", params, categorize, onRetry, ...cost };
    return client.ask(call, parse, signal, (page) => page.account.raw);
  }
}
