import { defineErrors } from "./error-definition.ts";

export const sitesErrors = defineErrors({
  "sites.unknown": { category: "not-found", retryable: false, params: { site: "string" } },
  "sites.invalid": { category: "invalid-input", retryable: false, params: { field: "string", problem: "string" } },
  "sites.no-route": { category: "not-found", retryable: false, params: { role: "string" } },
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
  "plugin.not-confirmed": { category: "forbidden", retryable: false, params: { command: "string", hash: "string" } },
  "plugin.not-found": { category: "not-found", retryable: false, params: { command: "string" } },
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
  "forward.lost": { category: "unreachable", retryable: true, params: { pod: "string", problem: "string" } },
});
