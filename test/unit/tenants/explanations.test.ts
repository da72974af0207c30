import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import en from "../../../src-shared/i18n/en/tenants.json" with { type: "json" };
import { refusalExplanationSchema } from "../../../src-shared/model/tenants/explanation.ts";
import { ADVICE } from "../../../src-main/core/tenants/explain/advice-table.ts";
import { advise, type AdviceFacts } from "../../../src-main/core/tenants/explain/advise.ts";
import { discardFacts, plainExplanation } from "../../../src-main/core/tenants/explain/plain-explanation.ts";
import { limitText, roundUp } from "../../../src-main/core/tenants/explain/round-up.ts";
import { streamLabels } from "../../../src-main/core/tenants/explain/stream-labels.ts";
import { LIMIT_TABLE, limitOf } from "../../../src-main/core/tenants/limits/limit-table.ts";
import { limitOfText } from "../../../src-main/core/tenants/limits/limit-value.ts";
import { explainRefusal } from "../../../src-main/core/tenants/refusal/explain-refusal.ts";
import { REFUSAL_RULES } from "../../../src-main/core/tenants/refusal/refusal-rules.ts";
import { formatLabelSet } from "../../../src-shared/model/labels.ts";
import { lokiRecordings } from "../../builders/loki-recordings.ts";

/** `loki_discarded_samples_total{reason}` and `…_bytes_total` of Loki 3.7.6 (`pkg/validation/validate.go`). */
const DISCARD_REASONS = [
  "request_body_too_large",
  "invalid_labels",
  "missing_labels",
  "rate_limited",
  "line_too_long",
  "stream_limit",
  "per_stream_rate_limit",
  "out_of_order",
  "too_far_behind",
  "greater_than_max_sample_age",
  "too_far_in_future",
  "max_label_names_per_series",
  "label_name_too_long",
  "label_value_too_long",
  "duplicate_label_names",
  "disallowed_structured_metadata",
  "structured_metadata_too_large",
  "structured_metadata_too_many",
  "blocked_ingestion",
  "blocked_ingestion_policy",
  "missing_enforced_labels",
];
/** What a real Loki answers to requests that are wrong in themselves: no limit is behind these. */
const NO_REFUSAL =
  /^(?:parse error(?! : input size)|loghttp|no org id|couldn't parse|snappy|Content-Encoding|error at least one valid stream|.?nReadObject|rpc error|only label matchers|log queries are not|end timestamp|zero or negative|could not parse|strconv|invalid|pipeline error|\{"status"|unable to|group 0|only one of|one of|annotation|query not set|start time|deletes in the future|delay_for|Bad Request|unrecognized|error parsing)/s;

const texts: Readonly<Record<string, string>> = en;

describe("a refusal without a site", () => {
  it("is explained for every answer of a real Loki that refuses something for a limit", () => {
    const refused = lokiRecordings().filter(
      ({ status, body }) =>
        status !== null && [260, 400, 403, 429].includes(status) && body != null && !NO_REFUSAL.test(body),
    );
    expect(refused.length).toBeGreaterThan(30);
    for (const { name, body } of refused) {
      const explanations = explainRefusal(body ?? "").map(plainExplanation);
      expect(explanations.map(({ reason }) => reason).length, `${name}: ${body?.slice(0, 80)}`).toBe(1);
      expect(refusalExplanationSchema.parse(explanations[0])).toEqual(explanations[0]);
    }
  });

  it("has a sentence for every reason, note, advice and gap, and something to do for every reason", () => {
    const reasons = new Set([...REFUSAL_RULES.map(({ reason }) => reason), ...DISCARD_REASONS]);
    for (const reason of reasons) {
      expect(texts[`tenants.refusal.reason.${reason}`], reason).toBeDefined();
      expect(Object.hasOwn(ADVICE, reason), reason).toBe(true);
    }
    for (const note of REFUSAL_RULES.flatMap(({ notes }) => notes)) {
      expect(texts[`tenants.refusal.note.${note}`], note).toBeDefined();
    }
    for (const kind of Object.values(ADVICE).flatMap(({ kinds }) => kinds)) {
      expect(texts[`tenants.advice.${kind}`], kind).toBeDefined();
    }
  });

  it("knows every reason that Loki counts discards by", () => {
    for (const reason of DISCARD_REASONS) {
      expect(
        REFUSAL_RULES.some((rule) => rule.reason === reason),
        reason,
      ).toBe(true);
      expect(plainExplanation(discardFacts("cards", reason))).toMatchObject({ reason, path: "push", tenant: "cards" });
    }
    expect(plainExplanation(discardFacts("cards", "of_a_later_version")).advice).toMatchObject([
      { kind: "ask-sender" },
    ]);
  });

  it("every limit that a rule names is one of Loki's, or says in which block it stands", () => {
    for (const { limit } of REFUSAL_RULES) {
      if (limit !== null && !limit.includes(".")) expect(limitOf(limit), limit).not.toBeNull();
    }
  });
});

describe("a text with many refusals", () => {
  it("is taken apart by tenant and stream, each said once", () => {
    const line = (tenant: string, stream: string) =>
      `level=error tenant=${tenant} msg="max entry size '64' bytes exceeded for stream '${stream}' while adding an entry with length '100' bytes"`;
    const text = [line("a", '{app="x"}'), line("b", '{app="x"}'), line("a", '{app="x"}'), line("a", '{app="y"}')].join(
      "\n",
    );
    const found = explainRefusal(text).map(({ tenant, stream }) => [tenant, stream]);
    expect(found).toEqual([
      ["a", '{app="x"}'],
      ["b", '{app="x"}'],
      ["a", '{app="y"}'],
    ]);
  });

  it("gives no refusal the tenant of another line", () => {
    const text = `entry out of order\ntenant=b level=info msg="all is well"`;
    expect(explainRefusal(text)).toMatchObject([{ reason: "out_of_order", tenant: null }]);
  });

  it("of hostile lines is read in good time", () => {
    const text = "entry for stream '{".repeat(10_000);
    const beganMs = performance.now();
    explainRefusal(text);
    expect(performance.now() - beganMs).toBeLessThan(10_000);
  });
});

const NOTHING: AdviceFacts = {
  reason: "rate_limited",
  limit: "ingestion_rate_mb",
  current: null,
  burst: null,
  asked: null,
  peak: null,
  present: null,
  streamRate: null,
  lateBy: null,
  length: null,
  sender: null,
  what: "",
  sharding: null,
  fits: () => null,
};
const MIB = 1_048_576;

describe("advice", () => {
  it("names the smallest round value with room over what was seen, and whether the cluster takes it", () => {
    const facts = { ...NOTHING, current: 4 * MIB, peak: 5.1 * MIB, present: 5 * MIB };
    expect(advise({ ...facts, fits: () => false })).toEqual([
      {
        kind: "raise-limit",
        params: { key: "ingestion_rate_mb", from: 4 * MIB, to: 8 * MIB, toText: "8", capacity: "over" },
      },
    ]);
  });

  it("says that a request larger than the burst never passes, before anything else", () => {
    const [first] = advise({ ...NOTHING, current: 4 * MIB, burst: 6 * MIB, asked: 9 * MIB, peak: MIB, present: MIB });
    expect(first).toMatchObject({ kind: "raise-burst", params: { key: "ingestion_burst_size_mb", toText: "12" } });
  });

  it("sends to whoever sends most, and waits where the use is calm again; raises nothing that was not used up", () => {
    const sender = { name: "Deployment payments", share: 0.8 };
    const kinds = advise({ ...NOTHING, current: 8 * MIB, peak: 4 * MIB, present: MIB, sender }).map(({ kind }) => kind);
    expect(kinds).toEqual(["ask-sender", "wait"]);
  });

  it("names no value where nothing tells one", () => {
    expect(advise(NOTHING)).toEqual([]);
    const stream = { ...NOTHING, reason: "per_stream_rate_limit", limit: "per_stream_rate_limit", sharding: true };
    expect(advise(stream).map(({ kind }) => kind)).toEqual(["split-stream"]);
  });

  it("rounds every limit's number up to one that Loki reads back as the same", () => {
    const limits = LIMIT_TABLE.filter(
      ({ type, unit }) => ["int", "bytes", "duration", "float"].includes(type) && unit !== "share" && unit !== "none",
    );
    fc.assert(
      fc.property(fc.constantFrom(...limits), fc.integer({ min: 1, max: 2_000_000_000 }), (limit, number) => {
        const up = roundUp(limit, number);
        expect(up).toBeGreaterThanOrEqual(number * (1 - 1e-6));
        expect(up).toBeLessThanOrEqual(Math.max(number * 2.1, 10 * 60, limit.key.endsWith("_mb") ? number * 2.1 : 0));
        const read = limitOfText(limit, limitText(limit, up));
        expect(read.ok && Math.abs((read.value.number ?? 0) - up) <= up * 1e-6).toBe(true);
      }),
    );
  });
});

describe("the labels of a stream", () => {
  it("are read as Loki prints them, whatever they hold", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_]{0,10}$/), fc.string(), { maxKeys: 8 }),
        (labels) => {
          expect({ ...streamLabels(formatLabelSet(labels)) }).toEqual({ ...labels });
        },
      ),
    );
    fc.assert(fc.property(fc.string(), (text) => void streamLabels(text)));
    expect(streamLabels("{app=}")).toBeNull();
  });
});

it("recorded refusals of a cluster are all known by their words", () => {
  const recorded: readonly { readonly body: string }[] = JSON.parse(
    readFileSync(new URL("../../fixtures/tenants/push-errors.json", import.meta.url), "utf8"),
  );
  const unknown = recorded.filter(({ body }) => explainRefusal(body).length === 0).map(({ body }) => body.slice(0, 40));
  expect(unknown).toEqual([
    expect.stringMatching(/^loghttp/),
    expect.stringMatching(/^no org id/),
    expect.stringMatching(/^snappy/),
  ]);
});
