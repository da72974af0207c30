import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EVIDENCE_KINDS } from "../../../src-shared/model/health/verdict.ts";
import { SeriesHistory } from "../../../src-main/core/health/history/series-history.ts";
import { evidenceHistory } from "../../../src-main/core/health/verdicts/evidence-history.ts";
import { evidenceSeries } from "../../../src-main/core/health/verdicts/evidence-series.ts";
import { RULES } from "../../../src-main/core/health/verdicts/rules/rule-table.ts";
import { grow, RecordedSite } from "../../builders/recorded-site.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";

const PUT = 'operation="S3.PutObject",status_code="200"';
let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "kubemate-evidence-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Four ingesters; the first puts as slowly as `slow` says, the second now and then does not answer. */
async function history(
  rounds: number,
  slow: (round: number) => number,
): Promise<{ history: SeriesHistory; site: RecordedSite }> {
  const made = await SeriesHistory.open({ directory, logger: new RecordingLogger() });
  const site = new RecordedSite();
  for (const name of ["a", "b", "c", "d"]) site.add("ingester-1", name, "ingester");
  for (let round = 0; round < rounds; round++) {
    for (const [index, process] of site.processes.entries()) {
      grow(process, `loki_s3_request_duration_seconds_count{${PUT}}`, 10);
      grow(process, `loki_s3_request_duration_seconds_sum{${PUT}}`, 10 * (index === 0 ? slow(round) : 0.01 * index));
      process.tookSeconds = index === 0 ? 2 : 0.1;
      process.outcome = index === 1 && round % 5 === 4 ? "timed-out" : "answered";
    }
    made.append(site.round().round);
  }
  return { history: made, site };
}

describe("the line behind an evidence", () => {
  it("is the figure that was judged, in the band of its mates, on the times of rounds", async () => {
    const { history: made, site } = await history(20, (round) => (round < 10 ? 0.02 : 1));
    const toMs = site.nowMs;
    const fromMs = toMs - 15 * 15_000;
    const drawn = await evidenceHistory(made, "put-slow", "a", ["a", "b", "c", "d"], fromMs, toMs);
    expect(drawn).toMatchObject({ metric: "loki_s3_request_duration_seconds", unit: "seconds" });
    expect(drawn.own.length).toBe(16);
    expect(drawn.own[0]?.atMs).toBe(fromMs);
    expect(drawn.own[0]?.value).toBeCloseTo(0.02, 6);
    expect(drawn.own.at(-1)).toEqual({ atMs: toMs, value: expect.closeTo(1, 6) });
    const band = drawn.mates.at(-2);
    expect(band?.atMs).toBe(toMs - 15_000);
    expect([band?.low, band?.median, band?.high]).toEqual([
      expect.closeTo(0.01, 6),
      expect.closeTo(0.02, 6),
      expect.closeTo(0.03, 6),
    ]);
    made[Symbol.dispose]();
  });

  it("has no more than 400 points", async () => {
    const { history: made, site } = await history(900, () => 0.02);
    const drawn = await evidenceHistory(made, "put-slow", "a", ["b", "c", "d"], site.nowMs - 900 * 15_000, site.nowMs);
    expect(drawn.own.length).toBeGreaterThan(300);
    expect(drawn.own.length).toBeLessThanOrEqual(400);
    expect(drawn.mates.length).toBeLessThanOrEqual(400);
    made[Symbol.dispose]();
  });

  it("tells of the scrapes themselves", async () => {
    const { history: made, site } = await history(20, () => 0.02);
    const range = [site.nowMs - 19 * 15_000, site.nowMs] as const;
    const up = await evidenceHistory(made, "no-answer", "b", ["a"], ...range);
    expect(up.own.map(({ value }) => value).filter((value) => value === 0).length).toBe(4);
    expect(up.own.length).toBe(20);
    const answers = await evidenceHistory(made, "answers-slowly", "a", ["b"], ...range);
    expect(answers.own.at(-1)?.value).toBe(2);
    const past = await evidenceHistory(made, "past-slower", "a", [], ...range, "answer");
    expect(past.own.at(-1)?.value).toBe(2);
    made[Symbol.dispose]();
  });

  it("is of a component's processes together where several are named", async () => {
    const { history: made, site } = await history(20, () => 0.02);
    const drawn = await evidenceHistory(made, "flush-backlog", ["a", "c"], [], site.nowMs - 60_000, site.nowMs);
    const alone = await evidenceHistory(made, "flush-backlog", "a", [], site.nowMs - 60_000, site.nowMs);
    expect(drawn.own.at(-1)?.value).toBe(2 * (alone.own.at(-1)?.value ?? Number.NaN));
    made[Symbol.dispose]();
  });

  it("is there for every rule's kind, and empty for what is counted from verdicts", async () => {
    for (const { kind } of RULES) expect(evidenceSeries(kind), kind).not.toBeNull();
    const without = EVIDENCE_KINDS.filter((kind) => evidenceSeries(kind) === null);
    expect(without).toEqual([
      "append-timeouts",
      "restarted",
      "restarting-often",
      "not-ready",
      "config-differs",
      "version-differs",
      "ring-unhealthy",
      "instances-down",
      "instances-gray",
      "instances-degraded",
      "no-instances",
      "ring-zone-lost",
      "members-missing",
    ]);
    const { history: made, site } = await history(2, () => 0.02);
    const drawn = await evidenceHistory(made, "restarted", "a", ["b"], 0, site.nowMs);
    expect(drawn).toEqual({ metric: "", unit: "count", own: [], mates: [] });
    made[Symbol.dispose]();
  });
});
