import { describe, expect, it } from "vitest";
import type { PrometheusQuery } from "../../../src-main/core/health/prometheus/prometheus-query.ts";
import { PrometheusRounds } from "../../../src-main/core/health/prometheus/prometheus-rounds.ts";
import type { RoundReport } from "../../../src-main/core/health/scraping/scraper.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { ManualClock } from "../../builders/manual-clock.ts";

const never = new AbortController().signal;
type Labels = Readonly<Record<string, string>>;

/** A process as a Prometheus of the test knows it. */
interface Known {
  readonly labels: Labels;
  readonly up: number;
  /** Seconds before the present. */
  readonly asked?: number;
  /** `null` for what is not Loki. */
  readonly series: Readonly<Record<string, number>> | null;
}

const target = (pod: string, more: Labels = {}): Labels => ({
  namespace: "loki",
  pod,
  container: pod.replace(/^loki-|-\d+$/g, ""),
  job: "loki/all",
  instance: `${pod}:3100`,
  ...more,
});

/** Answers the few forms of queries that are sent, at a present of its own. */
class ScriptedPrometheus implements PrometheusQuery {
  readonly describe = "scripted";
  readonly asked: string[] = [];
  known: readonly Known[];
  presentSeconds = 5_000;
  /** Goes before the answer; what it rejects with is the answer. */
  before: (promql: string, signal: AbortSignal) => Promise<void> = () => Promise.resolve();

  constructor(...known: readonly Known[]) {
    this.known = known;
  }

  async query(promql: string, _atMs: number | null, signal: AbortSignal): Promise<unknown> {
    this.asked.push(promql);
    await this.before(promql, signal);
    if (promql === "time()") return success("scalar", [0, String(this.presentSeconds)]);
    if (promql.endsWith("[5m]"))
      return success("matrix", [{ metric: {}, values: [60, 45, 30].map((ago) => [this.presentSeconds - ago, "1"]) }]);
    if (promql.startsWith("count by (job)"))
      return vector(this.#loki().map(({ labels }) => [{ job: labels["job"] ?? "" }, 1]));
    if (promql.startsWith("timestamp("))
      return vector(this.known.map(({ labels, asked = 1 }) => [labels, this.presentSeconds - asked]));
    if (promql.startsWith("up")) return vector(this.known.map(({ labels, up }) => [{ __name__: "up", ...labels }, up]));
    if (promql.startsWith("scrape_duration")) return vector(this.known.map(({ labels }) => [labels, 0.5]));
    if (promql.startsWith("loki_build_info"))
      return vector(
        this.#loki()
          .filter(({ up }) => up === 1)
          .map(({ labels }) => [labels, 1]),
      );
    const names = /__name__=~?"([^"]+)"/.exec(promql)?.[1]?.split("|") ?? [];
    return vector(
      this.known.flatMap(({ labels, series }) =>
        Object.entries(series ?? {})
          .filter(([name]) => names.includes(name))
          .map(([name, value]): [Labels, number] => [{ __name__: name, ...labels }, value]),
      ),
    );
  }

  #loki(): readonly Known[] {
    return this.known.filter(({ series }) => series !== null);
  }
}

const success = (resultType: string, result: unknown) => ({ status: "success", data: { resultType, result } });
const vector = (samples: readonly (readonly [Labels, number])[]) =>
  success(
    "vector",
    samples.map(([metric, value]) => ({ metric, value: [0, String(value)] })),
  );

function roundsOf(prometheus: PrometheusQuery, clock = new ManualClock(1_000_000)): PrometheusRounds {
  return new PrometheusRounds({ prometheus, namespace: "loki", clock });
}

const told = ({ round, targets }: RoundReport) =>
  round.scrapes.map(({ instance, series }, index) => [instance, targets[index]?.outcome, series?.["go_goroutines"]]);

describe("a round out of Prometheus", () => {
  const ingester = (index: number, more: Partial<Known> = {}): Known => ({
    labels: target(`loki-ingester-${index}`),
    up: 1,
    series: { go_goroutines: index },
    ...more,
  });

  it("takes of two jobs that scrape one pod the fresher, and of others in the pod none", async () => {
    const twice = target("loki-ingester-0", { job: "loki/other" });
    const prometheus = new ScriptedPrometheus(
      ingester(0, { asked: 9 }),
      { labels: twice, up: 1, asked: 2, series: { go_goroutines: 77 } },
      { labels: { ...twice, instance: "sidecar:80" }, up: 1, series: null },
    );
    expect(told(await roundsOf(prometheus).round(never))).toEqual([["loki-ingester-0", "answered", 77]]);
  });

  it("has no answer of a target that is down or that nobody asked any more, and tells the others", async () => {
    const prometheus = new ScriptedPrometheus(ingester(0), ingester(1, { up: 0 }), ingester(2, { asked: 120 }));
    const report = await roundsOf(prometheus).round(never);
    expect(told(report)).toEqual([
      ["loki-ingester-0", "answered", 0],
      ["loki-ingester-1", "unreachable", undefined],
      ["loki-ingester-2", "timed-out", undefined],
    ]);
    expect(report.round.scrapes.map(({ tookSeconds }) => tookSeconds)).toEqual([0.5, 0.5, 0.5]);
  });

  it("never mixes clusters whose pods have the same names: it says which there are and tells of nobody", async () => {
    const of = (cluster: string) => ingester(0, { labels: target("loki-ingester-0", { cluster, instance: cluster }) });
    const report = await roundsOf(new ScriptedPrometheus(of("prod"), of("test"))).round(never);
    expect(report.round.scrapes).toEqual([]);
    expect(report.listError).toMatchObject({
      code: "health.prometheus-failed",
      params: { problem: "2 clusters: prod, test" },
    });
    expect(told(await roundsOf(new ScriptedPrometheus(of("prod"))).round(never))).toHaveLength(1);
  });

  it("tells those of the last round as silent when a query fails, hangs, or nothing of Loki is left; then goes on", async () => {
    const clock = new ManualClock(1_000_000);
    const prometheus = new ScriptedPrometheus(ingester(0), ingester(1));
    const rounds = roundsOf(prometheus, clock);
    expect(told(await rounds.round(never))).toHaveLength(2);
    const silent = [
      ["loki-ingester-0", "unreachable", undefined],
      ["loki-ingester-1", "unreachable", undefined],
    ];

    prometheus.before = async (promql) => {
      if (promql.includes("go_goroutines"))
        throw new AppError("health.prometheus-failed", { status: 503, problem: "busy" });
    };
    const failed = await rounds.round(never);
    expect([told(failed), failed.listError?.params]).toEqual([silent, { status: 503, problem: "busy" }]);

    prometheus.before = () => new Promise(() => {});
    const hanging = rounds.round(never);
    await clock.advance(30_000);
    const hung = await hanging;
    expect([told(hung), hung.listError?.code, hung.tookMs]).toEqual([silent, "health.prometheus-failed", 30_000]);

    prometheus.before = () => Promise.resolve();
    const { known } = prometheus;
    prometheus.known = [];
    await clock.advance(60_000);
    const empty = await rounds.round(never);
    expect([told(empty), empty.listError?.code]).toEqual([silent, "health.prometheus-empty"]);

    prometheus.known = known;
    expect((await rounds.round(never)).listError).toBeNull();
  });

  it("is evaluated at one instant of Prometheus' clock and told at the same by ours", async () => {
    const clock = new ManualClock(1_000_000);
    const prometheus = new ScriptedPrometheus(ingester(0));
    const rounds = roundsOf(prometheus, clock);
    expect((await rounds.round(never)).round.atMs).toBe(1_000_000);
    prometheus.presentSeconds += 15.2;
    await clock.advance(15_200);
    // A sampling interval later to the millisecond, though the round came late.
    expect((await rounds.round(never)).round.atMs).toBe(1_015_000);
  });

  it("asks for every kept name once, in queries short enough for a URL, of Loki's namespace and jobs alone", async () => {
    const prometheus = new ScriptedPrometheus(ingester(0, { labels: target("loki-ingester-0", { job: 'a"b.c' }) }));
    await roundsOf(prometheus).round(never);
    const families = prometheus.asked.filter((promql) => promql.startsWith("{__name__"));
    expect(families.length).toBeGreaterThan(1);
    expect(Math.max(...families.map((promql) => encodeURIComponent(promql).length))).toBeLessThan(7_000);
    expect(families.every((promql) => promql.endsWith(',namespace="loki",job="a\\"b.c"}'))).toBe(true);
  });

  it("ends with the signal", async () => {
    const stop = new AbortController();
    const prometheus = new ScriptedPrometheus(ingester(0));
    prometheus.before = () => new Promise(() => {});
    const running = roundsOf(prometheus).round(stop.signal);
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: "request.cancelled" });
  });
});
