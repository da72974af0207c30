import { describe, expect, it } from "vitest";
import { readTrace } from "../../../src-main/core/health/detection/read-trace.ts";
import type { ScrapeRound } from "../../../src-main/core/health/detection/scrape.ts";
import { SeriesHistory } from "../../../src-main/core/health/history/series-history.ts";
import { Scraper } from "../../../src-main/core/health/scraping/scraper.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { plain, ScriptedTarget, sourceOf } from "../../builders/scrape-targets.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const logger = new RecordingLogger();

/** What history keeps: times in whole milliseconds, no ring. */
function kept({ atMs, scrapes }: ScrapeRound): unknown {
  return {
    atMs: Math.round(atMs),
    scrapes: scrapes.map(({ instance, component, series, ready }) => ({
      instance,
      component,
      ready,
      series: series === null ? null : { ...series },
    })),
  };
}

describe("history and what fills it", () => {
  it("gives a recording of a real cluster back, restarted in its middle, for a small part of its size", async () => {
    using folder = temporaryDirectory();
    const directory = folder.path;
    const rounds: ScrapeRound[] = [];
    for await (const round of readTrace("test/fixtures/cluster-traces/f-sigkill-ingester-2.ndjson.gz"))
      rounds.push(round);
    const middle = Math.floor(rounds.length / 2);
    {
      using first = await SeriesHistory.open({ directory, logger });
      for (const round of rounds.slice(0, middle)) first.append(round);
    }
    using second = await SeriesHistory.open({ directory, logger });
    for (const round of rounds.slice(middle)) second.append(round);
    const back: unknown[] = [];
    for await (const round of second.rounds(0, Number.MAX_SAFE_INTEGER)) back.push(kept(round));
    expect(back).toEqual(rounds.map(kept));
    const values = rounds.flatMap(({ scrapes }) => scrapes).flatMap(({ series }) => Object.keys(series ?? {})).length;
    expect(second.sizeBytes / values).toBeLessThan(4);
  });

  it("keeps the counters of a target that resets them at every scrape as they stood", async () => {
    using folder = temporaryDirectory();
    const counts = [5_000, 3, 9_999_999, 0, 0.25];
    let scrape = 0;
    const target = new ScriptedTarget("ingester-0", ({ path }) =>
      Promise.resolve(plain(200, path === "/metrics" ? `loki_panic_total ${counts[scrape++] ?? 0}\n` : "ready\n")),
    );
    const clock = new ManualClock(1_000);
    const scraper = new Scraper({ clock, source: sourceOf(target) });
    using history = await SeriesHistory.open({ directory: folder.path, logger });
    while (scrape < counts.length) {
      history.append((await scraper.round(new AbortController().signal)).round);
      await clock.advance(15_000);
    }
    const found = await history.read("ingester-0", () => true, 0, clock.nowMs());
    expect(found.get("loki_panic_total")?.map(({ value }) => value)).toEqual(counts);
  });
});
