import { defineErrors } from "./error-definition.ts";

export const sitesErrors = defineErrors({
  "sites.unknown": { category: "not-found", retryable: false, params: { site: "string" } },
  "sites.invalid": { category: "invalid-input", retryable: false, params: { field: "string", problem: "string" } },
  "sites.no-route": { category: "not-found", retryable: false, params: { role: "string" } },
  /** The site has no Kubernetes API: a URL entered by hand. */
  "sites.no-cluster": { category: "invalid-input", retryable: false, params: { site: "string" } },
  "kubeconfig.unreadable": {
    category: "invalid-input",
    retryable: false,
    params: { file: "string", problem: "string" },
  },
  "kubeconfig.empty": { category: "not-found", retryable: false, params: { files: "string" } },
  "kubeconfig.context-broken": {
    category: "invalid-input",
    retryable: false,
    params: { context: "string", problem: "string" },
  },
  "oidc.failed": { category: "auth", retryable: true, params: { issuer: "string", problem: "string" } },
  "plugin.not-confirmed": { category: "forbidden", retryable: false, params: { command: "string", hash: "string" } },
  "plugin.unknown": { category: "not-found", retryable: false, params: { hash: "string" } },
  /** `hint` is the kubeconfig's own `installHint`, or empty. */
  "plugin.not-found": { category: "not-found", retryable: false, params: { command: "string", hint: "string" } },
  "plugin.failed": {
    category: "auth",
    retryable: true,
    params: { command: "string", exitCode: "number", stderr: "string" },
  },
  "plugin.timed-out": {
    category: "timeout",
    retryable: true,
    params: { command: "string", seconds: "number", stderr: "string" },
  },
  "plugin.bad-output": {
    category: "upstream",
    retryable: false,
    params: { command: "string", problem: "string", stderr: "string" },
  },
  "cluster.unreachable": { category: "unreachable", retryable: true, params: { host: "string", problem: "string" } },
  "cluster.tls": { category: "auth", retryable: false, params: { host: "string", problem: "string" } },
  "cluster.unauthorized": { category: "auth", retryable: false, params: { host: "string" } },
  "cluster.forbidden": {
    category: "forbidden",
    retryable: false,
    params: { verb: "string", resource: "string", namespace: "string" },
  },
  "cluster.bad-response": { category: "upstream", retryable: true, params: { status: "number", problem: "string" } },
  "cluster.timeout": { category: "timeout", retryable: true, params: { host: "string", seconds: "number" } },
  "cluster.gone": { category: "not-found", retryable: false, params: { resource: "string", name: "string" } },
  /** Somebody else changed the object first, or it exists already. */
  "cluster.conflict": { category: "conflict", retryable: true, params: { resource: "string", name: "string" } },
  /** The API server will not take the request as it is (400, 405, 409 of other kinds, 415, 422). */
  "cluster.rejected": { category: "invalid-input", retryable: false, params: { status: "number", problem: "string" } },
  "cluster.rate-limited": { category: "rate-limited", retryable: true, params: { retryAfterMs: "number" } },
  /** The API server answers, in its own form, that it failed. */
  "cluster.failed": { category: "upstream", retryable: true, params: { status: "number", problem: "string" } },
  /** A list or watch began too far back (410); it must start anew. */
  "cluster.expired": { category: "conflict", retryable: true, params: { resource: "string" } },
  /** The API server works, and cannot reach the service or pod behind its proxy. */
  "cluster.backend-unavailable": {
    category: "unreachable",
    retryable: true,
    params: { backend: "string", problem: "string" },
  },
  "cluster.too-many-streams": { category: "resource", retryable: false, params: { limit: "number" } },
  "forward.lost": { category: "unreachable", retryable: true, params: { pod: "string", problem: "string" } },
});
