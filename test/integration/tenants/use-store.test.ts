import { expect, it } from "vitest";
import { openUseStore } from "../../../src-main/core/console-tenants-limits.ts";
import type { ScrapeRound } from "../../../src-main/core/health/detection/scrape.ts";
import { parseSeriesKey } from "../../../src-main/core/health/detection/series-key.ts";
import type { TenantsParts } from "../../../src-main/core/tenants/board/tenants-parts.ts";
import { SiteUse } from "../../../src-main/core/tenants/board/use/site-use.ts";
import { useKey } from "../../../src-main/core/tenants/board/use/use-series.ts";
import { LimitsReader } from "../../../src-main/core/tenants/limits/reading/limits-reader.ts";
import { siteIdSchema } from "../../../src-shared/model/ids.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";
import { workerSource } from "../../builders/worker-source.ts";

const SITE = siteIdSchema.parse("bank");
const START_MS = Date.UTC(2026, 10, 22, 12);
const BYTES = useKey("bytes", "cards");

function round(second: number): ScrapeRound {
  const atMs = START_MS + second * 1_000;
  const series = { 'loki_distributor_bytes_received_total{tenant="cards"}': second * second };
  const scrape = { instance: "distributor-1", component: "distributor", atMs, tookSeconds: 0, ready: true, series };
  return { atMs, scrapes: [scrape], ring: null };
}

it("what tenants used is known again after a restart, and rounds that were missed are made up for", async () => {
  using directory = temporaryDirectory();
  const clock = new ManualClock(START_MS);
  const logger = new RecordingLogger();
  await using reader = new LimitsReader(() => workerSource("limits-read"), logger);
  let latest: ScrapeRound | null = null;
  let kept: readonly ScrapeRound[] = [];
  const parts: TenantsParts = {
    openSite: () => Promise.reject(new Error("no site is opened here")),
    rounds: () => ({
      latest,
      kept: async function* among(fromMs, toMs) {
        for (const one of kept) if (one.atMs >= fromMs && one.atMs <= toMs) yield one;
      },
    }),
    watchHealth: async function* none() {
      // Nobody watches here.
    },
    openUseStore: () => openUseStore(directory.path, logger),
    askPublished: () => Promise.reject(new Error("nobody is asked here")),
    reader,
    parseSeriesKey,
    clock,
    logger,
  };
  const before = new SiteUse(SITE, parts);
  for (let second = 0; second <= 300; second += 15) {
    latest = round(second);
    // oxlint-disable-next-line no-await-in-loop -- rounds come one after the other
    await before.catchUp();
  }
  const points = before.history.points(BYTES, 0, 60);
  expect(points.length).toBeGreaterThanOrEqual(4);
  expect(points.at(-1)?.value).toBeGreaterThan(points[0]?.value ?? 0);
  before[Symbol.dispose]();

  await clock.advance(900_000);
  kept = Array.from({ length: 40 }, (_, at) => round(315 + at * 15));
  latest = round(915);
  using after = new SiteUse(SITE, parts);
  await after.catchUp();
  const again = after.history.points(BYTES, 0, 60);
  expect(again.slice(0, points.length)).toEqual(points);
  expect(again.length).toBeGreaterThan(points.length + 7);
  expect(logger.lines.filter(({ level }) => level === "error")).toEqual([]);
});
