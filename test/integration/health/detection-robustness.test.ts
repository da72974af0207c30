import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLabels, scoreChanges, type TraceLabel } from "../../../build/detection/score.ts";
import {
  GrayFailureDetector,
  type VerdictChange,
} from "../../../src-main/core/health/detection/gray-failure-detector.ts";
import { readTrace } from "../../../src-main/core/health/detection/read-trace.ts";
import type { Scrape, ScrapeRound } from "../../../src-main/core/health/detection/scrape.ts";

const FOLDER = "test/fixtures/cluster-traces";
const labels = readLabels(FOLDER).toSorted((a, b) => a.start - b.start);
const faulty = labels.filter(({ instance_level_fault: single }) => single);
const others = labels.filter(({ instance_level_fault: single }) => !single);

/** Another recording of the same kind, made of this one. */
interface Resampling {
  /** Only every so many rounds, beginning with which. */
  readonly every: number;
  readonly phase: number;
  /** Share of scrapes that are lost. */
  readonly lost: number;
  readonly seed: number;
  /** All latencies times this, and all counters. */
  readonly slower: number;
  readonly busier: number;
  /** Ingesters take each other's names. */
  readonly turned: number;
}

const INGESTERS = ["ingester-1", "ingester-2", "ingester-3"];

function renamed(name: string, turned: number): string {
  const place = INGESTERS.indexOf(name);
  return place < 0 ? name : (INGESTERS[(place + turned) % INGESTERS.length] ?? name);
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
    return state / 0x7f_ff_ff_ff;
  };
}

function moved(scrape: Scrape, { slower, busier, turned }: Resampling): Scrape {
  const series =
    scrape.series === null
      ? null
      : Object.fromEntries(
          Object.entries(scrape.series).map(([key, value]) => {
            if (/_seconds_sum/.test(key)) return [key, value * slower * busier];
            return [key, /_(?:total|sum|count)(?:\{|$)/.test(key) ? value * busier : value];
          }),
        );
  const instance = renamed(scrape.instance, turned);
  return { ...scrape, instance, tookSeconds: scrape.tookSeconds * slower, series };
}

function resampled(rounds: readonly ScrapeRound[], how: Resampling): readonly ScrapeRound[] {
  const chance = random(how.seed);
  return rounds.flatMap((round, index) => {
    if (index % how.every !== how.phase % how.every) return [];
    const scrapes = round.scrapes.filter(() => chance() >= how.lost).map((scrape) => moved(scrape, how));
    const ring = round.ring?.map((member) => ({ ...member, id: renamed(member.id, how.turned) })) ?? null;
    return [{ ...round, scrapes, ring }];
  });
}

function changesOf(rounds: readonly ScrapeRound[]): readonly VerdictChange[] {
  const detector = new GrayFailureDetector();
  return rounds.flatMap((round) => detector.round(round));
}

const recorded = new Map<string, Promise<readonly ScrapeRound[]>>();

async function readAll(file: string): Promise<readonly ScrapeRound[]> {
  const rounds: ScrapeRound[] = [];
  for await (const round of readTrace(`${FOLDER}/${file}`)) rounds.push(round);
  return rounds;
}

function roundsOf({ file }: TraceLabel): Promise<readonly ScrapeRound[]> {
  const known = recorded.get(file) ?? readAll(file);
  recorded.set(file, known);
  return known;
}

function resamplings(most: {
  readonly every: number;
  readonly lost: number;
  readonly slower: number;
}): fc.Arbitrary<Resampling> {
  return fc.record({
    every: fc.integer({ min: 1, max: most.every }),
    phase: fc.nat(most.every),
    lost: fc.double({ min: 0, max: most.lost, noNaN: true }),
    seed: fc.integer({ min: 1, max: 2 ** 30 }),
    slower: fc.double({ min: 1 / most.slower, max: most.slower, noNaN: true }),
    busier: fc.double({ min: 0.5, max: 3, noNaN: true }),
    turned: fc.nat(2),
  });
}

const RUNS = { numRuns: 25 };
const speaksOfPast = ({ evidence }: VerdictChange) => evidence.some(({ kind }) => kind === "past-slower");

describe("detection on recordings of the same kinds", () => {
  it.each(others)(
    "$scenario: blames nobody, however it was scraped and however slow or busy the cluster is",
    async (label) => {
      const rounds = await roundsOf(label);
      fc.assert(
        fc.property(resamplings({ every: 12, lost: 0.3, slower: 4 }), (how) => {
          const changes = changesOf(resampled(rounds, how));
          expect(scoreChanges(label, changes).blamed).toEqual([]);
          expect(changes.filter(speaksOfPast)).toEqual([]);
        }),
        RUNS,
      );
    },
  );

  it.each(faulty)(
    "$scenario: names its victim within a minute and nobody else, whatever it is called",
    async (label) => {
      const rounds = await roundsOf(label);
      fc.assert(
        fc.property(resamplings({ every: 2, lost: 0.05, slower: 2 }), (how) => {
          const victim = renamed(label.victim ?? "", how.turned);
          const score = scoreChanges({ ...label, victim }, changesOf(resampled(rounds, how)));
          expect(score.falsePositives).toBe(0);
          expect(score.truePositives).toBe(1);
          // Rounds of ten seconds see the beginning up to a round later.
          expect(score.delaySeconds).toBeLessThanOrEqual(60 + (how.every - 1) * 5);
        }),
        RUNS,
      );
    },
  );

  it.each(faulty)(
    "$scenario: blames nobody else even where rounds are a minute apart and a third is lost",
    async (label) => {
      const rounds = await roundsOf(label);
      fc.assert(
        fc.property(resamplings({ every: 12, lost: 0.3, slower: 4 }), (how) => {
          const victim = renamed(label.victim ?? "", how.turned);
          expect(scoreChanges({ ...label, victim }, changesOf(resampled(rounds, how))).falsePositives).toBe(0);
        }),
        RUNS,
      );
    },
  );

  it("blames nobody else over all of them one after the other, when everybody has a past", async () => {
    const all = (await Promise.all(labels.map((label) => roundsOf(label)))).flat();
    fc.assert(
      fc.property(resamplings({ every: 3, lost: 0.1, slower: 2 }), (how) => {
        const changes = changesOf(resampled(all, { ...how, turned: 0 }));
        for (const { atMs, instance, scope, verdict, evidence } of changes) {
          if (scope !== "instance") continue;
          const past = evidence.some(({ kind }) => kind === "past-slower");
          if (verdict !== "gray" && verdict !== "down" && !past) continue;
          const label = labels.findLast(({ start }) => start * 1_000 <= atMs + 10_000);
          expect([label?.scenario, instance]).toEqual([label?.scenario, label?.victim]);
        }
      }),
      { numRuns: 6 },
    );
  });
});
