import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { Scrape, ScrapeRound } from "../detection/scrape.ts";
import { parseExposition, type Exposition } from "./exposition-parser.ts";
import { KEPT_FAMILIES } from "./kept-families.ts";
import { workThrough } from "./patient-pool.ts";
import { repeatedRounds } from "./repeated-rounds.ts";
import { RingReader } from "./ring-reader.ts";
import type { RoundSource } from "./round-source.ts";
import type { ScrapeTarget, TargetAnswer, TargetRequest, TargetSource } from "./scrape-target.ts";
import {
  failedOutcome,
  isHtml,
  notMetrics,
  refusedAnswer,
  type OutcomeKind,
  type TargetOutcome,
} from "./target-outcome.ts";
import { withinTime } from "./time-limit.ts";

export interface ScraperOptions {
  readonly source: TargetSource;
  readonly clock: Clock;
  readonly intervalMs?: number;
  readonly concurrency?: number;
  /** For everything that one target is asked in a round. */
  readonly timeoutMs?: number;
  readonly maxMetricsBytes?: number;
  readonly relistMs?: number;
  readonly wanted?: (name: string) => boolean;
}

/** A round and how it went. */
export interface RoundReport {
  readonly round: ScrapeRound;
  /** In the order of `round.scrapes`. */
  readonly targets: readonly TargetOutcome[];
  /** Who told of the ring; `null` when nobody did. */
  readonly ringFrom: string | null;
  /** Why nobody did, by the last that was asked; `null` too when there was nobody to ask. */
  readonly ringError: AppError | null;
  /** Why the targets could not be listed anew; those of the last list were asked then. */
  readonly listError: AppError | null;
  readonly tookMs: number;
}

const LIST_TIMEOUT_MS = 20_000;
const READY_BYTES = 65_536;
/** Whoever is silent this long is waited for, but no longer counted as being worked on. */
const PATIENCE_MS = 1_000;
/** How many of `concurrency` may be under way with the silent ones among them; each of those is an open socket. */
const UNDER_WAY = 4;

/** Asks all targets of a source in rounds. Knows nothing of clusters; remembers the list, and who told of the ring. */
export class Scraper implements RoundSource {
  readonly #options: Required<ScraperOptions>;
  #targets: readonly ScrapeTarget[] = [];
  #listedMs = Number.NEGATIVE_INFINITY;
  readonly #ring: RingReader;

  constructor(options: ScraperOptions) {
    this.#options = {
      intervalMs: 15_000,
      concurrency: 32,
      timeoutMs: 5_000,
      maxMetricsBytes: 16 * 2 ** 20,
      relistMs: 60_000,
      wanted: (name) => KEPT_FAMILIES.has(name),
      ...options,
    };
    this.#ring = new RingReader(this.#options.clock, this.#options.timeoutMs);
  }

  /** See `repeatedRounds`. */
  rounds(signal: AbortSignal): AsyncGenerator<RoundReport, void, void> {
    const { clock, intervalMs } = this.#options;
    const round = (inner: AbortSignal) => this.round(inner);
    return repeatedRounds({ round, clock, intervalMs: () => intervalMs }, signal);
  }

  /**
   * One round. Targets fail each for itself.
   * @throws AppError `request.cancelled`
   */
  async round(signal: AbortSignal): Promise<RoundReport> {
    const { clock, concurrency } = this.#options;
    const listError = await this.#list(signal);
    const targets = this.#targets;
    const atMs = clock.nowMs();
    const ring = this.#ring.read(targets, signal);
    const results = new Map<ScrapeTarget, { readonly scrape: Scrape; readonly outcome: TargetOutcome }>();
    await workThrough(
      targets,
      async (target) => {
        results.set(target, await this.#scrape(target, atMs, signal));
      },
      { clock, concurrency, patienceMs: PATIENCE_MS, maxUnderWay: concurrency * UNDER_WAY },
    );
    const { members, from: ringFrom, error: ringError } = await ring;
    if (signal.aborted) throw new AppError("request.cancelled", {});
    const ordered = targets.map((target) => results.get(target)).filter((result) => result !== undefined);
    return {
      round: { atMs, scrapes: ordered.map(({ scrape }) => scrape), ring: members },
      targets: ordered.map(({ outcome }) => outcome),
      ringFrom,
      ringError,
      listError,
      tookMs: clock.nowMs() - atMs,
    };
  }

  async #list(signal: AbortSignal): Promise<AppError | null> {
    const { clock, source, relistMs } = this.#options;
    const sinceMs = clock.nowMs() - this.#listedMs;
    if (sinceMs >= 0 && sinceMs < relistMs) return null;
    try {
      const listed = await withinTime(clock, LIST_TIMEOUT_MS, signal, (inner) => source.targets(inner));
      // An instance is asked once a round, whatever labels led to it.
      this.#targets = [
        ...new Map(listed.toReversed().map((target) => [target.instance, target])).values(),
      ].toReversed();
      this.#listedMs = clock.nowMs();
      this.#ring.keep(this.#targets);
      return null;
    } catch (error) {
      if (signal.aborted) throw error;
      return failedOutcome(error, "").error;
    }
  }

  async #scrape(
    target: ScrapeTarget,
    atMs: number,
    signal: AbortSignal,
  ): Promise<{ readonly scrape: Scrape; readonly outcome: TargetOutcome }> {
    const { instance, component, zone, node } = target;
    const [ready, read] = await Promise.all([this.#ready(target, signal), this.#metrics(target, signal)]);
    const { tookSeconds, sizeBytes, exposition, outcome, error } = read;
    return {
      scrape: {
        instance,
        component,
        atMs,
        tookSeconds,
        series: outcome === "answered" && exposition !== null ? exposition.series : null,
        ready,
      },
      outcome: {
        instance,
        component,
        zone,
        node,
        outcome,
        error,
        sizeBytes,
        samples: exposition?.samples ?? 0,
        brokenLines: exposition?.brokenLines ?? 0,
        repeatedKeys: exposition?.repeatedKeys ?? 0,
      },
    };
  }

  async #metrics(target: ScrapeTarget, signal: AbortSignal): Promise<ReadMetrics> {
    const { clock, maxMetricsBytes, wanted } = this.#options;
    const beganMs = clock.nowMs();
    const nothing = { sizeBytes: 0, exposition: null };
    let answer: TargetAnswer;
    try {
      answer = await this.#get(target, { path: "/metrics", accept: EXPOSITION, maxBytes: maxMetricsBytes }, signal);
    } catch (error) {
      return {
        ...nothing,
        ...failedOutcome(error, target.instance),
        tookSeconds: Math.max(0, clock.nowMs() - beganMs) / 1_000,
      };
    }
    // Without the time to read the page, which is ours.
    const tookSeconds = Math.max(0, clock.nowMs() - beganMs) / 1_000;
    const sizeBytes = answer.body.byteLength;
    const refused = refusedAnswer(answer);
    if (refused !== null) return { ...nothing, ...refused, sizeBytes, tookSeconds };
    const exposition = isHtml(answer) ? null : parseExposition(answer.body, wanted);
    const error = notMetrics(answer, exposition);
    return { exposition, outcome: error === null ? "answered" : "not-metrics", error, sizeBytes, tookSeconds };
  }

  /** Only 200 and 503 say something; a pod may be forbidden, gone or silent, and its metrics tell that. */
  async #ready(target: ScrapeTarget, signal: AbortSignal): Promise<boolean | null> {
    try {
      const { status } = await this.#get(target, { path: "/ready", maxBytes: READY_BYTES }, signal);
      return status === 200 ? true : status === 503 ? false : null;
    } catch {
      return null;
    }
  }

  #get(
    target: ScrapeTarget,
    request: Pick<TargetRequest, "path" | "accept" | "maxBytes">,
    signal: AbortSignal,
  ): Promise<TargetAnswer> {
    const { clock, timeoutMs } = this.#options;
    return withinTime(clock, timeoutMs, signal, (inner) => target.get({ ...request, timeoutMs, signal: inner }));
  }
}

const EXPOSITION = "text/plain;version=0.0.4";

interface ReadMetrics {
  readonly outcome: OutcomeKind;
  readonly error: AppError | null;
  readonly exposition: Exposition | null;
  readonly sizeBytes: number;
  readonly tookSeconds: number;
}
