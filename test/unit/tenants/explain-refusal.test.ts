import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf, secondsOf } from "../../../src-main/core/tenants/limits/printed-figures.ts";
import { explainRefusal } from "../../../src-main/core/tenants/refusal/explain-refusal.ts";
import { REFUSAL_RULES } from "../../../src-main/core/tenants/refusal/refusal-rules.ts";
import { lokiRecording } from "../../builders/loki-recordings.ts";

function recorded(name: string) {
  const { request, body } = lokiRecording(name.slice(0, 3));
  return { tenant: request.headers["X-Scope-OrgID"], body: body ?? "" };
}

describe("what a real Loki refused with", () => {
  it.each([
    ["047-push-rate-429", "rate_limited", "ingestion_rate_mb", 1_048, 3_000],
    ["048-push-streams-429", "stream_limit", "max_global_streams_per_user", null, null],
    ["049-push-stream-rate-429", "per_stream_rate_limit", "per_stream_rate_limit", 200, 150],
    ["050-push-line-too-long", "line_too_long", "max_line_size", 64, 100],
    ["052-push-too-many-labels", "max_label_names_per_series", "max_label_names_per_series", 3, 4],
    ["053-push-label-name-long", "label_name_too_long", "max_label_name_length", null, null],
    ["054-push-label-value-long", "label_value_too_long", "max_label_value_length", null, null],
    ["056-push-metadata-too-large", "structured_metadata_too_large", "max_structured_metadata_size", 40, 61],
    ["057-push-metadata-too-many", "structured_metadata_too_many", "max_structured_metadata_entries_count", 2, 3],
    ["058-push-metadata-disallowed", "disallowed_structured_metadata", "allow_structured_metadata", null, null],
    ["060-push-blocked-429", "blocked_ingestion", "block_ingestion_until", Date.UTC(2030, 0), null],
    ["154-err-limit-too-large", "max_entries_limit_per_query", "max_entries_limit_per_query", 5_000, 5_001],
    ["156-err-query-length", "max_query_length", "max_query_length", 7_200, 10_800],
    ["157-err-matchers", "max_streams_matchers_per_query", "max_streams_matchers_per_query", 2, 3],
    ["158-err-max-series", "max_query_series", "max_query_series", 2, null],
    ["160-err-required-labels", "required_labels", "required_labels", null, null],
    ["161-err-minimum-labels", "minimum_labels_number", "minimum_labels_number", 2, 1],
    ["162-err-blocked-query", "blocked_query", "blocked_queries", null, null],
    ["164-err-parallelism-0", "querying_disabled", "max_query_parallelism", null, null],
    ["216-rules-limit-per-group", "ruler_max_rules_per_rule_group", "ruler_max_rules_per_rule_group", 1, 2],
    ["218-rules-limit-groups", "ruler_max_rule_groups_per_tenant", "ruler_max_rule_groups_per_tenant", 1, 2],
    ["272-err-bytes-read-metric", "max_query_bytes_read", "max_query_bytes_read", 100, 785 * 1_024],
  ])("%s is %s", (name, reason, limit, value, asked) => {
    const { tenant, body } = recorded(name);
    const [first, ...others] = explainRefusal(body);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ reason, limit });
    expect([first?.value?.number ?? null, first?.asked?.number ?? null]).toEqual([value, asked]);
    if (first?.tenant !== null) expect(first?.tenant).toBe(tenant);
  });

  it("names the tenant wherever Loki does", () => {
    for (const name of [
      "047-push-rate-429",
      "048-push-streams-429",
      "049-push-stream-rate-429",
      "060-push-blocked-429",
      "061-push-out-of-order",
    ]) {
      const { tenant, body } = recorded(name);
      expect(explainRefusal(body)[0]?.tenant, name).toBe(tenant);
    }
  });

  it("counts what was refused of a push that was taken in part", () => {
    expect(explainRefusal(recorded("061-push-out-of-order").body)[0]).toMatchObject({
      reason: "too_far_behind",
      ignored: { lines: 1, of: 2 },
      stream: '{app="ooo", service_name="ooo"}',
      value: { number: Date.UTC(2026, 10, 22, 13, 27, 26) },
    });
  });
});

describe("explaining", () => {
  it("reads the sentence out of a collector's log line, quoted and escaped", () => {
    const line = String.raw`level=error caller=client.go msg="final error sending batch" status=429 tenant=cards error="server returned HTTP status 429 Too Many Requests (429): Per stream rate limit exceeded (limit: 3MB/sec) while attempting to ingest for stream '{app=\"hot\"}' totaling 5.2MB, consider splitting"`;
    expect(explainRefusal(line)).toMatchObject([
      {
        reason: "per_stream_rate_limit",
        tenant: "cards",
        stream: '{app="hot"}',
        value: { number: 3 * 1_048_576 },
        asked: { number: 5.2 * 1_048_576 },
      },
    ]);
  });

  it("a stream whose label holds Loki's own words is still read to its end or not at all", () => {
    const text = `max entry size '64' bytes exceeded for stream '{app="}' while"}' while adding an entry with length '100' bytes`;
    expect(explainRefusal(text)[0]).toMatchObject({ value: { number: 64 }, asked: { number: 100 } });
  });

  it("no text makes it fail or take long", () => {
    const words = fc.constantFrom(
      ...REFUSAL_RULES.map(({ pattern }) => pattern.source.slice(0, 40)),
      "{",
      "}",
      "'",
      "'{",
      "}'",
      "limit: ",
      "(",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 200 }), (pieces) => {
        const began = performance.now();
        explainRefusal(pieces.join(""));
        expect(performance.now() - began).toBeLessThan(1_000);
      }),
    );
  });

  it("of nothing it knows, says nothing", () => {
    expect(explainRefusal("429 Too Many Requests")).toEqual([]);
  });

  it("reads Go's durations and Loki's sizes", () => {
    expect([secondsOf("3h0m0s"), secondsOf("30d1h"), secondsOf("1.5s"), secondsOf("3x")]).toEqual([
      10_800,
      2_595_600,
      1.5,
      null,
    ]);
    expect([bytesOf("150B"), bytesOf("785 KiB"), bytesOf("3MB"), bytesOf("1048"), bytesOf("many")]).toEqual([
      150,
      803_840,
      3 * 1_048_576,
      1_048,
      null,
    ]);
  });
});
