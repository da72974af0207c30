import { AppError, isAppError } from "../../../src-shared/errors/app-error.ts";
import { classifyHttpFailure, HttpTimeoutError } from "./adapters/http-failure.ts";
import { ProxyError } from "./socks5.ts";

/** What went wrong on the way to an API server, as an error of `cluster.*`; an `AppError` stays as it is. */
export function clusterFailure(error: unknown, host: string): AppError {
  if (isAppError(error)) return error;
  const options = { cause: error };
  const proxy = proxyError(error);
  if (proxy !== null) return new AppError("cluster.unreachable", { host, problem: proxy.message }, options);
  const { kind, problem } = classifyHttpFailure(error);
  switch (kind) {
    case "cancelled":
      return new AppError("request.cancelled", {}, options);
    case "tls":
      return new AppError("cluster.tls", { host, problem }, options);
    case "timed-out": {
      const seconds = error instanceof HttpTimeoutError ? error.timeoutMs / 1_000 : 0;
      return new AppError("cluster.timeout", { host, seconds }, options);
    }
    case "bad-response":
      return new AppError("cluster.bad-response", { status: 0, problem }, options);
    case "dns":
    case "refused":
    case "reset":
    case "failed":
      break;
  }
  return new AppError("cluster.unreachable", { host, problem }, options);
}

function proxyError(error: unknown): ProxyError | null {
  if (error instanceof ProxyError) return error;
  return error instanceof Error && error.cause !== undefined ? proxyError(error.cause) : null;
}
