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
  "storage.store-unknown": { category: "not-found", retryable: false, params: { store: "string" } },
  /** Nothing of the site's says where its Loki keeps its data, or with which credentials. */
  "storage.not-found-at-site": {
    category: "not-found",
    retryable: false,
    params: { site: "string", problem: "string" },
  },
  "storage.credentials-missing": { category: "auth", retryable: false, params: { store: "string", problem: "string" } },
  /** Keys came twice, or out of order, or a page led back to one before: what is missing cannot be told. */
  "storage.listing-broken": { category: "integrity", retryable: true, params: { store: "string", problem: "string" } },
  "storage.scan-unknown": { category: "not-found", retryable: false, params: { scan: "string" } },
  "storage.scan-running": { category: "conflict", retryable: true, params: { store: "string" } },
  "storage.findings-damaged": {
    category: "integrity",
    retryable: false,
    params: { file: "string", problem: "string" },
  },
  "storage.too-many-chunks": { category: "resource", retryable: false, params: { chunks: "number", most: "number" } },
  /** Parts of a scan that was done in shards: they do not fit, or some are not there. */
  "storage.shards-incomplete": { category: "integrity", retryable: false, params: { problem: "string" } },
  /** The plan has what stops it: `problems` are codes, joined by commas. */
  "storage.plan-stopped": { category: "invalid-input", retryable: false, params: { problems: "string" } },
  /** Since the plan was made, objects of it have changed. */
  "storage.plan-outdated": { category: "conflict", retryable: false, params: { store: "string", key: "string" } },
  "storage.preflight-failed": { category: "conflict", retryable: false, params: { checks: "string" } },
  /** Another console changes the bucket; its lease ends by itself when it is gone. */
  "storage.lease-held": {
    category: "conflict",
    retryable: true,
    params: { store: "string", holder: "string", until: "string" },
  },
  /** The lease was taken over: what is under way stops before it writes again. */
  "storage.lease-lost": { category: "conflict", retryable: true, params: { store: "string", holder: "string" } },
  "storage.batch-unknown": { category: "not-found", retryable: false, params: { batch: "string" } },
  "storage.batch-damaged": { category: "integrity", retryable: false, params: { batch: "string", problem: "string" } },
  /** What the source gave is not whole. */
  "storage.source-damaged": { category: "integrity", retryable: false, params: { store: "string", key: "string" } },
  /** What was written does not read back as it was written. */
  "storage.not-verified": { category: "integrity", retryable: false, params: { store: "string", key: "string" } },
  "storage.compactor-not-paused": { category: "conflict", retryable: false, params: { problem: "string" } },
  "recovery.drill-unknown": { category: "not-found", retryable: false, params: { drill: "string" } },
  "recovery.report-forged": { category: "integrity", retryable: false, params: { file: "string", problem: "string" } },
  "recovery.runbook-unknown": { category: "not-found", retryable: false, params: { runbook: "string" } },
});
