import { defineErrors } from "./error-definition.ts";

/** Watching a Loki and acting on it. */
export const healthErrors = defineErrors({
  "health.no-targets": { category: "not-found", retryable: true, params: { site: "string" } },
  "health.instance-unknown": { category: "not-found", retryable: false, params: { instance: "string" } },
  "health.nobody-tells": { category: "not-found", retryable: true, params: { what: "string" } },
  "health.prometheus-failed": {
    category: "upstream",
    retryable: true,
    params: { status: "number", problem: "string" },
  },
  "health.prometheus-empty": { category: "not-found", retryable: true, params: { selector: "string" } },
  "operation.plan-unknown": { category: "not-found", retryable: false, params: { plan: "string" } },
  "operation.plan-expired": { category: "conflict", retryable: false, params: { minutes: "number" } },
  /** The world has moved since the plan was made: `what` names the thing that changed. */
  "operation.plan-stale": { category: "conflict", retryable: false, params: { what: "string" } },
  /** `reasons` are names of safety reasons, joined by commas. */
  "operation.unsafe": { category: "conflict", retryable: true, params: { reasons: "string" } },
  "operation.override-forbidden": { category: "forbidden", retryable: false, params: { role: "string" } },
  "operation.other-running": { category: "conflict", retryable: true, params: { operation: "string" } },
  "operation.unsupported": {
    category: "incompatible",
    retryable: false,
    params: { operation: "string", problem: "string" },
  },
  "operation.refused": { category: "upstream", retryable: false, params: { status: "number", text: "string" } },
  /** It was sent and no answer came: whether it was done is found out by looking, never by sending again. */
  "operation.outcome-unknown": {
    category: "unreachable",
    retryable: false,
    params: { request: "string", problem: "string" },
  },
  "operation.not-verified": { category: "timeout", retryable: false, params: { what: "string", seconds: "number" } },
  "watchdog.lease-lost": { category: "conflict", retryable: true, params: { holder: "string" } },
});
