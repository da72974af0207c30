import { defineErrors } from "./error-definition.ts";

export const rpcErrors = defineErrors({
  /** A thrown value that is not ours: a bug. The whole of it is in the log under the reference. */
  internal: { category: "internal", retryable: false, params: {} },
  "request.invalid": { category: "invalid-input", retryable: false, params: { path: "string", problem: "string" } },
  "request.cancelled": { category: "cancelled", retryable: true, params: {} },
  "request.too-large": { category: "invalid-input", retryable: false, params: { limitBytes: "number" } },
  "rpc.version-mismatch": {
    category: "incompatible",
    retryable: false,
    params: { client: "number", server: "number" },
  },
  "rpc.disconnected": { category: "unreachable", retryable: true, params: {} },
  "rpc.slow-reader": { category: "resource", retryable: true, params: { bufferedBytes: "number" } },
  "permission.denied": { category: "forbidden", retryable: false, params: { permission: "string", role: "string" } },
  "permission.read-only": { category: "forbidden", retryable: false, params: { permission: "string" } },
  "session.expired": { category: "auth", retryable: false, params: {} },
  /** A bind that is not loopback, with neither TLS nor a trusted proxy. */
  "headless.bind-refused": { category: "invalid-input", retryable: false, params: { host: "string" } },
  "headless.listen-failed": {
    category: "resource",
    retryable: true,
    params: { host: "string", port: "number", problem: "string" },
  },
  "headless.page-missing": { category: "not-found", retryable: false, params: { directory: "string" } },
  "headless.tls-invalid": { category: "invalid-input", retryable: false, params: { problem: "string" } },
  "profile.in-use": { category: "conflict", retryable: true, params: { directory: "string", pid: "number" } },
});
