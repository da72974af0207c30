import { isTooLong } from "../../common/http-body-error.ts";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Exposition } from "./exposition-parser.ts";
import type { TargetAnswer } from "./scrape-target.ts";

export type OutcomeKind = "answered" | "forbidden" | "timed-out" | "unreachable" | "not-metrics" | "too-large";

/** How asking one target for its metrics went in one round. */
export interface TargetOutcome {
  readonly instance: string;
  readonly component: string;
  readonly zone: string | null;
  readonly node: string | null;
  readonly outcome: OutcomeKind;
  /** `null` exactly when it answered. */
  readonly error: AppError | null;
  readonly sizeBytes: number;
  /** Samples of the answer, kept or not. */
  readonly samples: number;
  readonly brokenLines: number;
  readonly repeatedKeys: number;
}

/** A failed request in the words of an outcome; what is no `AppError` is a fault of the way, and told as unreachable. */
export function failedOutcome(error: unknown, instance: string): { outcome: OutcomeKind; error: AppError } {
  if (!isAppError(error)) {
    const problem = error instanceof Error ? error.message.slice(0, 200) : "";
    return {
      outcome: "unreachable",
      error: new AppError("loki.unreachable", { host: instance, problem }, { cause: error }),
    };
  }
  return { outcome: kindOf(error), error };
}

function kindOf(error: AppError): OutcomeKind {
  if (isTooLong(error)) return "too-large";
  if (error.category === "timeout") return "timed-out";
  if (error.code === "loki.tls" || error.code === "cluster.tls") return "unreachable";
  if (error.category === "forbidden" || error.category === "auth") return "forbidden";
  if (error.code === "loki.bad-response" || error.code === "cluster.bad-response") return "not-metrics";
  return "unreachable";
}

/** What an answer with another status than 200 means. */
export function refusedAnswer({ status }: TargetAnswer): { outcome: OutcomeKind; error: AppError } | null {
  if (status === 200) return null;
  if (status === 401 || status === 403) {
    return { outcome: "forbidden", error: new AppError("loki.unauthorized", { status }) };
  }
  if (status >= 500) return { outcome: "unreachable", error: new AppError("loki.failed", { status, text: "" }) };
  return { outcome: "not-metrics", error: new AppError("loki.bad-response", { status, problem: "no metrics" }) };
}

const BLANKS = new Set([9, 10, 13, 32]);
const LESS_THAN = 60;

/** HTML by its type or its first character: error pages of proxies come with status 200 as well. */
export function isHtml({ contentType, body }: TargetAnswer): boolean {
  if (/^\s*text\/html/i.test(contentType)) return true;
  const first = body.subarray(0, 64).find((byte) => !BLANKS.has(byte));
  return first === LESS_THAN;
}

/**
 * The error of a page that is no exposition of Loki's: HTML, nothing at all, or none of the families that every one of its
 * programs exports. `null` for one that is.
 */
export function notMetrics(answer: TargetAnswer, exposition: Exposition | null): AppError | null {
  const { status } = answer;
  if (exposition === null) return new AppError("loki.bad-response", { status, problem: "HTML" });
  if (Object.keys(exposition.series).length > 0) return null;
  const problem = exposition.samples === 0 ? "no samples" : `${exposition.samples} lines, none of them Loki's metrics`;
  return new AppError("loki.bad-response", { status, problem });
}
