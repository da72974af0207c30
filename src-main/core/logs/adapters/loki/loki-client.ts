import { randomUUID } from "node:crypto";
import { AppError, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { LokiRole } from "../../../../../src-shared/api/sites.api.ts";
import { tenantIdProblem, type TenantId } from "../../../../../src-shared/model/tenant-id.ts";
import { isTooLong } from "../../../common/http-body-error.ts";
import type { LokiTransport, TransportResponse, TransportSocket } from "../../../clusters/loki-transport.ts";
import type { Clock } from "../../../common/clock.ts";
import { plainText } from "../../../common/plain-text.ts";
import type { Logger } from "../../../common/logger.ts";
import type { CostListener } from "../../request-cost.ts";
import { lokiError } from "./loki-error.ts";
import { RequestGate } from "./request-gate.ts";
import { retryAfterMs, retryDelayMs, type RetryOptions } from "./retry-policy.ts";

export interface LokiClientOptions {
  readonly transport: LokiTransport;
  readonly tenant: TenantId;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The console's own version, for `User-Agent`. */
  readonly version: string;
  readonly requestTimeoutMs: number;
  readonly parallelRequests: number;
  readonly retry: RetryOptions;
  readonly random: () => number;
}

export interface LokiCall {
  readonly path: string;
  readonly params: URLSearchParams;
  readonly role?: LokiRole;
  /** Structured metadata and parsed labels apart from stream labels. */
  readonly categorize?: boolean;
  readonly maxBytes?: number;
  /** Called before every repetition. */
  readonly onRetry?: (error: AppError) => void;
  /** Of a query: whoever listens is told of each request what it cost. */
  readonly cost?: { readonly query: string; readonly rangeMs: number; readonly listen: CostListener };
}

/** One sending of a call. */
interface Attempt {
  readonly uuid: string;
  readonly startedAtMs: number;
  /** 0 until an answer came. */
  status: number;
}

/** Past this many characters the parameters go into a form: proxies bound the length of a URL. */
const MAX_QUERY_CHARACTERS = 4_000;
const MAX_ERROR_BYTES = 65_536;
/** The longest answer that is read at once. */
export const MAX_ANSWER_BYTES = 128 * 1_024 * 1_024;

/** One tenant's Loki over a transport: the only place that sets the tenant header. */
export class LokiClient {
  readonly #options: LokiClientOptions;
  readonly #gate: RequestGate;

  constructor(options: LokiClientOptions) {
    this.#options = options;
    this.#gate = new RequestGate(options.parallelRequests);
  }

  /** How many requests may be under way now. */
  get parallelRequests(): number {
    return this.#gate.limit;
  }

  /**
   * Asks, reads and parses; again after failures that may pass. `parse` gets the bytes of a 2xx answer for itself and
   * rejects with `loki.bad-response` for what is no answer, which is asked for once more. `statsOf` takes `data.stats` out of
   * what was parsed, for `call.cost`.
   */
  async ask<T>(
    call: LokiCall,
    parse: (body: Uint8Array) => T | Promise<T>,
    signal: AbortSignal,
    statsOf: (parsed: T) => unknown = () => null,
  ): Promise<T> {
    const { clock, retry, random, logger } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const leave = await this.#gate.enter(signal);
      const sent: Attempt = { uuid: randomUUID(), startedAtMs: clock.nowMs(), status: 0 };
      try {
        const parsed = await parse(await this.#bytes(call, sent, signal));
        this.#gate.answered();
        this.#tellCost(call, sent, statsOf(parsed));
        return parsed;
      } catch (error) {
        // A server error or a cancelled request may have read much, and only Loki's own line will say how much.
        if (sent.status >= 400 && sent.status < 499) this.#tellCost(call, sent, null);
        if (signal.aborted) throw new AppError("request.cancelled", {}, { cause: error });
        if (!isAppError(error) || isTooLong(error)) throw error;
        if (error.category === "rate-limited") this.#gate.limited();
        const delayMs = retryDelayMs(error, attempt, retry, random);
        if (delayMs === null) throw error;
        leave();
        logger.debug("loki request is made again", { path: call.path, code: error.code, attempt, delayMs });
        call.onRetry?.(error);
        await clock.sleep(delayMs, signal).catch(() => {
          throw new AppError("request.cancelled", {});
        });
      } finally {
        leave();
      }
    }
  }

  async json(call: LokiCall, signal: AbortSignal): Promise<unknown> {
    return this.ask(call, parsedJson, signal);
  }

  async socket(path: string, params: URLSearchParams, signal: AbortSignal): Promise<TransportSocket> {
    return this.#options.transport.socket({
      role: "tail",
      path,
      query: params,
      headers: this.#headers(true),
      signal,
      timeoutMs: Math.min(this.#options.requestTimeoutMs, 30_000),
    });
  }

  /** An upgrade that was refused, as the error it stands for. */
  refusal(error: AppError<"loki.tail-refused">, path: string): AppError {
    const { status, reason } = error.params;
    return this.#mapped(status, path, reason === "" ? null : reason, {}, 0);
  }

  /** The reason of a closing frame, as the error it stands for. */
  closeError(reason: string, path: string): AppError {
    return this.#mapped(500, path, reason === "" ? "closed" : reason.slice(0, 500), {}, 0);
  }

  #tellCost({ cost }: LokiCall, { uuid, startedAtMs, status }: Attempt, stats: unknown): void {
    if (cost === undefined) return;
    const endedAtMs = this.#options.clock.nowMs();
    const { query, rangeMs } = cost;
    cost.listen({ uuid, query, rangeMs, endedAtMs, durationMs: endedAtMs - startedAtMs, status, stats });
  }

  async #bytes(call: LokiCall, sent: Attempt, signal: AbortSignal): Promise<Uint8Array> {
    const { transport, requestTimeoutMs } = this.#options;
    const form = call.params.toString().length > MAX_QUERY_CHARACTERS;
    const response = await transport.request({
      role: call.role ?? "query",
      method: form ? "POST" : "GET",
      path: call.path,
      headers: {
        ...this.#headers(call.categorize === true),
        ...(call.cost === undefined ? {} : { "X-Query-Tags": `Source=kubemate,Id=${sent.uuid}` }),
        ...(form ? { "content-type": "application/x-www-form-urlencoded" } : {}),
      },
      ...(form ? { body: call.params.toString() } : { query: call.params }),
      signal,
      timeoutMs: requestTimeoutMs,
    });
    sent.status = response.status;
    if (response.status < 200 || response.status >= 300) {
      throw await this.#failure(response, call.path, sent.startedAtMs);
    }
    const contentType = response.headers["content-type"] ?? "";
    if (/^text\/html\b/i.test(contentType)) {
      await response.cancel();
      throw new AppError("loki.bad-response", {
        status: response.status,
        problem: `content-type ${contentType.slice(0, 100)}`,
      });
    }
    return response.bytes(call.maxBytes ?? MAX_ANSWER_BYTES);
  }

  async #failure(response: TransportResponse, path: string, startedAtMs: number): Promise<AppError> {
    let text: string | null = null;
    try {
      text = plainText(response.headers["content-type"] ?? "", await response.bytes(MAX_ERROR_BYTES));
    } catch (error) {
      // A page without end is no sentence either; the status says enough. Only a cancelled request is told apart.
      if (isAppError(error) && error.code === "request.cancelled") return error;
    }
    return this.#mapped(response.status, path, text, response.headers, this.#options.clock.nowMs() - startedAtMs);
  }

  #mapped(
    status: number,
    path: string,
    text: string | null,
    headers: Readonly<Record<string, string>>,
    elapsedMs: number,
  ): AppError {
    return lokiError({
      status,
      path,
      tenant: this.#options.tenant,
      text,
      contentType: headers["content-type"] ?? "",
      location: headers["location"] ?? "",
      retryAfterMs: retryAfterMs(headers["retry-after"], this.#options.clock.nowMs()),
      elapsedMs,
    });
  }

  #headers(categorize: boolean): Record<string, string> {
    const { tenant, version } = this.#options;
    return {
      "X-Scope-OrgID": checkedTenant(tenant),
      "User-Agent": `kubemate-console/${version}`,
      "X-Query-Tags": "Source=kubemate",
      ...(categorize ? { "X-Loki-Response-Encoding-Flags": "categorize-labels" } : {}),
    };
  }
}

export function checkedTenant(tenant: TenantId): TenantId {
  const problem = tenantIdProblem(tenant);
  if (problem === null) return tenant;
  const detail = problem.reason === "unsupported-character" ? `${problem.reason} ${problem.character}` : problem.reason;
  throw new AppError("tenants.invalid", { tenant: tenant.slice(0, 200), problem: detail });
}

/** A body as JSON; `loki.bad-response` when it is none. */
export function parsedJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    throw new AppError("loki.bad-response", { status: 200, problem: "not JSON, or cut short" }, { cause: error });
  }
}
