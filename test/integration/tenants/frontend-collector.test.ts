import { describe, expect, it } from "vitest";
import { siteIdSchema } from "../../../src-shared/model/ids.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { nanoFromMs } from "../../../src-shared/model/nano-time.ts";
import { CollectedSites } from "../../../src-main/core/tenants/usage/collect/collected-sites.ts";
import { FrontendCollector } from "../../../src-main/core/tenants/usage/collect/frontend-collector.ts";
import { openCostLedgerBench, type CostLedgerBench } from "../../builders/cost-ledgers.ts";
import { memoryLogSource } from "../../builders/memory-log-source.ts";

const SITE = siteIdSchema.parse("prod");
const ALL = { fromDay: "2026-01-01", toDay: "2026-12-31", tenants: null };
const NOW = Date.UTC(2026, 10, 20, 10);

function line(atMs: number, more = ""): string {
  const ts = new Date(atMs).toISOString();
  const query = JSON.stringify('{app="a"}');
  return `level=info ts=${ts} caller=metrics.go:285 component=frontend org_id=acme latency=fast query=${query} query_hash=7 query_type=filter range_type=range length=1h0m0s duration=12ms status=200 total_bytes=1MB total_lines=10 splits=1 shards=1 source=grafana user=li.wei${more}`;
}

function row(atMs: number, text: string) {
  return { timestampNs: nanoFromMs(atMs), labels: { pod: "frontend-0" }, line: text };
}

function collectorOver(
  bench: CostLedgerBench,
  source: Parameters<typeof memoryLogSource>[0] | AppError,
  directory = bench.directory,
) {
  const sites = new CollectedSites(`${directory}/collected.json`, bench.clock, bench.logger);
  const collector = new FrontendCollector({
    ledger: bench.ledger,
    sites,
    openSource: async () => {
      if (source instanceof AppError) throw source;
      return memoryLogSource(source);
    },
    tenants: async () => [],
    frontendPods: async () => ({ namespace: "loki", pods: ["frontend-0"] }),
    costListener: () => () => undefined,
    clock: bench.clock,
    logger: bench.logger,
    announcer: bench.announcer,
  });
  return { collector, sites, collect: () => collector.collect(SITE, new AbortController().signal) };
}

describe("reading what others asked", () => {
  it("goes on where it ended, also in another run, and finds lines that came late", async () => {
    await using bench = await openCostLedgerBench();
    const rows = [row(NOW - 1_800_000, line(NOW - 1_800_000)), row(NOW - 60_000, line(NOW - 60_000))];
    const first = collectorOver(bench, { rows });
    expect(await first.collect()).toEqual({ lines: 2, added: 2, from: "pods" });
    expect(first.sites.get(SITE)).toMatchObject({ untilMs: NOW, lines: 2, unreadable: 0 });
    await bench.clock.advance(300_000);
    const late = [row(NOW - 30_000, line(NOW - 30_000)), row(NOW + 1_000, line(NOW + 1_000))];
    const second = collectorOver(bench, { rows: [...rows, ...late] });
    expect(await second.collect()).toMatchObject({ added: 2 });
    expect(await bench.ledger.ask((open) => open.total(ALL))).toMatchObject({ queries: 4 });
  });

  it("reads a day at most, and what is older stays unread", async () => {
    await using bench = await openCostLedgerBench();
    await collectorOver(bench, { rows: [] }).collect();
    await bench.clock.advance(50 * 3_600_000);
    const end = NOW + 50 * 3_600_000;
    const rows = [30, 23, 5].map((hours) => row(end - hours * 3_600_000, line(end - hours * 3_600_000)));
    const { collect, sites } = collectorOver(bench, { rows });
    expect(await collect()).toMatchObject({ added: 2 });
    expect(sites.get(SITE)).toMatchObject({ untilMs: end });
  });

  it("while the ledger is away what was read waits on disk, and the cursor moves on", async () => {
    let file = "/proc/no-such-folder/ledger.db";
    await using bench = await openCostLedgerBench({ place: async () => ({ kind: "sqlite", file }) });
    const { collect, sites } = collectorOver(bench, { rows: [row(NOW - 5_000, line(NOW - 5_000))] });
    expect(await collect()).toEqual({ lines: 1, added: 0, from: "pods" });
    expect(sites.get(SITE).untilMs).toBe(NOW);
    expect(bench.ledger.state()).toMatchObject({ state: "failed", waiting: 1 });
    file = bench.file;
    await bench.ledger.moved();
    await bench.ledger.flush();
    expect(await bench.ledger.ask((open) => open.total(ALL))).toMatchObject({ queries: 1 });
  });

  it("strangers' texts are data: nothing in a line writes over a figure, and what cannot be read is counted", async () => {
    await using bench = await openCostLedgerBench();
    const evil = [
      line(NOW - 9_000, ' total_bytes=1PB org_id=globex user="\'; DROP TABLE costs; --" __proto__=x'),
      line(NOW - 8_000, ` note="${"x".repeat(5_000)}"`),
      line(NOW - 7_000).replace("org_id=acme", "org_id="),
      line(NOW - 6_000).replace("duration=12ms", "duration=forever"),
      'caller=metrics.go:1 component=frontend query_type=filter {"', // no cost at all
      "metrics.go: frontend query_type ".repeat(40_000),
      line(NOW - 5_000).replace("total_bytes=1MB", "total_bytes=999999PB"),
    ];
    const { collect, sites } = collectorOver(bench, { rows: evil.map((text, at) => row(NOW - 9_000 + at, text)) });
    await collect();
    const rows = await bench.ledger.ask((open) => open.report({ ...ALL, by: "tenant", limit: 10 }));
    expect(rows.map(({ key }) => key)).toEqual(["acme"]);
    expect(rows[0]?.queries).toBe(3);
    expect(sites.get(SITE).unreadable).toBeGreaterThanOrEqual(3);
    const users = await bench.ledger.ask((open) => open.report({ ...ALL, by: "user", limit: 10 }));
    expect(users.map(({ key }) => key)).toEqual(["li.wei"]);
    const [dearest] = await bench.ledger.ask((open) => open.costliest({ ...ALL, limit: 9 }));
    expect(dearest?.bytes).toBeLessThanOrEqual(2 ** 50);
  });

  it("a site that cannot be read says so in the state, and keeps its place", async () => {
    await using bench = await openCostLedgerBench();
    await collectorOver(bench, { rows: [] }).collect();
    const gone = new AppError("sites.unknown", { site: "prod" });
    const { collect, sites } = collectorOver(bench, gone);
    await expect(collect()).rejects.toBe(gone);
    expect(sites.view()).toMatchObject([{ site: SITE, untilMs: NOW, error: { code: "sites.unknown" } }]);
    expect(await collectorOver(bench, { rows: [] }).collect()).toMatchObject({ lines: 0 });
    const after = new CollectedSites(`${bench.directory}/collected.json`, bench.clock, bench.logger);
    expect(after.get(SITE).error).toBeUndefined();
  });
});
