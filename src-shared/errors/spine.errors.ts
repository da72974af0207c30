import { defineErrors } from "./error-definition.ts";

/** Settings, secrets, audit, jobs, files: what every domain stands on. */
export const spineErrors = defineErrors({
  "settings.unknown": { category: "not-found", retryable: false, params: { key: "string" } },
  "settings.invalid": { category: "invalid-input", retryable: false, params: { key: "string", problem: "string" } },
  "settings.managed": { category: "forbidden", retryable: false, params: { key: "string", source: "string" } },
  "settings.file-broken": {
    category: "integrity",
    retryable: false,
    params: { file: "string", keptAs: "string", problem: "string" },
  },
  "secrets.unavailable": { category: "resource", retryable: false, params: { problem: "string" } },
  "secrets.unknown": { category: "not-found", retryable: false, params: { ref: "string" } },
  "audit.write-failed": { category: "resource", retryable: true, params: { problem: "string" } },
  "audit.chain-broken": { category: "integrity", retryable: false, params: { sequence: "number", problem: "string" } },
  "jobs.unknown": { category: "not-found", retryable: false, params: { id: "string" } },
  "jobs.wrong-state": { category: "conflict", retryable: false, params: { id: "string", state: "string" } },
  "jobs.input-invalid": { category: "invalid-input", retryable: false, params: { kind: "string", problem: "string" } },
  "files.disk-full": { category: "resource", retryable: true, params: { file: "string" } },
  "files.unreadable": { category: "not-found", retryable: false, params: { file: "string", problem: "string" } },
  "files.unwritable": { category: "resource", retryable: true, params: { file: "string", problem: "string" } },
  "lab.unavailable": { category: "unreachable", retryable: true, params: { problem: "string" } },
  "lab.fault-unknown": { category: "not-found", retryable: false, params: { fault: "string" } },
});
