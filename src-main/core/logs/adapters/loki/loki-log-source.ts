import { AppError, hasCode } from "../../../../../src-shared/errors/app-error.ts";
import type { LabelSet } from "../../../../../src-shared/model/labels.ts";
import type {
  DetectedField,
  IndexStats,
  LogQuery,
  MetricQuery,
  MetricResult,
} from "../../../../../src-shared/model/log-query.ts";
import { NS_PER_SECOND, type NanoTime, type TimeRange } from "../../../../../src-shared/model/nano-time.ts";
import type { TenantId } from "../../../../../src-shared/model/tenant-id.ts";
import type { LokiTransport } from "../../../clusters/loki-transport.ts";
import type { Clock } from "../../../common/clock.ts";
import type { Logger } from "../../../common/logger.ts";
import type {
  LogSource,
  MetricAnswer,
  ReadEvent,
  SourceCapabilities,
  SourceDescription,
  TailEvent,
  TailQuery,
} from "../../log-source.ts";
import type { CostListener } from "../../request-cost.ts";
import type { AnswerCache } from "./answer-cache.ts";
import { fetchIndexStats } from "./index-promise.ts";
import { losslessJson } from "./lossless-json.ts";
import { readLogs, type LogReaderOptions } from "./log-reader.ts";
import { checkedTenant, LokiClient } from "./loki-client.ts";
import { bareVolumes, fieldsAnswer, namesAnswer, seriesAnswer } from "./metadata-answers.ts";
import { metricPage, secondsText } from "./metric-answer.ts";
import { readMetric } from "./metric-reader.ts";
import type { PageParser } from "./page-parser.ts";
import { PageSize, type PageAccount } from "./page-source.ts";
import { DEFAULT_RETRY, type RetryOptions } from "./retry-policy.ts";
import { followTail } from "./tail-follower.ts";
import { fetchTenantLimits, type TenantLimits } from "./tenant-limits.ts";

export interface LokiLogSourceOptions {
  readonly transport: LokiTransport;
  readonly tenant: TenantId;
  /** The site's id: answers in the cache are kept apart by it. */
  readonly site: string;
  readonly title: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly parser: PageParser;
  /** `null` reads everything anew. */
  readonly cache: AnswerCache | null;
  /** The console's version, for `User-Agent`. */
  readonly version: string;
  readonly requestTimeoutMs?: number;
  readonly parallelRequests?: number;
  readonly retry?: RetryOptions;
  readonly random?: () => number;
  /** Entries asked for at once at most, below what the server would give. */
  readonly maxPageEntries?: number;
  readonly maxBufferedBytes?: number;
  /** `false` for streams as Loki gives them without `categorize-labels`; only for output in Loki's own shape. */
  readonly categorize?: boolean;
  /** Called with each answer's own account, its raw `stats` included. */
  readonly onAccount?: (account: PageAccount) => void;
}

/** Limits change with the overrides file; so often is what the tenant may see asked for anew. */
const LIMITS_AGE_MS = 300_000;

/** The logs of one tenant of one Loki. Transport, parser and cache belong to whoever made them. */
export function createLokiLogSource(options: LokiLogSourceOptions): LokiLogSource {
  checkedTenant(options.tenant);
  return new LokiLogSource(options);
}

export class LokiLogSource implements LogSource {
  readonly client: LokiClient;
  readonly #options: LokiLogSourceOptions;
  readonly #size: PageSize;
  readonly #disposed = new AbortController();
  #limits: { readonly atMs: number; readonly limits: TenantLimits } | null = null;

  constructor(options: LokiLogSourceOptions) {
    this.#options = options;
    this.#size = new PageSize(options.maxPageEntries ?? 20_000);
    this.client = new LokiClient({
      transport: options.transport,
      tenant: options.tenant,
      clock: options.clock,
      logger: options.logger,
      version: options.version,
      requestTimeoutMs: options.requestTimeoutMs ?? 300_000,
      parallelRequests: options.parallelRequests ?? 4,
      retry: options.retry ?? DEFAULT_RETRY,
      random: options.random ?? Math.random,
    });
  }

  describe(): SourceDescription {
    return { kind: "loki", title: this.#options.title };
  }

  capabilities(): SourceCapabilities {
    return { tail: true, metricQueries: true, stats: true, volume: true, detectedFields: true };
  }

  async labels(range: TimeRange, query: string | null, signal: AbortSignal): Promise<readonly string[]> {
    return namesAnswer(await this.#json("/loki/api/v1/labels", rangeParams(range, query), signal));
  }

  async labelValues(
    label: string,
    range: TimeRange,
    query: string | null,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const path = `/loki/api/v1/label/${encodeURIComponent(label)}/values`;
    return namesAnswer(await this.#json(path, rangeParams(range, query), signal));
  }

  async series(matchers: readonly string[], range: TimeRange, signal: AbortSignal): Promise<readonly LabelSet[]> {
    const params = rangeParams(range, null);
    for (const matcher of matchers) params.append("match[]", matcher);
    return seriesAnswer(await this.#json("/loki/api/v1/series", params, signal));
  }

  read(query: LogQuery, signal: AbortSignal, onCost?: CostListener): AsyncIterable<ReadEvent> {
    return readLogs({ ...this.#reader(), onCost }, query, this.#signal(signal));
  }

  tail(query: TailQuery, signal: AbortSignal, onCost?: CostListener): AsyncIterable<TailEvent> {
    return followTail(
      {
        client: this.client,
        clock: this.#options.clock,
        logger: this.#options.logger,
        random: this.#options.random ?? Math.random,
        pageEntries: () => this.#size.ordinary,
        read: (logQuery, readSignal) => readLogs({ ...this.#reader(), cache: null, onCost }, logQuery, readSignal),
      },
      query,
      this.#signal(signal),
    );
  }

  async metric(query: MetricQuery, signal: AbortSignal, onCost?: CostListener): Promise<MetricAnswer> {
    return readMetric(this.client, query, this.#signal(signal), onCost);
  }

  async stats(selector: string, range: TimeRange, signal: AbortSignal): Promise<IndexStats> {
    return supported("stats", fetchIndexStats(this.client, selector, range, this.#signal(signal)));
  }

  async volume(
    selector: string,
    range: TimeRange,
    stepNs: NanoTime,
    byLabel: string,
    signal: AbortSignal,
  ): Promise<MetricResult> {
    const params = rangeParams(range, selector);
    params.set("step", secondsText(stepNs > 0n ? stepNs : NS_PER_SECOND));
    params.set("targetLabels", byLabel);
    params.set("limit", "500");
    const call = { path: "/loki/api/v1/index/volume_range", params };
    const answer = await supported("volume", this.client.ask(call, losslessJson, this.#signal(signal)));
    return bareVolumes(answer, range) ?? metricPage(answer).result;
  }

  async detectedFields(query: string, range: TimeRange, signal: AbortSignal): Promise<readonly DetectedField[]> {
    const params = rangeParams(range, query);
    params.set("line_limit", "1000");
    params.set("limit", "1000");
    return fieldsAnswer(await supported("detected-fields", this.#json("/loki/api/v1/detected_fields", params, signal)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed.abort(new DOMException("aborted", "AbortError"));
  }

  #signal(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#disposed.signal]);
  }

  #json(path: string, params: URLSearchParams, signal: AbortSignal): Promise<unknown> {
    return this.client.json({ path, params }, this.#signal(signal));
  }

  #reader(): LogReaderOptions {
    const { parser, cache, clock, site, tenant, onAccount } = this.#options;
    return {
      client: this.client,
      parser,
      size: this.#size,
      limits: (signal) => this.#tenantLimits(signal),
      cache,
      clock,
      site,
      tenant,
      maxBufferedBytes: this.#options.maxBufferedBytes ?? 64 * 1_024 * 1_024,
      categorize: this.#options.categorize ?? true,
      ...(onAccount === undefined ? {} : { onAccount }),
    };
  }

  async #tenantLimits(signal: AbortSignal): Promise<TenantLimits> {
    const nowMs = this.#options.clock.nowMs();
    if (this.#limits === null || nowMs - this.#limits.atMs > LIMITS_AGE_MS) {
      const limits = await fetchTenantLimits(this.client, signal);
      if (limits.maxEntries !== null) this.#size.learn(limits.maxEntries);
      this.#limits = { atMs: nowMs, limits };
    }
    return this.#limits.limits;
  }
}

function rangeParams(range: TimeRange, query: string | null): URLSearchParams {
  const params = new URLSearchParams({ start: range.startNs.toString(), end: range.endNs.toString() });
  if (query !== null) params.set("query", query);
  return params;
}

/** A route that this Loki does not serve, or has switched off for the tenant (404), is a missing capability. */
async function supported<T>(capability: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (hasCode(error, "loki.not-found")) throw new AppError("logs.unsupported", { capability }, { cause: error });
    throw error;
  }
}
