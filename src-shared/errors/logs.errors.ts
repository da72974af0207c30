import { defineErrors } from "./error-definition.ts";

export const logsErrors = defineErrors({
  "tenants.invalid": { category: "invalid-input", retryable: false, params: { tenant: "string", problem: "string" } },
  "tenants.required": { category: "invalid-input", retryable: false, params: {} },
  "logs.range-reversed": { category: "invalid-input", retryable: false, params: {} },
  "logs.range-invalid": { category: "invalid-input", retryable: false, params: { text: "string" } },
  "logs.result-set-unknown": { category: "not-found", retryable: false, params: { id: "string" } },
  "logs.row-unknown": { category: "not-found", retryable: false, params: { row: "number" } },
  "logs.pattern-invalid": { category: "invalid-input", retryable: false, params: { problem: "string" } },
  "logs.pattern-too-slow": { category: "timeout", retryable: false, params: { seconds: "number" } },
  "logs.spill-failed": { category: "resource", retryable: true, params: { problem: "string" } },
  "logs.selection-too-large": { category: "resource", retryable: false, params: { limitBytes: "number" } },
  "logs.unsupported": { category: "invalid-input", retryable: false, params: { capability: "string" } },
  "logs.saved-query-unknown": { category: "not-found", retryable: false, params: { id: "string" } },
});
