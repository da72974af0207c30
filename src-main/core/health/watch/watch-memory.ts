import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Figure } from "../../../../src-shared/model/health/instance-details.ts";
import type { Mates } from "../../../../src-shared/model/health/mates.ts";
import type { HealthChange } from "../../../../src-shared/model/health/site-health.ts";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import { MatesMeter } from "../comparison/mates-meter.ts";
import type { ScrapeRound } from "../detection/scrape.ts";
import type { HealthParts, RoundJudge, RoundMeter } from "../health-parts.ts";
import { unwritable } from "../history/segment-file.ts";
import { SeriesHistory, type HistoryDamage } from "../history/series-history.ts";
import { FigureWindow } from "../instance/figure-window.ts";
import type { RoundReport } from "../scraping/scraper.ts";
import type { ExpectedReplicas, SiteVerdicts } from "../verdicts/site-verdicts.ts";

const MOST_CHANGES = 1_000;
const REPLAYED_MS = 3_600_000;
/** Replaying may take this long; what does not fit is left out at its beginning. */
const REPLAY_BUDGET_MS = 3_000;
const TRIAL_MS = 500;

export interface WatchMemoryOptions {
  /** A folder of the site's own, with one in it for each Loki that it stood for; `null` where nothing is to be kept. */
  readonly siteDirectory: string | null;
  /** Names the Loki; a folder's name. */
  readonly place: string;
  readonly keptMs: number;
  readonly parts: HealthParts;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told once, until a round could be kept again. */
  readonly onUnkept: (error: AppError) => void;
  readonly onDamage: (damage: HistoryDamage) => void;
}

/** All that is remembered of one Loki: its history on disk, and what the judge and the meter made of it. */
export class WatchMemory implements Disposable {
  readonly #options: WatchMemoryOptions;
  readonly history: SeriesHistory | null;
  #judge: RoundJudge;
  #meter: RoundMeter;
  #mates = new MatesMeter();
  #figures = new FigureWindow();
  #verdicts: SiteVerdicts | null = null;
  #latest: ScrapeRound | null = null;
  #changes: HealthChange[] = [];
  #failing = false;

  private constructor(options: WatchMemoryOptions, history: SeriesHistory | null) {
    this.#options = options;
    this.history = history;
    this.#judge = options.parts.makeJudge();
    this.#meter = options.parts.makeMeter();
  }

  /** Opens the history and tells the judge its last hour again. A disk that fails is told, and nothing is remembered then. */
  static async open(options: WatchMemoryOptions, signal: AbortSignal): Promise<WatchMemory> {
    const { siteDirectory, place, keptMs, logger } = options;
    if (siteDirectory === null) return new WatchMemory(options, null);
    const directory = join(siteDirectory, place);
    let history: SeriesHistory | null = null;
    try {
      await forgetOthers(siteDirectory, place);
      history = await SeriesHistory.open({ directory, logger, keptMs });
    } catch (error) {
      if (!isAppError(error)) throw error;
      logger.warn("health is watched without a history", { code: error.code });
      options.onUnkept(error);
    }
    for (const damage of history?.damage ?? []) options.onDamage(damage);
    const memory = new WatchMemory(options, history);
    if (history !== null) await memory.#replay(history, signal);
    return memory;
  }

  get verdicts(): SiteVerdicts | null {
    return this.#verdicts;
  }

  get latest(): ScrapeRound | null {
    return this.#latest;
  }

  /** Newest first, at most a thousand. */
  get changes(): readonly HealthChange[] {
    return this.#changes;
  }

  get topology(): ReturnType<RoundMeter["topology"]> {
    return this.#meter.topology();
  }

  /** Everybody of a component side by side, as of the last round. */
  mates(component: string): Mates {
    return this.#mates.mates(component);
  }

  /** What the last minute says of one process in figures. */
  figures(instance: string): Figure[] {
    return this.#figures.figures(instance);
  }

  /** Keeps a round and says what it led to. A full disk costs the history, not the verdicts. */
  take(report: RoundReport, expected: ExpectedReplicas | null): SiteVerdicts {
    this.#keep(report.round);
    this.#judge.expect(expected);
    return this.#note(report.round, this.#judge.round(report));
  }

  [Symbol.dispose](): void {
    this.history?.[Symbol.dispose]();
  }

  #keep(round: ScrapeRound): void {
    try {
      this.history?.append(round);
      this.#failing = false;
    } catch (error) {
      if (!isAppError(error)) throw error;
      if (this.#failing) return;
      this.#failing = true;
      this.#options.logger.warn("rounds cannot be kept", { code: error.code });
      this.#options.onUnkept(error);
    }
  }

  #note(round: ScrapeRound, verdicts: SiteVerdicts): SiteVerdicts {
    this.#meter.take(round);
    this.#mates.round(round);
    this.#figures.take(round);
    this.#verdicts = verdicts;
    this.#latest = round;
    this.#changes = [...verdicts.changes.toReversed(), ...this.#changes].slice(0, MOST_CHANGES);
    return verdicts;
  }

  async #replay(history: SeriesHistory, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    const beganMs = performance.now();
    const fitsFromMs = await this.#replayFrom(history, nowMs - REPLAYED_MS, nowMs, beganMs, signal);
    if (fitsFromMs === null) return;
    this.#options.logger.info("the history is replayed in part", { fromMs: Math.round(fitsFromMs) });
    this.#forget();
    await this.#replayFrom(history, fitsFromMs, nowMs, null, signal);
  }

  /** Answers `null` when it replayed all, or, within the first half second, from when on it would fit. */
  async #replayFrom(
    history: SeriesHistory,
    fromMs: number,
    toMs: number,
    trialBeganMs: number | null,
    signal: AbortSignal,
  ): Promise<number | null> {
    let tried = trialBeganMs === null;
    let firstMs: number | null = null;
    for await (const round of history.rounds(fromMs, toMs)) {
      if (signal.aborted) return null;
      firstMs ??= round.atMs;
      this.#note(round, this.#judge.replay(round));
      // A round of hundreds of targets takes some of the event loop's time; others come first.
      await nextTurn();
      const tookMs = trialBeganMs === null ? 0 : performance.now() - trialBeganMs;
      if (tried || tookMs < TRIAL_MS) continue;
      tried = true;
      const replayedPerMs = (round.atMs - firstMs) / tookMs;
      const fitsMs = replayedPerMs * (REPLAY_BUDGET_MS - TRIAL_MS);
      if (toMs - round.atMs > fitsMs) return toMs - fitsMs;
    }
    return null;
  }

  #forget(): void {
    const { parts } = this.#options;
    this.#judge = parts.makeJudge();
    this.#meter = parts.makeMeter();
    this.#mates = new MatesMeter();
    this.#figures = new FigureWindow();
    this.#verdicts = null;
    this.#latest = null;
    this.#changes = [];
  }
}

/** What was kept of another Loki under the same name is no past of this one. */
async function forgetOthers(siteDirectory: string, place: string): Promise<void> {
  try {
    const others = (await readdir(siteDirectory)).filter((name) => name !== place);
    await Promise.all(others.map((name) => rm(join(siteDirectory, name), { recursive: true, force: true })));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw unwritable(siteDirectory, error);
  }
}
