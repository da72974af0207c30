import { defineErrors } from "./error-definition.ts";

/** Only the Loki client knows Loki's status codes and texts; everyone else knows these. */
export const lokiErrors = defineErrors({
  /** `line` and `column` count from 1; both 0 when Loki gives no position. `text` is Loki's own sentence. */
  "loki.query-invalid": {
    category: "invalid-input",
    retryable: false,
    params: { text: "string", line: "number", column: "number" },
  },
  "loki.query-refused": { category: "forbidden", retryable: false, params: { text: "string", limit: "string" } },
  "loki.limit-exceeded": { category: "invalid-input", retryable: false, params: { text: "string", limit: "string" } },
  "loki.no-tenant": { category: "auth", retryable: false, params: {} },
  "loki.unauthorized": { category: "auth", retryable: false, params: { status: "number" } },
  "loki.not-found": { category: "not-found", retryable: false, params: { path: "string" } },
  /** `limit` is the key in `limits_config` where Loki's text names one, else empty; `retryAfterMs` is 0 when it does not say. */
  "loki.rate-limited": {
    category: "rate-limited",
    retryable: true,
    params: { text: "string", limit: "string", retryAfterMs: "number" },
  },
  "loki.failed": { category: "upstream", retryable: true, params: { status: "number", text: "string" } },
  "loki.timed-out": { category: "timeout", retryable: true, params: { seconds: "number" } },
  /** The answer is not Loki's: HTML, a redirect, half a JSON, gzip garbage, a body without an end. */
  "loki.bad-response": { category: "upstream", retryable: true, params: { status: "number", problem: "string" } },
  "loki.unreachable": { category: "unreachable", retryable: true, params: { host: "string", problem: "string" } },
  "loki.tls": { category: "auth", retryable: false, params: { host: "string", problem: "string" } },
  /** The upgrade was answered with `status` and not with 101; `reason` is the server's plain text, or empty. */
  "loki.tail-refused": { category: "upstream", retryable: true, params: { status: "number", reason: "string" } },
});
