import { defineErrors } from "./error-definition.ts";

/** Limits, query costs, quotas, cardinality. `ledger` is a file, or host, port and name of a database: never its password. */
export const tenantsErrors = defineErrors({
  "tenants.ledger-unreachable": {
    category: "unreachable",
    retryable: true,
    params: { ledger: "string", problem: "string" },
  },
  "tenants.ledger-failed": { category: "internal", retryable: false, params: { ledger: "string", problem: "string" } },
  /** Told, not thrown: the file was set aside under `keptAs`, and a new one begun. */
  "tenants.ledger-damaged": {
    category: "integrity",
    retryable: false,
    params: { file: "string", keptAs: "string", problem: "string" },
  },
  /** No pod of the site mounts a ConfigMap as `runtime_config.file`; `problem` says what was found instead. */
  "tenants.runtime-config-missing": {
    category: "not-found",
    retryable: false,
    params: { site: "string", problem: "string" },
  },
  /** The change has what stops it: `problems` are codes, joined by commas. */
  "tenants.change-stopped": { category: "invalid-input", retryable: false, params: { problems: "string" } },
  "tenants.change-conflict": { category: "conflict", retryable: false, params: { object: "string", who: "string" } },
  "tenants.rollback-impossible": {
    category: "conflict",
    retryable: false,
    params: { job: "string", problem: "string" },
  },
  /** Written and there, and not taken by `instances` within the time. */
  "tenants.not-converged": { category: "timeout", retryable: true, params: { instances: "string", seconds: "number" } },
  /** Loki refused the file; what was there before was put back when `restored` is `yes`. */
  "tenants.reload-refused": {
    category: "integrity",
    retryable: false,
    params: { instances: "string", restored: "string" },
  },
  /** From here on a reason is asked for; say it, and the query goes. Sizes are bytes. */
  "tenants.quota-reason-needed": {
    category: "conflict",
    retryable: false,
    params: { scope: "string", name: "string", period: "string", used: "number", limit: "number", estimate: "number" },
  },
  "tenants.quota-exceeded": {
    category: "forbidden",
    retryable: false,
    params: { scope: "string", name: "string", period: "string", used: "number", limit: "number", estimate: "number" },
  },
  "tenants.quota-unknown": { category: "not-found", retryable: false, params: { scope: "string", name: "string" } },
  "tenants.costs-unread": { category: "not-found", retryable: true, params: { site: "string", problem: "string" } },
  "cardinality.report-unknown": { category: "not-found", retryable: false, params: { report: "string" } },
  "cardinality.report-damaged": {
    category: "integrity",
    retryable: false,
    params: { file: "string", problem: "string" },
  },
  "cardinality.too-many-series": {
    category: "resource",
    retryable: false,
    params: { series: "number", most: "number" },
  },
});
