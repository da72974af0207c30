import { proxyRefusal, throughClusterFailure } from "../../src-main/core/clusters/adapters/api-proxy-failure.ts";
import type { KubernetesClient } from "../../src-main/core/clusters/kubernetes-client.ts";
import { podSchema } from "../../src-main/core/clusters/kubernetes-objects.ts";
import { statusFailure } from "../../src-main/core/clusters/kubernetes-status.ts";
import { discoverLoki } from "../../src-main/core/clusters/loki-discovery.ts";
import type { Clock } from "../../src-main/core/common/clock.ts";
import type { RoundSource } from "../../src-main/core/health/scraping/round-source.ts";
import { podTargets } from "../../src-main/core/health/scraping/pod-targets.ts";
import type { TargetSource } from "../../src-main/core/health/scraping/scrape-target.ts";
import { Scraper, type RoundReport } from "../../src-main/core/health/scraping/scraper.ts";
import { ClusterCalls } from "../../src-main/core/health/watchdog/cluster-calls.ts";
import { KubernetesWatchdogCluster } from "../../src-main/core/health/watchdog/watchdog-cluster.ts";
import { WatchdogMetrics } from "../../src-main/core/health/watchdog/watchdog-metrics.ts";
import { WatchdogTerm, type ConditionEvent } from "../../src-main/core/health/watchdog/watchdog-term.ts";
import type { ManualClock } from "./manual-clock.ts";
import { RecordingLogger } from "./recording-logger.ts";

/** Rounds that come when the test says so; each is over when the next one is asked for. */
export class SteppedRounds implements RoundSource {
  readonly #scraper: Scraper;
  #waiting: PromiseWithResolvers<"step" | "end"> | null = null;
  #asked = Promise.withResolvers<void>();

  constructor(scraper: Scraper) {
    this.#scraper = scraper;
  }

  round(signal: AbortSignal): Promise<RoundReport> {
    return this.#scraper.round(signal);
  }

  async *rounds(signal: AbortSignal): AsyncGenerator<RoundReport, void, void> {
    for (;;) {
      const waiting = Promise.withResolvers<"step" | "end">();
      this.#waiting = waiting;
      signal.addEventListener("abort", () => waiting.resolve("end"), { once: true });
      this.#asked.resolve();
      // oxlint-disable-next-line no-await-in-loop -- one round after the other
      if ((await waiting.promise) === "end" || signal.aborted) return;
      // oxlint-disable-next-line no-await-in-loop -- one round after the other
      yield await this.#scraper.round(signal);
    }
  }

  async step(): Promise<void> {
    await this.#asked.promise;
    this.#asked = Promise.withResolvers<void>();
    this.#waiting?.resolve("step");
    await this.#asked.promise;
  }
}

export function clusterCalls(client: KubernetesClient): ClusterCalls {
  return new ClusterCalls({ client: () => Promise.resolve(client), refusal: statusFailure });
}

export function watchdogCluster(client: KubernetesClient): KubernetesWatchdogCluster {
  return new KubernetesWatchdogCluster({ calls: clusterCalls(client), namespace: "loki", podSchema, discoverLoki });
}

export function podSourceOf(client: KubernetesClient, clock: Clock): TargetSource {
  const cluster = watchdogCluster(client);
  return podTargets({
    client,
    clock,
    scheme: "http",
    pathPrefix: "",
    refusal: proxyRefusal,
    failure: throughClusterFailure,
    discover: (signal) => cluster.discover(signal),
  });
}

/** A watchdog that leads in a cluster whose time the test moves, round by round. */
export class DrilledWatchdog implements AsyncDisposable {
  readonly events: (ConditionEvent & { readonly second: number })[] = [];
  readonly logger = new RecordingLogger();
  readonly metrics = new WatchdogMetrics();
  readonly #clock: ManualClock;
  readonly #rounds: SteppedRounds;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #startMs: number;
  readonly #everyMs: number;
  mayAct = true;

  constructor(client: KubernetesClient, clock: ManualClock, dryRun = false, everySeconds = 15) {
    this.#everyMs = everySeconds * 1_000;
    this.#clock = clock;
    this.#startMs = clock.nowMs();
    this.#rounds = new SteppedRounds(new Scraper({ source: podSourceOf(client, clock), clock, relistMs: 15_000 }));
    this.metrics.leads(true);
    const term = new WatchdogTerm({
      cluster: watchdogCluster(client),
      rounds: this.#rounds,
      clock,
      logger: this.logger,
      metrics: this.metrics,
      dryRun,
      mayAct: () => this.mayAct,
      onChange: (event) => void this.events.push({ ...event, second: (event.atMs - this.#startMs) / 1_000 }),
    });
    this.#running = term.run(this.#stop.signal);
  }

  get second(): number {
    return (this.#clock.nowMs() - this.#startMs) / 1_000;
  }

  /** Rounds until it is so; seconds that went by, or an error after `most`. */
  async until(what: string, is: () => boolean | Promise<boolean>, mostSeconds: number): Promise<number> {
    const began = this.second;
    while (this.second - began < mostSeconds) {
      // oxlint-disable-next-line no-await-in-loop -- time goes on round by round
      await this.rounds(1);
      // oxlint-disable-next-line no-await-in-loop -- looked at after each round
      if (await is()) return this.second - began;
    }
    throw new Error(`not within ${mostSeconds} s: ${what}; ${JSON.stringify(this.logger.lines.slice(-5))}`);
  }

  async rounds(count: number): Promise<void> {
    for (let round = 0; round < count; round++) {
      // oxlint-disable-next-line no-await-in-loop -- time goes on round by round
      await this.#clock.advance(this.#everyMs);
      // oxlint-disable-next-line no-await-in-loop -- one round after the other
      await this.#rounds.step();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}
