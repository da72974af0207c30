import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import { clusterFailure } from "../cluster-failure.ts";
import { readStatus, statusFailure } from "../kubernetes-status.ts";
import { describeRoute, type LokiRoute } from "../loki-routes.ts";
import { classifyHttpFailure, HttpTimeoutError } from "./http-failure.ts";

/** How old API servers word, as plain text, that they cannot reach what is behind their proxy. */
const OLD_PROXY_TEXT = /^Error(: '| trying to reach service)/i;

/**
 * The error when an answer through the API server's proxy was the API server's own: a Status, which no Loki ever sends.
 * `null` when it was Loki's.
 */
export function proxyRefusal(
  status: number,
  body: Uint8Array,
  method: string,
  route: LokiRoute,
  host: string,
): AppError | null {
  const found = readStatus(body);
  if (found === null) {
    const text = status >= 502 && body.length < 4_096 ? new TextDecoder().decode(body) : "";
    return OLD_PROXY_TEXT.test(text) ? unavailable(route, firstLine(text)) : null;
  }
  if (status >= 500) return unavailable(route, found.message ?? found.reason ?? "");
  const subject = {
    verb: method === "GET" ? "get" : "create",
    resource: route.kind === "service" ? "services/proxy" : "pods/proxy",
    namespace: route.namespace,
    name: route.kind === "service" ? route.service : route.pod,
  };
  return statusFailure(status, body, subject, host, "");
}

/** Failures to send or read on the way through a cluster: what concerns Loki's own answer is `loki.*`. */
export function throughClusterFailure(error: unknown, host: string): AppError {
  if (isAppError(error)) return error;
  const { kind, problem } = classifyHttpFailure(error);
  if (kind === "bad-response") return new AppError("loki.bad-response", { status: 0, problem }, { cause: error });
  if (error instanceof HttpTimeoutError) {
    return new AppError("loki.timed-out", { seconds: error.timeoutMs / 1_000 }, { cause: error });
  }
  return clusterFailure(error, host);
}

function unavailable(route: LokiRoute, problem: string): AppError {
  return new AppError("cluster.backend-unavailable", { backend: describeRoute(route), problem: problem.slice(0, 300) });
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
