import { defineErrors } from "./error-definition.ts";

/** Files as a source of logs: archives, log files, copied buckets, capsules, exports. `part` is a path or an object key. */
export const archiveErrors = defineErrors({
  "archive.unknown": { category: "not-found", retryable: false, params: { id: "string" } },
  "archive.not-recognised": { category: "invalid-input", retryable: false, params: { file: "string" } },
  "archive.empty": { category: "invalid-input", retryable: false, params: { file: "string" } },
  "archive.path-refused": { category: "forbidden", retryable: false, params: { file: "string" } },
  "archive.tenant-unknown": { category: "not-found", retryable: false, params: { tenant: "string" } },
  "archive.assumption-needed": {
    category: "invalid-input",
    retryable: false,
    params: { file: "string", needed: "string", example: "string" },
  },
  "archive.assumption-invalid": {
    category: "invalid-input",
    retryable: false,
    params: { name: "string", value: "string" },
  },
  "archive.truncated": { category: "integrity", retryable: false, params: { part: "string", atByte: "number" } },
  "archive.damaged": { category: "integrity", retryable: false, params: { part: "string", problem: "string" } },
  "archive.changed": { category: "conflict", retryable: true, params: { part: "string" } },
  "archive.manifest-disagrees": {
    category: "integrity",
    retryable: false,
    params: { part: "string", problem: "string" },
  },
  "archive.unpack-too-large": {
    category: "resource",
    retryable: false,
    params: { part: "string", limitBytes: "number" },
  },
  "archive.line-too-long": { category: "resource", retryable: false, params: { part: "string", limitBytes: "number" } },
  "archive.lines-unreadable": {
    category: "integrity",
    retryable: false,
    params: { part: "string", lines: "number", example: "string" },
  },
  "archive.times-unrepresentable": {
    category: "integrity",
    retryable: false,
    params: { part: "string", lines: "number" },
  },
  "archive.columns-missing": {
    category: "invalid-input",
    retryable: false,
    params: { file: "string", columns: "string" },
  },
  "archive.upload-unknown": { category: "not-found", retryable: false, params: { id: "string" } },
  "archive.upload-out-of-order": {
    category: "conflict",
    retryable: false,
    params: { expected: "number", got: "number" },
  },
  "archive.upload-too-large": {
    category: "resource",
    retryable: false,
    params: { file: "string", limitBytes: "number" },
  },
  "archive.uploads-too-many": { category: "resource", retryable: true, params: { limit: "number" } },
  "archive.already-there": { category: "conflict", retryable: false, params: { file: "string" } },
  /** An export takes lines; a metric query gives numbers. */
  "export.metric-query": { category: "invalid-input", retryable: false, params: {} },
  "export.other-plan": { category: "conflict", retryable: false, params: { file: "string", problem: "string" } },
  "export.in-use": { category: "conflict", retryable: true, params: { file: "string" } },
  "export.store-refused": { category: "unreachable", retryable: true, params: { bucket: "string", problem: "string" } },
  "capsule.invalid": { category: "integrity", retryable: false, params: { file: "string", problem: "string" } },
  "capsule.tampered": { category: "integrity", retryable: false, params: { file: "string", part: "string" } },
});
