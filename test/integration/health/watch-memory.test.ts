import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SeriesHistory } from "../../../src-main/core/health/history/series-history.ts";
import type { HealthParts } from "../../../src-main/core/health/health-parts.ts";
import type { SiteVerdicts } from "../../../src-main/core/health/verdicts/site-verdicts.ts";
import { WatchMemory } from "../../../src-main/core/health/watch/watch-memory.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const INTERVAL_MS = 15_000;

describe("what a watch remembers", () => {
  let folder: TemporaryDirectory;
  const clock = new ManualClock();
  beforeEach(() => {
    folder = temporaryDirectory();
  });
  afterEach(() => folder[Symbol.dispose]());

  async function written(rounds: number): Promise<void> {
    using history = await SeriesHistory.open({ directory: folder.file("site/here"), logger: new RecordingLogger() });
    for (let round = rounds; round > 0; round--) {
      history.append({ atMs: clock.nowMs() - round * INTERVAL_MS, scrapes: [], ring: null });
    }
  }

  /** Remembers which rounds its judges were told, and takes its time for each. */
  function parts(tookMs: number): HealthParts & { readonly told: number[][] } {
    const told: number[][] = [];
    const nothing = (atMs: number): SiteVerdicts => ({
      atMs,
      instances: [],
      components: [],
      causes: [],
      changes: [],
    });
    return {
      told,
      makeJudge: () => {
        const own: number[] = [];
        told.push(own);
        return {
          expect: () => undefined,
          round: ({ round }) => nothing(round.atMs),
          replay: ({ atMs }) => {
            own.push(atMs);
            const untilMs = performance.now() + tookMs;
            while (performance.now() < untilMs);
            return nothing(atMs);
          },
        };
      },
      makeMeter: () => ({ take: () => undefined, topology: () => ({ atMs: null, edges: [] }) }),
    };
  }

  function open(own: HealthParts, signal = new AbortController().signal): Promise<WatchMemory> {
    return WatchMemory.open(
      {
        siteDirectory: folder.file("site"),
        place: "here",
        keptMs: 6 * 3_600_000,
        parts: own,
        clock,
        logger: new RecordingLogger(),
        onUnkept: () => undefined,
        onDamage: () => undefined,
      },
      signal,
    );
  }

  it("is its last hour, told to the judge again from the beginning", async () => {
    await written(400);
    const own = parts(0);
    using memory = await open(own);
    expect(own.told).toHaveLength(1);
    expect(own.told[0]).toHaveLength(240);
    expect(own.told[0]?.at(-1)).toBe(memory.latest?.atMs);
    expect(memory.history?.fromMs).toBe(clock.nowMs() - 400 * INTERVAL_MS);
  });

  it("is the part of it that can be told in three seconds, without a gap before now", async () => {
    await written(240);
    const own = parts(25);
    const beganMs = performance.now();
    using memory = await open(own);
    expect(performance.now() - beganMs).toBeLessThan(5_000);
    const [trial = [], rest = []] = own.told;
    expect(trial.length).toBeLessThan(60);
    expect(rest.length).toBeGreaterThan(20);
    expect(rest.length).toBeLessThan(240);
    expect(rest.at(-1)).toBe(clock.nowMs() - INTERVAL_MS);
    expect(rest.slice(1).every((atMs, index) => atMs - (rest[index] ?? 0) === INTERVAL_MS)).toBe(true);
    expect(memory.latest?.atMs).toBe(rest.at(-1));
  }, 15_000);

  it("is given up at once when nobody wants it any more", async () => {
    await written(240);
    const own = parts(25);
    const leaving = new AbortController();
    const opening = open(own, leaving.signal);
    setTimeout(() => leaving.abort(), 100);
    const beganMs = performance.now();
    using memory = await opening;
    expect(performance.now() - beganMs).toBeLessThan(1_500);
    expect(memory.verdicts?.atMs).not.toBe(clock.nowMs() - INTERVAL_MS);
  });
});
