import { describe, expect, it } from "vitest";
import { readLabels, scoreChanges, scoreTrace } from "../../../build/detection/score.ts";
import {
  GrayFailureDetector,
  type VerdictChange,
} from "../../../src-main/core/health/detection/gray-failure-detector.ts";
import { readTrace } from "../../../src-main/core/health/detection/read-trace.ts";
import type { ScrapeRound } from "../../../src-main/core/health/detection/scrape.ts";

const FOLDER = "test/fixtures/cluster-traces";
const labels = readLabels(FOLDER);
const faulty = labels.filter(({ instance_level_fault: single }) => single);
const others = labels.filter(({ instance_level_fault: single }) => !single);

async function replay(
  file: string,
  disturb: (round: ScrapeRound, index: number) => ScrapeRound,
): Promise<VerdictChange[]> {
  const detector = new GrayFailureDetector();
  const changes: VerdictChange[] = [];
  let index = 0;
  for await (const round of readTrace(`${FOLDER}/${file}`)) changes.push(...detector.round(disturb(round, index++)));
  return changes;
}

describe("gray-failure detection on recordings of a real cluster", () => {
  it.each(faulty)("$scenario: names $victim within a minute and nobody else", async (label) => {
    const score = await scoreTrace(FOLDER, label);
    expect(score.falsePositives).toBe(0);
    expect(score.truePositives).toBe(1);
    expect(score.delaySeconds).toBeLessThanOrEqual(60);
    if (score.clearSeconds === null) expect(score.afterSeconds).toBeLessThan(120);
    else expect(score.clearSeconds).toBeLessThanOrEqual(120);
  });

  it.each(others)("$scenario: blames nobody in particular", async (label) => {
    expect((await scoreTrace(FOLDER, label)).blamed).toEqual([]);
  });

  it("names the common cause of an outage, a storm and an explosion, and none elsewhere", async () => {
    const causes = new Map<string, readonly string[]>();
    for (const label of labels) causes.set(label.scenario, (await scoreTrace(FOLDER, label)).causes);
    expect([...causes].filter(([, named]) => named.length > 0)).toEqual([
      ["h-rate-limited-storm", ["tenant-storm tiny"]],
      ["g-minio-stopped", ["object-store-outage"]],
      ["i-cardinality-explosion", ["label-explosion globex"]],
    ]);
  });

  it.each(faulty)("$scenario: is found when every third scrape is lost", async (label) => {
    const changes = await replay(label.file, (round, index) => ({
      ...round,
      scrapes: round.scrapes.filter((_scrape, place) => (index + place) % 3 !== 0),
    }));
    const score = scoreChanges(label, changes);
    expect(score.falsePositives).toBe(0);
    expect(score.truePositives).toBe(1);
    expect(score.delaySeconds).toBeLessThanOrEqual(60);
  });

  it.each(faulty)("$scenario: is found at a scrape every fifteen seconds", async (label) => {
    const changes: VerdictChange[] = [];
    const detector = new GrayFailureDetector();
    let index = 0;
    for await (const round of readTrace(`${FOLDER}/${label.file}`)) {
      if (index++ % 3 === 0) changes.push(...detector.round(round));
    }
    const score = scoreChanges(label, changes);
    expect(score.falsePositives).toBe(0);
    expect(score.truePositives).toBe(1);
  });

  it("says unknown, not down, when nobody answers", async () => {
    const [label] = others;
    const changes = await replay(label?.file ?? "", (round, index) =>
      index < 12 ? round : { ...round, scrapes: round.scrapes.map((scrape) => ({ ...scrape, series: null })) },
    );
    expect(new Set(changes.map(({ verdict }) => verdict))).toEqual(new Set(["unknown"]));
  });
});
