/**
 * Measures the ledger: rows in, reports out, against adding up the single costs; in a file, and in PostgreSQL where there is
 * one. Ten million rows in a file take some minutes.
 *
 *     node test/perf/ledger.bench.ts [--rows 10000000] [--only sqlite|postgres]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import pg from "pg";
import { COST_DIMENSIONS, type QueryCost } from "../../src-shared/model/tenants/query-cost.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import type { Ledger } from "../../src-main/core/tenants/ledger/ledger.ts";
import { PostgresLedger } from "../../src-main/core/tenants/ledger/postgres-ledger.ts";
import { SqliteLedger } from "../../src-main/core/tenants/ledger/sqlite-ledger.ts";
import { postgresPrograms, startPostgres } from "../builders/postgres.ts";
import { printBenchLine } from "./bench-line.ts";

const { values: flags } = parseArgs({
  options: { rows: { type: "string", default: "200000" }, only: { type: "string" } },
});
const ROWS = Number(flags.rows);
const BATCH = 5_000;
const DAYS = 30;
const DAY_MS = 86_400_000;
const BEGIN_MS = Date.UTC(2026, 10, 1);
const RANGE = { fromDay: "2026-11-01", toDay: "2026-11-30", tenants: null, limit: 100 };

/**
 * Queries of a large installation: 40 tenants, each with 25 people, who look at the same dashboards day by day; 2,000
 * combinations of person and shape a day.
 */
function costAt(row: number): QueryCost {
  const mixed = Math.imul(row, 2_654_435_761) >>> 0;
  const combination = mixed % 2_000;
  const shape = `sum by (app)(rate({app="?", namespace="?"} |= "?" | json | field_${combination % 61}>=? [?]))`;
  const query = shape.replaceAll('"?"', '"payments-api"');
  return {
    // In no order, as digests are.
    id: `line:${mixed.toString(16).padStart(8, "0")}${row.toString(16).padStart(24, "0")}`,
    // In the order of time, as lines come.
    atMs: BEGIN_MS + Math.floor((row / ROWS) * DAYS * DAY_MS),
    site: "prod",
    tenant: `tenant-${combination % 40}`,
    user: `person-${combination % 1_000}`,
    source: combination % 3 === 0 ? "grafana" : "kubemate",
    query,
    shape,
    hash: mixed,
    kind: "metric",
    rangeMs: 3_600_000,
    bytes: mixed,
    lines: mixed % 1_000_000,
    durationMs: mixed % 9_000,
    splits: 4,
    shards: 16,
    cacheShare: 0.5,
    status: 200,
    tags: { source: "grafana" },
  };
}

function rate(what: string, rows: number, ms: number, reach: number | null): void {
  const perSecond = Math.round((rows / ms) * 1_000);
  printBenchLine({
    what,
    reach: reach === null ? "" : `≥ ${reach.toLocaleString("en")} rows/s`,
    measured: `${perSecond.toLocaleString("en")} rows/s`,
    ok: reach === null ? null : perSecond >= reach,
  });
}

/** Rows in, in batches as a reader of log lines brings them; making them is not counted. */
async function fill(ledger: Ledger): Promise<{ readonly ms: number; readonly lastTenthMs: number }> {
  let ms = 0;
  let lastTenthMs = 0;
  for (let from = 0; from < ROWS; from += BATCH) {
    const costs = Array.from({ length: Math.min(BATCH, ROWS - from) }, (_, index) => costAt(from + index));
    const began = performance.now();
    await ledger.add(costs);
    ms += performance.now() - began;
    if (from >= ROWS * 0.9) lastTenthMs += performance.now() - began;
  }
  return { ms, lastTenthMs };
}

async function benchLedger(name: string, ledger: Ledger, reach: number | null, addUp: () => Promise<void>) {
  const many = ROWS.toLocaleString("en");
  const { ms, lastTenthMs } = await fill(ledger);
  rate(`ledger in ${name}: ${many} rows in`, ROWS, ms, reach);
  rate(
    `ledger in ${name}: the last tenth of them`,
    Math.floor((ROWS - 1) / BATCH + 1) * BATCH * 0.1,
    lastTenthMs,
    reach,
  );
  const again = performance.now();
  await ledger.add(Array.from({ length: BATCH }, (_, index) => costAt(index)));
  rate(`ledger in ${name}: rows that are known already`, BATCH, performance.now() - again, null);
  let longest = 0;
  for (const by of COST_DIMENSIONS) {
    const began = performance.now();
    await ledger.report({ ...RANGE, by });
    longest = Math.max(longest, performance.now() - began);
  }
  for (const [what, ask] of [
    ["the 200 costliest queries", () => ledger.costliest({ ...RANGE, limit: 200 })],
    ["the ten dearest shapes with their runs", () => ledger.shapes({ ...RANGE, limit: 10 })],
    [
      "a report of three tenants",
      () => ledger.report({ ...RANGE, by: "shape", tenants: ["tenant-1", "tenant-2", "tenant-3"] }),
    ],
  ] as const) {
    const begins = performance.now();
    await ask();
    const took = performance.now() - begins;
    printBenchLine({
      what: `ledger in ${name}: ${what}`,
      reach: "≤ 1 s",
      measured: `${Math.round(took)} ms`,
      ok: took <= 1_000,
    });
  }
  const began = performance.now();
  await addUp();
  const plain = performance.now() - began;
  printBenchLine({
    what: `ledger in ${name}: the slowest of the five reports over ${many} rows`,
    reach: "≤ 1 s",
    measured: `${Math.round(longest)} ms (adding up single costs: ${Math.round(plain)} ms, ${(plain / longest).toFixed(1)} times)`,
    ok: longest <= 1_000,
  });
}

const PLAIN = "SELECT tenant, count(*) AS queries, sum(bytes) AS bytes FROM";

async function benchSqlite(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kubemate-bench-"));
  const file = join(folder, "ledger.sqlite");
  try {
    const onDamaged = (told: Error) => {
      throw told;
    };
    await using ledger = new SqliteLedger({ file, clock: systemClock, onDamaged });
    await benchLedger("a file", ledger, 20_000, async () => {
      const database = new DatabaseSync(file);
      database.prepare(`${PLAIN} costs GROUP BY tenant`).all();
      database.close();
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchPostgres(): Promise<void> {
  if (postgresPrograms() === null) return;
  await using server = await startPostgres();
  const url = await server.createDatabase();
  await using ledger = await PostgresLedger.open({ url, clock: systemClock });
  await benchLedger("PostgreSQL", ledger, null, async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(`${PLAIN.replace("bytes)", "(body::json->>'bytes')::float8)")} ledger_costs GROUP BY tenant`);
    } finally {
      await client.end();
    }
  });
}

const benches: Readonly<Record<string, () => Promise<void>>> = { sqlite: benchSqlite, postgres: benchPostgres };
for (const [name, bench] of Object.entries(benches)) {
  if (flags.only === undefined || flags.only === name) await bench();
}
