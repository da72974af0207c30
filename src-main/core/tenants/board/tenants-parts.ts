import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { ScrapeRound } from "../../health/detection/scrape.ts";
import type { parseSeriesKey } from "../../health/detection/series-key.ts";
import type { OpenHealthSite } from "../../health/health-site.ts";
import type { LimitsReader } from "../limits/reading/limits-reader.ts";
import type { AskPublished } from "./sources/published-limits.ts";
import type { UseRound } from "./use/use-series.ts";

/** The rounds of a site that is watched: the newest, and those that are kept. */
export interface WatchedRounds {
  readonly latest: ScrapeRound | null;
  /** From `fromMs` to `toMs`, both included, oldest first; `null` where none are kept. */
  readonly kept: ((fromMs: number, toMs: number) => AsyncIterable<ScrapeRound>) | null;
}

/** Where points of use are kept over restarts. */
export interface UseStore extends Disposable {
  /** @throws AppError `files.unwritable`, `files.disk-full` */
  append(point: UseRound): void;
  rounds(fromMs: number, toMs: number): AsyncIterable<UseRound>;
}

/** What the board of a site's tenants is made of; whoever composes the console passes it in. */
export interface TenantsParts {
  readonly openSite: OpenHealthSite;
  /** `null` for a site that is not watched. */
  readonly rounds: (site: SiteId) => WatchedRounds | null;
  /** The board of its health at once and after every round. @throws AppError `sites.unknown` when the site is removed */
  readonly watchHealth: (site: SiteId, signal: AbortSignal) => AsyncIterable<SiteHealth>;
  /** `null` where nothing is to be kept. @throws AppError */
  readonly openUseStore: (site: SiteId) => Promise<UseStore | null>;
  readonly askPublished: AskPublished;
  readonly reader: Pick<LimitsReader, "ask">;
  readonly parseSeriesKey: typeof parseSeriesKey;
  readonly clock: Clock;
  readonly logger: Logger;
}
