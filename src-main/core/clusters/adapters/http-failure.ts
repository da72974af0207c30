import { errors as undiciErrors } from "undici";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import { HttpBodyError } from "../../common/http-body-error.ts";

/**
 * Why an HTTP exchange or a WebSocket did not come about, in words that every adapter maps to its own codes. `problem` is
 * evidence for a person: an error code of the system or of TLS with its short reason, never a body and never a secret.
 */
export interface HttpFailure {
  readonly kind: "cancelled" | "dns" | "refused" | "reset" | "tls" | "timed-out" | "bad-response" | "failed";
  readonly problem: string;
}

/** The idle or first-byte timer of `sendHttp` went off. */
export class HttpTimeoutError extends Error {
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`no byte for ${timeoutMs} ms`);
    this.name = "HttpTimeoutError";
    this.timeoutMs = timeoutMs;
  }
}

const DNS = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME"]);
const REFUSED = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "EACCES",
]);
const RESET = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED", "UND_ERR_SOCKET"]);

// Node's names for OpenSSL's verification results (`X509_V_ERR_…` without the prefix), and those Node adds itself.
const TLS = new Set([
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "CRL_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "EPROTO",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_CRL",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** Longest piece of an error's own message that is passed on as evidence. */
const PROBLEM_CHARACTERS = 200;

export function classifyHttpFailure(error: unknown): HttpFailure {
  if (isAppError(error)) return { kind: error.category === "cancelled" ? "cancelled" : "failed", problem: error.code };
  if (error instanceof HttpTimeoutError) return { kind: "timed-out", problem: error.message };
  if (error instanceof HttpBodyError) return { kind: "bad-response", problem: error.message };
  if (error instanceof AggregateError && error.errors.length > 0) return classifyHttpFailure(error.errors[0]);
  if (!(error instanceof Error)) return { kind: "failed", problem: bounded(String(error)) };
  const code = errorCode(error);
  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT")
    return { kind: "refused", problem: "connect timed out" };
  if (error instanceof undiciErrors.HeadersTimeoutError || error instanceof undiciErrors.BodyTimeoutError) {
    return { kind: "timed-out", problem: code };
  }
  if (DNS.has(code)) return { kind: "dns", problem: code };
  if (REFUSED.has(code)) return { kind: "refused", problem: code };
  if (TLS.has(code) || code.startsWith("ERR_TLS_") || code.startsWith("ERR_SSL_") || code.startsWith("ERR_OSSL_")) {
    return { kind: "tls", problem: `${code}: ${bounded(firstLine(error.message))}` };
  }
  if (RESET.has(code)) return { kind: "reset", problem: code === "UND_ERR_SOCKET" ? bounded(error.message) : code };
  if (error.name === "HTTPParserError") return { kind: "bad-response", problem: bounded(firstLine(error.message)) };
  if (code.startsWith("HPE_") || code === "UND_ERR_HEADERS_OVERFLOW") return { kind: "bad-response", problem: code };
  if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") return { kind: "bad-response", problem: "body cut short" };
  if (code === "Z_DATA_ERROR" || code === "Z_BUF_ERROR") return { kind: "bad-response", problem: code };
  if (error.name === "AbortError" || code === "UND_ERR_ABORTED") return { kind: "cancelled", problem: "aborted" };
  if (error.cause !== undefined) return classifyHttpFailure(error.cause);
  return { kind: "failed", problem: code === "" ? bounded(firstLine(error.message)) : code };
}

/** The failure as the errors of a Loki reached directly; those of a cluster are mapped where the cluster is known. */
export function lokiReachError(error: unknown, host: string): AppError {
  if (isAppError(error)) return error;
  const { kind, problem } = classifyHttpFailure(error);
  const options = { cause: error };
  switch (kind) {
    case "cancelled":
      return new AppError("request.cancelled", {}, options);
    case "tls":
      return new AppError("loki.tls", { host, problem }, options);
    case "timed-out": {
      const seconds = error instanceof HttpTimeoutError ? Math.max(1, Math.round(error.timeoutMs / 1_000)) : 0;
      return new AppError("loki.timed-out", { seconds }, options);
    }
    case "bad-response":
      return new AppError("loki.bad-response", { status: 0, problem }, options);
    case "dns":
    case "refused":
    case "reset":
    case "failed":
    default:
      return new AppError("loki.unreachable", { host, problem }, options);
  }
}

function errorCode(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function bounded(text: string): string {
  return text.length <= PROBLEM_CHARACTERS ? text : `${text.slice(0, PROBLEM_CHARACTERS)}…`;
}
