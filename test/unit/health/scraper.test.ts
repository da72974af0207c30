import { describe, expect, it } from "vitest";
import { HttpBodyError } from "../../../src-main/core/common/http-body-error.ts";
import { FigureWindow } from "../../../src-main/core/health/instance/figure-window.ts";
import { Scraper, type RoundReport } from "../../../src-main/core/health/scraping/scraper.ts";
import type { ScrapeTarget } from "../../../src-main/core/health/scraping/scrape-target.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { hanging, metricsPage, notFound, plain, ScriptedTarget, sourceOf } from "../../builders/scrape-targets.ts";

const never = new AbortController().signal;

/** Runs one round, moving the clock as far as it takes. */
async function roundOf(clock: ManualClock, scraper: Scraper, upToMs = 30_000): Promise<RoundReport> {
  const running = scraper.round(never);
  await clock.advance(upToMs);
  return running;
}

function outcomes(report: RoundReport): Record<string, string> {
  return Object.fromEntries(report.targets.map(({ instance, outcome }) => [instance, outcome]));
}

const ringPage = (shards: unknown) => JSON.stringify({ shards, now: "2026-11-22T20:00:00Z" });
const member = { id: "ingester-0", state: "ACTIVE", address: "10.0.0.1:9095", zone: "a", tokens: [1, 2] };

describe("a round of scraping", () => {
  it("gives what is kept of every target, whether it is ready, and leaves the rest out", async () => {
    const text =
      'loki_ingester_flush_queue_length 7\nloki_s3_request_duration_seconds_bucket{le="1"} 3\nnobody_reads_this 1\n' +
      'loki_s3_request_duration_seconds_sum{operation="S3.PutObject",status_code="200"} 2.5\n';
    const target = new ScriptedTarget("ingester-0", metricsPage(text));
    const { round, targets } = await new Scraper({ source: sourceOf(target), clock: new ManualClock(5_000) }).round(
      never,
    );
    expect(round.atMs).toBe(5_000);
    expect(round.scrapes).toHaveLength(1);
    expect(round.scrapes[0]).toMatchObject({ instance: "ingester-0", component: "ingester", ready: true });
    expect({ ...round.scrapes[0]?.series }).toEqual({
      loki_ingester_flush_queue_length: 7,
      'loki_s3_request_duration_seconds_sum{operation="S3.PutObject",status_code="200"}': 2.5,
    });
    expect(targets[0]).toMatchObject({ outcome: "answered", error: null, samples: 4 });
  });

  it("tells apart why a target gave no metrics, and always with an error", async () => {
    const failing = (name: string, error: unknown) => new ScriptedTarget(name, () => Promise.reject(error));
    const page = (name: string, status: number, body: string, type?: string) =>
      new ScriptedTarget(name, () => Promise.resolve(plain(status, body, type)));
    const tooLong = new HttpBodyError("too-long", "body longer than 16777216 bytes");
    const report = await new Scraper({
      clock: new ManualClock(),
      source: sourceOf(
        failing(
          "rbac-0",
          new AppError("cluster.forbidden", { verb: "get", resource: "pods/proxy", namespace: "loki" }),
        ),
        page("login-0", 401, "who are you"),
        failing("gone-0", new AppError("cluster.gone", { resource: "pods/proxy", name: "gone-0" })),
        failing("silent-0", new AppError("loki.timed-out", { seconds: 5 })),
        failing("huge-0", new AppError("loki.bad-response", { status: 0, problem: "long" }, { cause: tooLong })),
        page("html-0", 200, "\n <!doctype html><title>Sign in</title>"),
        page("typed-0", 200, "loki_build_info 1\n", "text/html; charset=utf-8"),
        page("empty-0", 200, ""),
        page("prose-0", 200, "all is well here\n"),
        page("old-0", 404, "404 page not found"),
        page("broken-0", 500, "internal"),
        failing("bug-0", new TypeError("undefined is no function")),
      ),
    }).round(never);
    expect(outcomes(report)).toEqual({
      "rbac-0": "forbidden",
      "login-0": "forbidden",
      "gone-0": "unreachable",
      "silent-0": "timed-out",
      "huge-0": "too-large",
      "html-0": "not-metrics",
      "typed-0": "not-metrics",
      "empty-0": "not-metrics",
      "prose-0": "not-metrics",
      "old-0": "not-metrics",
      "broken-0": "unreachable",
      "bug-0": "unreachable",
    });
    expect(report.targets.every(({ error }) => error instanceof AppError)).toBe(true);
    expect(report.round.scrapes.every(({ series }) => series === null)).toBe(true);
  });

  it("waits for a target that hangs until the time-out alone, also when it never minds its signal", async () => {
    const clock = new ManualClock(0);
    const deaf = new ScriptedTarget("deaf-0", () => new Promise(() => {}));
    const fine = new ScriptedTarget("ingester-0");
    const report = await roundOf(clock, new Scraper({ clock, source: sourceOf(deaf, fine), concurrency: 1 }));
    expect(outcomes(report)).toEqual({ "deaf-0": "timed-out", "ingester-0": "answered" });
    expect(report.tookMs).toBe(5_000);
    expect(report.round.scrapes.map(({ tookSeconds }) => tookSeconds)).toEqual([5, 0]);
  });

  it("lets no crowd of hanging targets keep the others from their round", async () => {
    const clock = new ManualClock(0);
    const crowd = Array.from({ length: 100 }, (_, index) => new ScriptedTarget(`stuck-${index}`, hanging));
    const askedAt: number[] = [];
    const fine = new ScriptedTarget("ingester-0", (request) => {
      askedAt.push(clock.nowMs());
      return metricsPage("loki_build_info 1\n")(request);
    });
    const report = await roundOf(clock, new Scraper({ clock, source: sourceOf(...crowd, fine) }));
    expect(report.targets.filter(({ outcome }) => outcome === "timed-out")).toHaveLength(100);
    expect(Math.max(...askedAt)).toBeLessThanOrEqual(5_000);
    expect(report.tookMs).toBeLessThanOrEqual(10_000);
  });

  it("knows that a pod is not ready although its metrics hang, and knows nothing from other statuses", async () => {
    const clock = new ManualClock();
    const ready = (status: number) => (request: Parameters<typeof hanging>[0]) =>
      request.path === "/ready" ? Promise.resolve(plain(status, "Ingester not ready")) : hanging(request);
    const source = sourceOf(new ScriptedTarget("a-0", ready(503)), new ScriptedTarget("b-0", ready(404)));
    const { round } = await roundOf(clock, new Scraper({ clock, source }));
    expect(round.scrapes.map((scrape) => [scrape.series, scrape.ready])).toEqual([
      [null, false],
      [null, null],
    ]);
  });

  it("asks an instance once, though two labels lead to it", async () => {
    const first = new ScriptedTarget("ingester-0");
    const again = new ScriptedTarget("ingester-0");
    const report = await new Scraper({ source: sourceOf(first, again), clock: new ManualClock() }).round(never);
    expect(report.targets).toHaveLength(1);
    expect(first.asked).toContain("/metrics");
    expect(again.asked).toEqual([]);
  });

  it("counts keys that a target repeats, and takes the last", async () => {
    const target = new ScriptedTarget("ingester-0", metricsPage("go_goroutines 1\ngo_goroutines 2\n"));
    const { round, targets } = await new Scraper({ source: sourceOf(target), clock: new ManualClock() }).round(never);
    expect(round.scrapes[0]?.series?.["go_goroutines"]).toBe(2);
    expect(targets[0]?.repeatedKeys).toBe(1);
  });
});

describe("targets whose word is not to be taken", () => {
  it("are told by our clock alone, though theirs is an hour off and they say so in every line", async () => {
    const clock = new ManualClock(Date.UTC(2026, 10, 22, 12));
    const hour = 3_600_000;
    const page = (offMs: number) =>
      `go_goroutines 7 ${clock.nowMs() + offMs}\nprocess_start_time_seconds ${(clock.nowMs() + offMs) / 1_000}\n`;
    const source = sourceOf(
      new ScriptedTarget("ahead-0", metricsPage(page(hour))),
      new ScriptedTarget("behind-0", metricsPage(page(-hour))),
    );
    const { round } = await new Scraper({ source, clock }).round(never);
    expect(round.scrapes.map(({ atMs, series }) => [atMs, series?.["go_goroutines"]])).toEqual([
      [clock.nowMs(), 7],
      [clock.nowMs(), 7],
    ]);
  });

  it("give what stands in each scrape, though their counters fall every time", async () => {
    const clock = new ManualClock(0);
    const counts = [900, 3, 250, 0];
    let scraped = 0;
    const target = new ScriptedTarget("ingester-0", (request) =>
      metricsPage(`process_cpu_seconds_total ${request.path === "/metrics" ? counts[scraped++] : 0}\n`)(request),
    );
    const scraper = new Scraper({ source: sourceOf(target), clock });
    const window = new FigureWindow();
    const seen: unknown[] = [];
    while (seen.length < counts.length) {
      // oxlint-disable-next-line no-await-in-loop -- rounds follow each other
      const { round } = await scraper.round(never);
      window.take(round);
      seen.push(round.scrapes[0]?.series?.["process_cpu_seconds_total"]);
      // oxlint-disable-next-line no-await-in-loop -- as time does
      await clock.advance(10_000);
    }
    expect(seen).toEqual(counts);
    // 3 after the first reset, 247 more, and none after the second.
    expect(window.figures("ingester-0").find(({ key }) => key === "cpu-cores")?.value).toBeCloseTo(250 / 30, 9);
  });

  it("have families that come back after others, as repeated names do, read as one", async () => {
    const page = metricsPage(
      'loki_panic_total 1\ngo_goroutines 2\nloki_panic_total{a="b"} 3\n# TYPE go_goroutines gauge\nloki_panic_total 4\n',
    );
    const { round, targets } = await new Scraper({
      source: sourceOf(new ScriptedTarget("ingester-0", page)),
      clock: new ManualClock(),
    }).round(never);
    expect({ ...round.scrapes[0]?.series }).toEqual({
      loki_panic_total: 4,
      'loki_panic_total{a="b"}': 3,
      go_goroutines: 2,
    });
    expect(targets[0]).toMatchObject({ samples: 4, repeatedKeys: 1, brokenLines: 0 });
  });
});

describe("the ring in a round", () => {
  const withRing = (name: string, body: string) =>
    new ScriptedTarget(name, (request) =>
      request.path === "/ring"
        ? Promise.resolve(plain(200, body, "application/json"))
        : metricsPage("loki_build_info 1\n")(request),
    );

  it("is asked of one distributor, with its tokens left out", async () => {
    const ingester = withRing("ingester-0", ringPage([]));
    const distributor = withRing("distributor-0", ringPage([member]));
    const report = await new Scraper({ source: sourceOf(ingester, distributor), clock: new ManualClock() }).round(
      never,
    );
    expect(report.ringFrom).toBe("distributor-0");
    expect(report.round.ring).toEqual([{ id: "ingester-0", state: "ACTIVE", address: "10.0.0.1:9095", zone: "a" }]);
    expect(ingester.asked).not.toContain("/ring");
  });

  it("is an empty ring where shards is null", async () => {
    const source = sourceOf(withRing("querier-0", ringPage(null)));
    expect((await new Scraper({ source, clock: new ManualClock() }).round(never)).round.ring).toEqual([]);
  });

  it("is asked of the next best when one answers HTML, a foreign JSON or 404, and stays with who answered", async () => {
    const html = withRing("distributor-0", "<html>ring</html>");
    const foreign = withRing("querier-0", '{"partitions":[]}');
    const absent = new ScriptedTarget("querier-1", () => Promise.resolve(notFound()));
    const good = withRing("ingester-0", ringPage([member]));
    const scraper = new Scraper({ source: sourceOf(html, foreign, absent, good), clock: new ManualClock() });
    expect((await scraper.round(never)).ringFrom).toBe("ingester-0");
    await scraper.round(never);
    expect(html.asked.filter((path) => path === "/ring")).toHaveLength(1);
    expect(good.asked.filter((path) => path === "/ring")).toHaveLength(2);
  });

  it("is told by another in the next round when the one that was asked hangs", async () => {
    const clock = new ManualClock();
    const stuck = new ScriptedTarget("distributor-0", hanging);
    const scraper = new Scraper({ clock, source: sourceOf(stuck, withRing("ingester-0", ringPage([member]))) });
    const first = await roundOf(clock, scraper);
    expect(first.round.ring).toBeNull();
    expect(first.ringError?.code).toBe("loki.timed-out");
    expect((await roundOf(clock, scraper)).ringFrom).toBe("ingester-0");
  });
});

describe("rounds of scraping", () => {
  /** Collects rounds in the background until `stop`. */
  function collect(scraper: Scraper) {
    const stop = new AbortController();
    const reports: RoundReport[] = [];
    const ended = (async () => {
      for await (const report of scraper.rounds(stop.signal)) reports.push(report);
    })();
    return { reports, ended, stop };
  }

  it("begin an interval apart and end quietly with the signal", async () => {
    const clock = new ManualClock(0);
    const { reports, ended, stop } = collect(
      new Scraper({ clock, source: sourceOf(new ScriptedTarget("ingester-0")) }),
    );
    await clock.advance(45_000);
    stop.abort();
    await ended;
    expect(reports.map(({ round }) => round.atMs)).toEqual([0, 15_000, 30_000, 45_000]);
  });

  it("never overlap: after a slow one the next begins at once, and what was missed is not caught up on", async () => {
    const clock = new ManualClock(0);
    let slow = true;
    let underWay = 0;
    let most = 0;
    const target = new ScriptedTarget("ingester-0", async (request) => {
      if (request.path !== "/metrics") return notFound();
      underWay += 1;
      most = Math.max(most, underWay);
      if (slow) await clock.sleep(38_000);
      underWay -= 1;
      return plain(200, "loki_build_info 1\n");
    });
    const { reports, ended, stop } = collect(new Scraper({ clock, source: sourceOf(target), timeoutMs: 60_000 }));
    await clock.advance(37_000);
    slow = false;
    await clock.advance(20_000);
    stop.abort();
    await ended;
    expect(reports.map(({ round }) => round.atMs)).toEqual([0, 38_000, 53_000]);
    expect(most).toBe(1);
  });

  it("list the targets anew every minute, and keep the last list while that fails", async () => {
    const clock = new ManualClock(0);
    let lists = 0;
    const answers: (() => Promise<readonly ScrapeTarget[]>)[] = [
      () => Promise.resolve([new ScriptedTarget("a-0")]),
      () => Promise.reject(new AppError("cluster.unreachable", { host: "api", problem: "ECONNREFUSED" })),
      () => Promise.resolve([new ScriptedTarget("b-0")]),
    ];
    const source = { targets: () => (answers[lists++] ?? answers[2] ?? (() => Promise.resolve([])))() };
    const { reports, ended, stop } = collect(new Scraper({ clock, source }));
    await clock.advance(75_000);
    stop.abort();
    await ended;
    expect(reports.map(({ targets }) => targets.map(({ instance }) => instance).join())).toEqual([
      "a-0",
      "a-0",
      "a-0",
      "a-0",
      "a-0",
      "b-0",
    ]);
    expect(reports.map(({ listError }) => listError?.code ?? null)).toEqual([
      null,
      null,
      null,
      null,
      "cluster.unreachable",
      null,
    ]);
  });

  it("end in the middle of one when the signal comes", async () => {
    const clock = new ManualClock(0);
    const { reports, ended, stop } = collect(
      new Scraper({ clock, source: sourceOf(new ScriptedTarget("a-0", hanging)) }),
    );
    await clock.advance(1_000);
    stop.abort();
    await ended;
    expect(reports).toEqual([]);
  });
});
