import { describe, expect, it } from "vitest";
import {
  editsInput,
  NO_EDITS,
  nameToType,
  withEdit,
  withPreset,
} from "../../../src-renderer/features/tenants/changes/change-draft.ts";
import { newPresetDraft, presetOf } from "../../../src-renderer/features/tenants/changes/preset-draft.ts";
import { rollbackObstacle } from "../../../src-renderer/features/tenants/changes/rollback.tsx";
import {
  changeText,
  exactAmount,
  gaugeTone,
  shareText,
  trendOf,
  usedText,
} from "../../../src-renderer/features/tenants/gauge/limit-text.ts";
import { inHeldOrder } from "../../../src-renderer/features/tenants/use-held-order.ts";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import { createFormats } from "../../../src-renderer/hooks/formats.ts";
import { aLimitPlan, aLimitReport } from "../../builders/limit-changes.ts";
import { aGauge, aStreamsGauge } from "../../builders/limits-boards.ts";
import { translatorOf } from "../../builders/translator.ts";

const RATE = { tenant: "payments", key: "ingestion_rate_mb", value: "8" } as const;
const SERIES = { tenant: "payments", key: "max_query_series", value: "900" } as const;

describe("values that are collected", () => {
  it("have one place for each value of a tenant, and leave out what names nothing", () => {
    const draft = withEdit(withEdit(withEdit(NO_EDITS, RATE), SERIES), { ...RATE, value: "9" });
    expect(draft.edits).toEqual([{ ...RATE, value: "9" }, SERIES]);
    expect(editsInput({ ...draft, edits: [...draft.edits, { tenant: "payments", key: "", value: "1" }] })).toEqual({
      kind: "edits",
      edits: [{ ...RATE, value: "9" }, SERIES],
    });
    expect(editsInput(NO_EDITS)).toBeNull();
  });

  it("are a preset's only as long as nobody changed them", () => {
    const made = withPreset(NO_EDITS, { kind: "edits", edits: [RATE], preset: "log-storm", expiresAfterMinutes: 120 });
    expect(made.preset).toBe("log-storm");
    expect(withEdit(made, SERIES)).toEqual({ kind: "edits", edits: [RATE, SERIES], expiresAfterMinutes: 120 });
    expect(withPreset({ kind: "edits", edits: [SERIES] }, made)).toEqual({
      kind: "edits",
      edits: [SERIES, RATE],
      expiresAfterMinutes: 120,
    });
  });

  it("ask for the tenant's name where there is one, and for the ConfigMap's where there are more", () => {
    const plan = aLimitPlan();
    expect(nameToType(plan)).toBe("payments");
    const more = plan.edits.map((edit) => ({ ...edit, tenant: "cards" }));
    expect(nameToType({ ...plan, edits: [...plan.edits, ...more] })).toBe("loki-runtime");
    expect(nameToType({ ...plan, edits: [] })).toBe("loki-runtime");
  });
});

describe("a preset that is being filled in", () => {
  it("is none while a field is missing or no number", () => {
    const draft = newPresetDraft("log-storm", "payments");
    expect(presetOf(draft, 0)).toBeNull();
    expect(presetOf({ ...draft, amount: "4 MB" }, 0)).toBeNull();
    expect(presetOf({ ...draft, amount: "0" }, 0)).toBeNull();
    expect(presetOf({ ...draft, amount: "2.5" }, 0)).toEqual({
      preset: "log-storm",
      tenant: "payments",
      rateMb: 2.5,
      expiresAfterMinutes: 120,
    });
  });

  it("blocks ingestion until an instant, and a query by hash or by its text", () => {
    expect(presetOf(newPresetDraft("block-ingestion", "payments"), 1_000)).toEqual({
      preset: "block-ingestion",
      tenant: "payments",
      untilMs: 1_000 + 7_200_000,
      statusCode: 260,
    });
    const block = { ...newPresetDraft("block-query", "payments"), minutes: null };
    expect(presetOf({ ...block, hash: "4294967296" }, 0)).toBeNull();
    expect(presetOf({ ...block, by: "pattern", pattern: '{app=~".+"}', regex: false }, 0)).toEqual({
      preset: "block-query",
      tenant: "payments",
      query: { by: "pattern", pattern: '{app=~".+"}', regex: false },
    });
  });
});

describe("what is told of a gauge", () => {
  const formats = createFormats("en", "utc");

  it("is near from 80 % on and never rounded up to all of it", () => {
    expect([0.79, 0.8, 0.999, 1, 1.3, null].map(gaugeTone)).toEqual(["calm", "near", "near", "over", "over", "none"]);
    expect([0, 0.001, 0.999, 1, 1.304, null].map((share) => shareText(share, formats))).toEqual([
      "0%",
      "<1%",
      "99%",
      "100%",
      "130%",
      "–",
    ]);
  });

  it("has a trend only where it moves by more than a hundredth of the limit an hour", () => {
    const limit = 4 * 1_048_576;
    const trend = (trendPerHour: number | null) => trendOf(aGauge("payments", 0.5, { trendPerHour }));
    expect([null, 0, limit / 200, limit / 20, -limit / 20].map(trend)).toEqual([
      "unknown",
      "level",
      "level",
      "up",
      "down",
    ]);
  });
});

describe("a count on the board", () => {
  const { t, formats } = translatorOf("en");
  const streams = (value: number) => [usedText(value, "count", t, formats), exactAmount(value, "count", t, formats)];

  it("is a whole number, also where it is a sum over replicas; the hover has it exactly", () => {
    expect(streams(109.333_333)).toEqual(["109", "109.333333"]);
    expect(streams(3.666_667)).toEqual(["4", "3.666667"]);
    expect(streams(5_000)).toEqual(["5,000", "5,000"]);
  });

  it("moves by what it moves, also by less than one", () => {
    const gauge = { ...aStreamsGauge("payments", 0.5), used: 4, limit: 20, trendPerHour: 0.4 };
    expect(changeText(gauge, t, formats)).toBe("+0.4");
  });
});

describe("an order that is held", () => {
  it("keeps everyone in place: what is new comes last, what is gone is left out", () => {
    expect(inHeldOrder(["a", "b", "c"], ["d", "c", "a"])).toEqual(["a", "c", "d"]);
  });
});

describe("the way back of a change", () => {
  it("is there only for what was written, has ended, and was not taken back", () => {
    const report = aLimitReport();
    expect(rollbackObstacle("succeeded", report)).toBeNull();
    expect(rollbackObstacle("failed", report)).toBeNull();
    expect(rollbackObstacle("running", report)).toBe("running");
    expect(rollbackObstacle("failed", { ...report, writtenVersion: null })).toBe("nothing-written");
    const taken = { ...report, rolledBackBy: jobIdSchema.parse("job-9") };
    expect(rollbackObstacle("succeeded", taken)).toBe("already");
  });
});
