import { describe, expect, it } from "vitest";
import { lokiError } from "../../../src-main/core/logs/adapters/loki/loki-error.ts";
import { maxEntriesFrom } from "../../../src-main/core/logs/adapters/loki/loki-limit-texts.ts";
import { plainText } from "../../../src-main/core/common/plain-text.ts";
import { lokiRecording, lokiRecordings, type LokiRecording } from "../../builders/loki-recordings.ts";

function errorOf(recording: LokiRecording) {
  const contentType = recording.headers?.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  return lokiError({
    status: recording.status ?? 0,
    path: recording.request.path.split("?")[0] ?? "",
    tenant: recording.request.headers["X-Scope-OrgID"] ?? "",
    text: plainText(contentType === "" ? "text/plain" : contentType, Buffer.from(recording.body ?? "")),
    contentType,
    location: "",
    retryAfterMs: 0,
    elapsedMs: 1_000,
  });
}

describe("errors of a real Loki", () => {
  it.each([
    ["032-push-no-tenant", "loki.no-tenant", {}],
    ["047-push-rate-429", "loki.rate-limited", { limit: "ingestion_rate_mb" }],
    ["048-push-streams-429", "loki.rate-limited", { limit: "max_global_streams_per_user" }],
    ["049-push-stream-rate-429", "loki.rate-limited", { limit: "per_stream_rate_limit" }],
    ["050-push-line-too-long", "loki.limit-exceeded", { limit: "max_line_size" }],
    ["052-push-too-many-labels", "loki.limit-exceeded", { limit: "max_label_names_per_series" }],
    ["056-push-metadata-too-large", "loki.limit-exceeded", { limit: "max_structured_metadata_size" }],
    ["060-push-blocked-429", "loki.query-refused", { limit: "block_ingestion_until" }],
    ["134-patterns-filter", "loki.query-invalid", { text: "only label matchers are supported" }],
    ["135-index-stats-no-query", "loki.query-invalid", { line: 0, column: 0 }],
    ["138-volume-disabled", "loki.not-found", { path: "/loki/api/v1/index/volume" }],
    ["140-series-bad-match", "loki.query-invalid", { line: 1, column: 5 }],
    ["148-err-multi-tenant", "tenants.invalid", { tenant: "bank-a|bank-b" }],
    ["149-err-bad-tenant", "tenants.invalid", { problem: "tenant ID 'a/b' contains unsupported character '/'" }],
    ["151-err-parse", "loki.query-invalid", { line: 1, column: 9 }],
    ["153-err-query-too-long", "loki.query-invalid", { line: 0, column: 0 }],
    ["154-err-limit-too-large", "loki.limit-exceeded", { limit: "max_entries_limit_per_query" }],
    ["156-err-query-length", "loki.limit-exceeded", { limit: "max_query_length" }],
    ["157-err-matchers", "loki.limit-exceeded", { limit: "max_streams_matchers_per_query" }],
    ["158-err-max-series", "loki.limit-exceeded", { limit: "max_query_series" }],
    ["160-err-required-labels", "loki.query-refused", { limit: "required_labels" }],
    ["161-err-minimum-labels", "loki.query-refused", { limit: "minimum_labels_number" }],
    ["162-err-blocked-query", "loki.query-refused", { limit: "blocked_queries" }],
    ["164-err-parallelism-0", "loki.query-refused", { limit: "max_query_parallelism" }],
    ["166-err-log-instant", "loki.query-invalid", {}],
    ["167-err-start-after-end", "logs.range-reversed", {}],
    ["169-err-too-many-points", "loki.limit-exceeded", { limit: "step" }],
    ["174-err-pipeline", "loki.query-invalid", {}],
    ["175-err-many-to-many", "loki.query-invalid", {}],
    ["176-err-literal-division", "loki.failed", { status: 500, text: "failed to enqueue request" }],
    ["177-err-variants-disabled", "loki.query-refused", { limit: "enable_multi_variant_queries" }],
    ["178-err-approx-topk-disabled", "loki.query-refused", { limit: "shard_aggregations" }],
    ["179-err-delete-method", "loki.not-found", {}],
    ["235-delete-disabled", "loki.query-refused", { limit: "deletion_mode" }],
    ["272-err-bytes-read-metric", "loki.limit-exceeded", { limit: "max_query_bytes_read" }],
  ])("%s is %s", (name, code, params) => {
    const error = errorOf(lokiRecording(name));
    expect(error.code).toBe(code);
    expect(error.params).toMatchObject(params);
  });

  it("maps every recorded failure to something, never asks again after a 4xx, and keeps texts short", () => {
    const failures = lokiRecordings().filter(({ status }) => (status ?? 0) >= 400);
    expect(failures.length).toBeGreaterThan(80);
    for (const recording of failures) {
      const error = errorOf(recording);
      const { status } = recording;
      if (status !== null && status < 500 && status !== 429 && error.code !== "loki.bad-response") {
        expect([recording.name, error.code, error.retryable]).toEqual([recording.name, error.code, false]);
      }
      for (const value of Object.values(error.params)) expect(String(value).length).toBeLessThanOrEqual(500);
    }
  });

  it("does not take a page for a sentence, nor a redirect for an answer", () => {
    const page = {
      path: "/x",
      tenant: "t",
      text: null,
      contentType: "text/html",
      location: "",
      retryAfterMs: 0,
      elapsedMs: 0,
    };
    expect(lokiError({ ...page, status: 500 })).toMatchObject({ code: "loki.bad-response", params: { status: 500 } });
    expect(lokiError({ ...page, status: 307, location: "/ui/404?path=/x" })).toMatchObject({
      code: "loki.bad-response",
      params: { status: 307, problem: "redirect to /ui/404?path=/x" },
    });
  });

  it("reads the server's page size out of its refusal", () => {
    expect(maxEntriesFrom(lokiRecording("155-err-limit-too-large-tiny").body ?? "")).toBe(10);
    expect(maxEntriesFrom("something else")).toBeNull();
  });
});
