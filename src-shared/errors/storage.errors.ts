import { defineErrors } from "./error-definition.ts";

/** Object stores: S3 and folders. `store` is a store's name as a person knows it, `s3://bucket` or a folder. */
export const storageErrors = defineErrors({
  "storage.unreachable": { category: "unreachable", retryable: true, params: { store: "string", problem: "string" } },
  "storage.tls": { category: "auth", retryable: false, params: { store: "string", problem: "string" } },
  "storage.credentials-refused": { category: "auth", retryable: false, params: { store: "string", problem: "string" } },
  "storage.forbidden": { category: "forbidden", retryable: false, params: { store: "string", action: "string" } },
  "storage.bucket-unknown": { category: "not-found", retryable: false, params: { store: "string" } },
  "storage.not-found": { category: "not-found", retryable: false, params: { store: "string", key: "string" } },
  "storage.upload-unknown": { category: "not-found", retryable: false, params: { store: "string", key: "string" } },
  /** The object is not the one that was asked for: another writer was faster, or it is there already. */
  "storage.changed": { category: "conflict", retryable: false, params: { store: "string", key: "string" } },
  "storage.rate-limited": { category: "rate-limited", retryable: true, params: { store: "string", problem: "string" } },
  "storage.timed-out": { category: "timeout", retryable: true, params: { store: "string", seconds: "number" } },
  "storage.failed": { category: "upstream", retryable: true, params: { store: "string", problem: "string" } },
  "storage.refused": { category: "invalid-input", retryable: false, params: { store: "string", problem: "string" } },
  "storage.unsupported": { category: "incompatible", retryable: false, params: { store: "string", action: "string" } },
  "storage.full": { category: "resource", retryable: false, params: { store: "string" } },
  "storage.key-invalid": { category: "invalid-input", retryable: false, params: { key: "string" } },
  /** Fewer or more bytes came than the store had announced. */
  "storage.body-wrong": {
    category: "integrity",
    retryable: true,
    params: { store: "string", key: "string", expectedBytes: "number", gotBytes: "number" },
  },
});
