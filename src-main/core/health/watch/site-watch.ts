import { AppError, hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import type { Topology } from "../../../../src-shared/model/health/topology.ts";
import type { Clock } from "../../common/clock.ts";
import { fireAndForget, type Logger } from "../../common/logger.ts";
import type { HealthSite, OpenHealthSite } from "../health-site.ts";
import type { RoundReport } from "../scraping/scraper.ts";
import { InventoryCache } from "../inventory/inventory-cache.ts";
import { LatestValue } from "./latest-value.ts";
import { boardOf, emptyBoard, type BoardFacts } from "./site-board.ts";
import type { WatchMemory } from "./watch-memory.ts";

/** A site that cannot be opened is tried again this much later. */
const AGAIN_MS = 30_000;

/** What a site stands for. Another `place` is another Loki; another `made` is another way to the same. */
export interface SiteIdentity {
  /** For a person. */
  readonly name: string;
  readonly place: string;
  readonly made: string;
}

export interface SiteWatchOptions {
  readonly site: SiteId;
  readonly open: OpenHealthSite;
  /** @throws AppError `sites.unknown` for one that was removed, and whatever keeps it from being used now */
  readonly identify: (site: SiteId) => Promise<SiteIdentity>;
  readonly remember: (identity: SiteIdentity, signal: AbortSignal) => Promise<WatchMemory>;
  readonly intervalMs: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called with every new board and the site's name, as far as it is known. */
  readonly onBoard: (board: SiteHealth, name: string) => void;
}

/** Watches one site from its making until it is disposed of, or until the site is removed. */
export class SiteWatch implements AsyncDisposable {
  readonly site: SiteId;
  readonly #options: SiteWatchOptions;
  readonly #closing = new AbortController();
  readonly #boards: LatestValue<SiteHealth>;
  readonly #done: Promise<void>;
  #identity: SiteIdentity | null = null;
  #memory: { readonly place: string; readonly memory: WatchMemory } | null = null;
  #opened: HealthSite | null = null;
  #inventory: InventoryCache | null = null;
  /** Ends the rounds of the way that is in use. */
  #session = new AbortController();

  constructor(options: SiteWatchOptions) {
    this.#options = options;
    this.site = options.site;
    this.#boards = new LatestValue(emptyBoard(this.#facts(), "starting", null));
    this.#done = this.#run();
    fireAndForget(this.#done, options.logger, "watching a site ended");
  }

  get board(): SiteHealth {
    return this.#boards.value;
  }

  get memory(): WatchMemory | null {
    return this.#memory?.memory ?? null;
  }

  get topology(): Topology {
    return this.memory?.topology ?? { atMs: null, edges: [] };
  }

  get readers(): number {
    return this.#boards.readers;
  }

  /** Whether it was disposed of, or its site removed. */
  get ended(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Opens the site anew, keeping what is remembered of it. */
  restart(): void {
    this.#session.abort();
  }

  /** The board at once, and each newer one. @throws AppError `sites.unknown` when the site is removed */
  boards(signal: AbortSignal): AsyncGenerator<SiteHealth, void, void> {
    return this.#boards.read(signal);
  }

  /** Looks whether the site still is what is watched; another way or another place begins anew. */
  async check(): Promise<void> {
    if (this.#identity === null) return;
    try {
      const { made } = await this.#options.identify(this.site);
      if (made !== this.#identity?.made) this.#session.abort();
    } catch (error) {
      if (!isAppError(error)) throw error;
      if (hasCode(error, "sites.unknown")) this.#end(error);
      else this.#session.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end(null);
    await this.#done;
  }

  #end(error: AppError | null): void {
    this.#boards.end(error);
    this.#closing.abort();
    this.#session.abort();
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.#options;
    const closing = this.#closing.signal;
    try {
      while (!closing.aborted) {
        this.#session = new AbortController();
        const signal = AbortSignal.any([closing, this.#session.signal]);
        try {
          // oxlint-disable-next-line no-await-in-loop -- one session after the other
          await this.#watch(signal);
        } catch (error) {
          if (closing.aborted) break;
          if (!signal.aborted) this.#fail(error, logger);
          if (hasCode(error, "sites.unknown")) {
            this.#end(error);
            break;
          }
        }
        // A session that was ended for another way begins at once.
        // oxlint-disable-next-line no-await-in-loop -- see above
        if (!signal.aborted) await clock.sleep(AGAIN_MS, signal).catch(() => undefined);
      }
    } finally {
      this.#memory?.memory[Symbol.dispose]();
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { identify, open, clock, logger } = this.#options;
    this.#identity = await identify(this.site);
    await this.#remember(this.#identity, signal);
    if (signal.aborted) return;
    const site = await open(this.site, signal);
    this.#opened = site;
    const { cluster } = site;
    this.#inventory =
      cluster === null ? null : new InventoryCache((inner) => cluster.inventory(inner), { clock, logger });
    this.#inventory?.refresh(signal);
    for await (const report of site.rounds.rounds(signal)) {
      if (signal.aborted) return;
      this.#round(report);
      this.#inventory?.refresh(signal);
    }
  }

  async #remember(identity: SiteIdentity, signal: AbortSignal): Promise<void> {
    const { place } = identity;
    if (this.#memory?.place === place) return;
    this.#memory?.memory[Symbol.dispose]();
    this.#memory = null;
    const memory = await this.#options.remember(identity, signal);
    this.#memory = { place, memory };
    this.#show(emptyBoard(this.#facts(), "starting", null));
  }

  #round(report: RoundReport): void {
    const memory = this.#memory?.memory;
    if (memory === undefined) return;
    const expected = this.#inventory?.expected() ?? null;
    const verdicts = memory.take(report, expected);
    this.#show(boardOf(this.#facts(), report, verdicts, expected));
  }

  #fail(error: unknown, logger: Logger): void {
    const told = isAppError(error) ? error : new AppError("internal", {}, { cause: error });
    if (!isAppError(error)) told.reference = logger.error("watching a site failed", error);
    this.#show(emptyBoard(this.#facts(), "failed", told));
  }

  #show(board: SiteHealth): void {
    this.#boards.set(board);
    this.#options.onBoard(board, this.#identity?.name ?? this.site);
  }

  #facts(): BoardFacts {
    return {
      site: this.#options.site,
      source: this.#opened?.source ?? "pods",
      intervalMs: this.#options.intervalMs(),
      historyFromMs: this.memory?.history?.fromMs ?? null,
      changes: [...(this.memory?.changes ?? [])],
    };
  }
}
