import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import { KEPT_FAMILIES } from "../scraping/kept-families.ts";
import { repeatedRounds } from "../scraping/repeated-rounds.ts";
import { RingReader, type ToldRing } from "../scraping/ring-reader.ts";
import type { RoundSource } from "../scraping/round-source.ts";
import type { RoundReport } from "../scraping/scraper.ts";
import type { ScrapeTarget, TargetSource } from "../scraping/scrape-target.ts";
import { failedOutcome } from "../scraping/target-outcome.ts";
import { withinTime } from "../scraping/time-limit.ts";
import { prometheusFailure, readSampleTimes, readScalar, readVector } from "./prometheus-answer.ts";
import type { PrometheusQuery } from "./prometheus-query.ts";
import { clustersOf, prometheusTargets, TargetSeries, type PrometheusTarget } from "./prometheus-targets.ts";
import { equals, inParts, oneOf, selector } from "./promql.ts";
import { SamplingGrid, samplingIntervalMs } from "./sampling-grid.ts";
import { silentScrape, toldScrape, type TargetResult } from "./told-scrape.ts";

export interface PrometheusRoundsOptions {
  readonly prometheus: PrometheusQuery;
  /** The namespace that Loki runs in; `null` where that is not known: then all of what exports `loki_build_info`. */
  readonly namespace: string | null;
  readonly clock: Clock;
  readonly intervalMs?: number;
  /** For all queries of a round. */
  readonly timeoutMs?: number;
  /** Names of the samples that are asked for. */
  readonly families?: readonly string[];
  /** Processes whose ring pages can be read besides: Prometheus knows how many members a ring has and not who they are. */
  readonly targets?: TargetSource;
}

const RELIST_MS = 60_000;
const LIST_TIMEOUT_MS = 20_000;
const RING_TIMEOUT_MS = 5_000;
/** Of names in one query; with their escapes a URL stays below the 8 KB that proxies take. */
const QUERY_CHARACTERS = 3_000;
const AT_ONCE = 2;
/** Prometheus' lookback is five minutes: so long it hands out a value that nobody renewed. Longer than this is stale. */
const LEAST_STALE_MS = 45_000;
const STALE_INTERVALS = 3;

/**
 * Rounds out of a site's Prometheus instead of its pods. Everything of a round is evaluated at one instant of Prometheus' own
 * clock (see `SamplingGrid`), and the instant is then told by ours, so that neither clock needs to be right. Where Prometheus
 * asks its targets more rarely than rounds are wanted, rounds come as rarely.
 */
export class PrometheusRounds implements RoundSource {
  readonly #options: Required<Omit<PrometheusRoundsOptions, "targets">>;
  readonly #targets: TargetSource | null;
  readonly #ring: RingReader;
  readonly #parts: readonly (readonly string[])[];
  #jobs: readonly string[] = [];
  #listedMs = Number.NEGATIVE_INFINITY;
  readonly #grid: SamplingGrid;
  #sampleIntervalMs: number | null = null;
  #last: readonly PrometheusTarget[] = [];
  #tellers: readonly ScrapeTarget[] = [];
  #tellersListedMs = Number.NEGATIVE_INFINITY;

  constructor({ targets, ...options }: PrometheusRoundsOptions) {
    this.#options = { intervalMs: 15_000, timeoutMs: 30_000, families: [...KEPT_FAMILIES], ...options };
    this.#targets = targets ?? null;
    this.#ring = new RingReader(this.#options.clock, RING_TIMEOUT_MS);
    this.#grid = new SamplingGrid(this.#options.intervalMs);
    this.#parts = inParts(this.#options.families, QUERY_CHARACTERS);
  }

  /** How often Prometheus asks the targets; `null` before the first round. Milliseconds. */
  get sampleIntervalMs(): number | null {
    return this.#sampleIntervalMs;
  }

  rounds(signal: AbortSignal): AsyncGenerator<RoundReport, void, void> {
    const { clock } = this.#options;
    const round = (inner: AbortSignal) => this.round(inner);
    return repeatedRounds({ round, clock, intervalMs: () => this.#grid.stepMs }, signal);
  }

  /**
   * One round. When Prometheus fails, or knows nothing of Loki any more, those of the last round are told as not answering and
   * `listError` says why.
   * @throws AppError `request.cancelled`
   */
  async round(signal: AbortSignal): Promise<RoundReport> {
    const { clock, timeoutMs } = this.#options;
    const beganMs = clock.nowMs();
    const ring = this.#readRing(signal);
    let told: { readonly atMs: number; readonly results: readonly TargetResult[] };
    let listError: AppError | null = null;
    try {
      told = await withinTime(clock, timeoutMs, signal, (inner) => this.#read(inner));
    } catch (error) {
      const failure = prometheusFailure(error);
      listError = failure;
      told = { atMs: beganMs, results: this.#last.map((target) => silentScrape(target, beganMs, failure)) };
    }
    const { atMs, results } = told;
    const { members, from: ringFrom, error: ringError } = await ring;
    if (signal.aborted) throw new AppError("request.cancelled", {});
    return {
      round: { atMs, scrapes: results.map(({ scrape }) => scrape), ring: members },
      targets: results.map(({ outcome }) => outcome),
      ringFrom,
      ringError,
      listError,
      tookMs: clock.nowMs() - beganMs,
    };
  }

  async #read(signal: AbortSignal): Promise<{ readonly atMs: number; readonly results: readonly TargetResult[] }> {
    const { clock, prometheus, namespace } = this.#options;
    const beganMs = clock.nowMs();
    const presentMs = Math.round(readScalar(await prometheus.query("time()", null, signal)) * 1_000);
    const aheadMs = presentMs - (beganMs + clock.nowMs()) / 2;
    const within = namespace === null ? [] : [equals("namespace", namespace)];
    await this.#list(within, (promql) => prometheus.query(promql, presentMs, signal));
    const mine = [...within, oneOf("job", this.#jobs)];
    const nowMs = this.#grid.instant(presentMs);
    const ask = async (promql: string) => readVector(await prometheus.query(promql, nowMs, signal));
    const [up, durations, timestamps, builds] = await Promise.all([
      ask(`up${selector(mine)}`),
      ask(`scrape_duration_seconds${selector(mine)}`),
      ask(`timestamp(up${selector(mine)})`),
      ask(`loki_build_info${selector(mine)}`),
    ]);
    const clusters = clustersOf(up);
    if (clusters.length > 1) {
      const problem = `${clusters.length} clusters: ${clusters.slice(0, 5).join(", ")}`.slice(0, 200);
      throw new AppError("health.prometheus-failed", { status: 200, problem });
    }
    const targets = prometheusTargets({ up, durations, timestamps, builds });
    if (targets.length === 0) throw new AppError("health.prometheus-empty", { selector: `up${selector(mine)}` });
    const series = new TargetSeries(targets);
    for (let at = 0; at < this.#parts.length; at += AT_ONCE) {
      const parts = this.#parts.slice(at, at + AT_ONCE);
      // oxlint-disable-next-line no-await-in-loop -- a few at a time, whose answers may be long
      const answers = await Promise.all(parts.map((names) => ask(selector([oneOf("__name__", names), ...mine]))));
      for (const answer of answers) series.take(answer);
    }
    this.#last = targets;
    const staleMs = Math.max(LEAST_STALE_MS, STALE_INTERVALS * (this.#sampleIntervalMs ?? 0));
    const atMs = Math.round(nowMs - aheadMs);
    return {
      atMs,
      results: targets.map((target) => toldScrape(target, series.of(target), { nowMs, atMs, staleMs })),
    };
  }

  /** The jobs that Loki is scraped by, also those all of whose targets are down now, and how often they are. */
  async #list(within: readonly string[], query: (promql: string) => Promise<unknown>): Promise<void> {
    const sinceMs = this.#options.clock.nowMs() - this.#listedMs;
    const known = this.#jobs.length > 0 && this.#sampleIntervalMs !== null;
    if (known && sinceMs >= 0 && sinceMs < RELIST_MS) return;
    const builds = readVector(await query(`count by (job) (last_over_time(loki_build_info${selector(within)}[1h]))`));
    const jobs = builds.map(({ labels }) => labels["job"] ?? "").filter((job) => job !== "");
    if (jobs.length === 0) {
      throw new AppError("health.prometheus-empty", { selector: `loki_build_info${selector(within)}` });
    }
    this.#jobs = jobs.toSorted();
    const times = readSampleTimes(await query(`up${selector([...within, oneOf("job", this.#jobs)])}[5m]`));
    this.#sampleIntervalMs = samplingIntervalMs(times);
    this.#grid.sampledEvery(this.#sampleIntervalMs);
    this.#listedMs = this.#options.clock.nowMs();
  }

  async #readRing(signal: AbortSignal): Promise<ToldRing> {
    const source = this.#targets;
    if (source === null) {
      return { members: null, from: null, error: new AppError("health.nobody-tells", { what: "/ring" }) };
    }
    const { clock } = this.#options;
    const sinceMs = clock.nowMs() - this.#tellersListedMs;
    if (sinceMs < 0 || sinceMs >= RELIST_MS) {
      try {
        this.#tellers = await withinTime(clock, LIST_TIMEOUT_MS, signal, (inner) => source.targets(inner));
        this.#ring.keep(this.#tellers);
        this.#tellersListedMs = clock.nowMs();
      } catch (error) {
        return { members: null, from: null, error: failedOutcome(error, "").error };
      }
    }
    const told = await this.#ring.read(this.#tellers, signal);
    if (told.members !== null || told.error !== null) return told;
    return { ...told, error: new AppError("health.nobody-tells", { what: "/ring" }) };
  }
}
