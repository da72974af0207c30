import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ScrapeRound } from "../../../src-main/core/health/detection/scrape.ts";
import { SeriesHistory, type SeriesHistoryOptions } from "../../../src-main/core/health/history/series-history.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const MINUTE = 60_000;
const ALL = Number.MAX_SAFE_INTEGER;

function open(directory: string, options: Partial<SeriesHistoryOptions> = {}): Promise<SeriesHistory> {
  return SeriesHistory.open({ directory, logger: new RecordingLogger(), ...options });
}

async function roundsOf(history: SeriesHistory, fromMs = 0, toMs = ALL): Promise<ScrapeRound[]> {
  const rounds: ScrapeRound[] = [];
  for await (const round of history.rounds(fromMs, toMs)) rounds.push(plainRound(round));
  return rounds;
}

/** Series as ordinary objects. */
function plainRound(round: ScrapeRound): ScrapeRound {
  return {
    ...round,
    scrapes: round.scrapes.map((scrape) => ({
      ...scrape,
      series: scrape.series === null ? null : { ...scrape.series },
    })),
  };
}

const value = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const key = fc.oneof(fc.constantFrom("a", "b", 'c{tenant="x"}', 'c{tenant="\\"é\\""}'), fc.string());
const series = fc.option(
  fc
    .dictionary(key, value, { maxKeys: 6 })
    .map((some) => Object.fromEntries(Object.entries(some).filter(([name]) => name !== "__proto__"))),
);
const scrape = fc.record({
  instance: fc.constantFrom("ingester-0", "ingester-1", "querier-0"),
  component: fc.constantFrom("ingester", "querier"),
  tookSeconds: fc.nat(5_000).map((ms) => ms / 1_000),
  series,
  ready: fc.constantFrom(true, false, null),
});
const someRounds = fc
  .array(
    fc.record({
      stepMs: fc.integer({ min: 1, max: 4 * MINUTE }),
      scrapes: fc.uniqueArray(scrape, { selector: ({ instance }) => instance, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((steps) => {
    let atMs = 1_000;
    return steps.map(({ stepMs, scrapes }): ScrapeRound => {
      atMs += stepMs;
      return plainRound({ atMs, scrapes: scrapes.map((one) => ({ ...one, atMs })), ring: null });
    });
  });

function roundAt(atMs: number, values: Readonly<Record<string, number>>): ScrapeRound {
  const one = { instance: "ingester-0", component: "ingester", atMs, tookSeconds: 0, series: values, ready: true };
  return { atMs, scrapes: [one], ring: null };
}

const segmentsIn = (path: string) => readdirSync(path).filter((name) => name.endsWith(".history"));

describe("the history of series", () => {
  it("gives every round back as it was, also after a restart", async () => {
    await fc.assert(
      fc.asyncProperty(someRounds, async (rounds) => {
        using folder = temporaryDirectory();
        {
          using history = await open(folder.path);
          for (const round of rounds) history.append(round);
          expect(await roundsOf(history)).toEqual(rounds);
        }
        using again = await open(folder.path);
        expect(await roundsOf(again)).toEqual(rounds);
        expect(again.damage).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("has, cut at any byte, a beginning of its rounds, and goes on from there", async () => {
    await fc.assert(
      fc.asyncProperty(someRounds, fc.double({ min: 0, max: 1, noNaN: true }), async (rounds, share) => {
        using folder = temporaryDirectory();
        const options = { segmentMs: Number.MAX_SAFE_INTEGER };
        {
          using history = await open(folder.path, options);
          for (const round of rounds) history.append(round);
        }
        const [name = ""] = segmentsIn(folder.path);
        const cut = Math.floor(readFileSync(folder.file(name)).length * share);
        truncateSync(folder.file(name), cut);
        using again = await open(folder.path, options);
        const left = await roundsOf(again);
        expect(left).toEqual(rounds.slice(0, left.length));
        expect(again.damage).toEqual([]);
        const next = roundAt((rounds.at(-1)?.atMs ?? 0) + 1, { a: 1 });
        again.append(next);
        expect(await roundsOf(again)).toEqual([...left, next]);
      }),
      { numRuns: 80 },
    );
  });

  it("sets a damaged segment aside and tells, keeping the rounds before the damage and the other segments", async () => {
    using folder = temporaryDirectory();
    const rounds = Array.from({ length: 30 }, (_, index) => roundAt((index + 1) * MINUTE, { a: index }));
    {
      using history = await open(folder.path);
      for (const round of rounds) history.append(round);
    }
    const [name = ""] = segmentsIn(folder.path).toSorted((a, b) => parseInt(a, 10) - parseInt(b, 10));
    const bytes = readFileSync(folder.file(name));
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
    writeFileSync(folder.file(name), bytes);
    const logger = new RecordingLogger();
    using again = await open(folder.path, { logger });
    const left = await roundsOf(again);
    expect(again.damage).toEqual([{ keptAs: folder.file(`${name}.damaged`), savedRounds: left.length - 20 }]);
    expect(left).toEqual([...rounds.slice(0, left.length - 20), ...rounds.slice(10)]);
    expect(left.length).toBeLessThan(30);
    expect(readFileSync(folder.file(`${name}.damaged`))).toEqual(bytes);
  });

  it("opens over a file that is no segment and over one of nothing but zeros", async () => {
    using folder = temporaryDirectory();
    writeFileSync(folder.file("1000-0.history"), "certainly not");
    writeFileSync(folder.file("2000-0.history"), Buffer.alloc(5_000));
    using history = await open(folder.path);
    expect(await roundsOf(history)).toEqual([]);
    expect(history.damage).toHaveLength(2);
  });

  it("reads a series of an instance over a range, with no points where it did not answer", async () => {
    using folder = temporaryDirectory();
    using history = await open(folder.path);
    for (let minute = 1; minute <= 30; minute++) {
      const round = roundAt(minute * MINUTE, { queue: minute, other: 1 });
      const silent = { ...round, scrapes: round.scrapes.map((one) => ({ ...one, series: null })) };
      history.append(minute === 12 ? silent : round);
    }
    const found = await history.read("ingester-0", (name) => name === "queue", 10 * MINUTE, 14 * MINUTE);
    expect([...found]).toEqual([
      ["queue", [10, 11, 13, 14].map((minute) => ({ atMs: minute * MINUTE, value: minute }))],
    ]);
    expect([...(await history.read("ingester-9", () => true, 0, ALL))]).toEqual([]);
  });

  it("forgets what is older than six hours, on disk too", async () => {
    using folder = temporaryDirectory();
    using history = await open(folder.path);
    for (let minute = 1; minute <= 8 * 60; minute++) history.append(roundAt(minute * MINUTE, { a: minute }));
    const [first] = await roundsOf(history);
    expect(first?.atMs).toBeGreaterThan((2 * 60 - 11) * MINUTE);
    expect(first?.atMs).toBeLessThanOrEqual(2 * 60 * MINUTE);
    expect(segmentsIn(folder.path).length).toBeLessThanOrEqual(37);
  });

  it("stays within its size by letting the oldest go", async () => {
    using folder = temporaryDirectory();
    using history = await open(folder.path, { maxBytes: 20_000 });
    for (let index = 1; index <= 3_000; index++) history.append(roundAt(index * 1_000, { a: Math.sin(index) }));
    expect(history.sizeBytes).toBeLessThanOrEqual(20_000 + 20_000 / 8);
    expect((await roundsOf(history)).at(-1)?.atMs).toBe(3_000_000);
  });

  it("costs a few bytes for a round in which nothing changed, and says what an instance had too many of", async () => {
    using folder = temporaryDirectory();
    using history = await open(folder.path, { maxSeriesPerInstance: 100 });
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`series_${index}`, index / 3]));
    history.append(roundAt(1_000, many));
    expect(history.droppedSeries).toBe(20);
    const before = history.sizeBytes;
    history.append(roundAt(2_000, many));
    expect(history.sizeBytes - before).toBeLessThan(24);
  });

  it("begins a new segment when the clock was set back, and reads both", async () => {
    using folder = temporaryDirectory();
    using history = await open(folder.path);
    history.append(roundAt(9_000, { a: 1 }));
    history.append(roundAt(4_000, { a: 2 }));
    expect((await roundsOf(history)).map(({ atMs }) => atMs)).toEqual([4_000, 9_000]);
    expect(segmentsIn(folder.path)).toHaveLength(2);
  });

  it("rejects a folder that cannot be written with an error of files", async () => {
    using folder = temporaryDirectory();
    writeFileSync(folder.file("in-the-way"), "");
    await expect(open(folder.file("in-the-way"))).rejects.toMatchObject({ code: "files.unwritable" });
  });
});
