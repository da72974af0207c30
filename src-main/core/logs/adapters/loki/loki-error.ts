import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import { limitOf } from "./loki-limit-texts.ts";

/** An answer of Loki's that is not a success, as far as it is looked at. */
export interface LokiFailure {
  readonly status: number;
  readonly path: string;
  readonly tenant: string;
  /** The body if it is plain text, bounded; `null` for anything else (a page, an empty body, JSON). */
  readonly text: string | null;
  readonly contentType: string;
  /** Where a redirect points; empty when it is none. */
  readonly location: string;
  /** From `Retry-After`, 0 when it does not say. */
  readonly retryAfterMs: number;
  readonly elapsedMs: number;
}

/**
 * The one place that knows Loki's status codes and sentences. Loki answers errors of queries, pushes and tails in plain
 * text; a page or JSON instead means that something else answered.
 */
export function lokiError(failure: LokiFailure): AppError {
  const { status } = failure;
  if (status >= 300 && status < 400) {
    // With its UI enabled, Loki answers unknown paths with 307 to /ui/404.
    return new AppError("loki.bad-response", { status, problem: bounded(`redirect to ${failure.location}`) });
  }
  const text = withoutRpcPrefix(failure.text ?? "");
  if (status === 401) return unauthorised(status, text);
  if (status === 403) return text === "" ? unauthorised(status, text) : sentenceError(failure, text);
  if (status === 404 || status === 405) return new AppError("loki.not-found", { path: failure.path });
  if (text === "") {
    const problem = failure.contentType === "" ? "no text" : bounded(`content-type ${failure.contentType}`);
    if (status === 429)
      return new AppError("loki.rate-limited", { text, limit: "", retryAfterMs: failure.retryAfterMs });
    return new AppError("loki.bad-response", { status, problem });
  }
  return sentenceError(failure, text);
}

function sentenceError(failure: LokiFailure, text: string): AppError {
  const { status, tenant } = failure;
  if (/tenant ID (?:'[^']*' contains unsupported|is too long|is '\.)|^multiple org IDs present/.test(text)) {
    return new AppError("tenants.invalid", { tenant, problem: text });
  }
  if (/no org id/.test(text)) return new AppError("loki.no-tenant", {});
  const limit = limitOf(text);
  if (limit?.kind === "refused") return new AppError("loki.query-refused", { text, limit: limit.limit });
  if (status === 429 || limit?.kind === "rate") {
    return new AppError("loki.rate-limited", { text, limit: limit?.limit ?? "", retryAfterMs: failure.retryAfterMs });
  }
  if (limit !== null) return new AppError("loki.limit-exceeded", { text, limit: limit.limit });
  if (text.startsWith("end timestamp must not be before")) return new AppError("logs.range-reversed", {});
  if (status === 504 || text.startsWith("request timed out, decrease the duration")) {
    return new AppError("loki.timed-out", { seconds: Math.max(1, Math.round(failure.elapsedMs / 1_000)) });
  }
  if ((status >= 400 && status < 500 && status !== 499) || isQueryMistake(text)) return queryInvalid(text);
  return new AppError("loki.failed", { status, text });
}

/** Loki answers some mistakes in a query with 500; asking again does not help. */
function isQueryMistake(text: string): boolean {
  return (
    /matching labels must be unique on one side|multiple matches for labels/.test(text) ||
    /^parse error\b/.test(text) ||
    text.startsWith("only log selector is supported")
  );
}

/** A query that Loki refuses, with the place that its text names. */
export function queryInvalid(text: string): AppError<"loki.query-invalid"> {
  const place = /^parse error at line (\d{1,9}), col (\d{1,9}):/.exec(text);
  return new AppError("loki.query-invalid", { text, line: Number(place?.[1] ?? 0), column: Number(place?.[2] ?? 0) });
}

function unauthorised(status: number, text: string): AppError {
  if (status === 401 && /^no org id$/.test(text)) return new AppError("loki.no-tenant", {});
  return new AppError("loki.unauthorized", { status });
}

/** Loki's components talk gRPC, and sometimes let it show: `rpc error: code = Code(400) desc = …`. */
function withoutRpcPrefix(text: string): string {
  return text.replace(/^rpc error: code = \S+ desc = /, "").trim();
}

function bounded(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
