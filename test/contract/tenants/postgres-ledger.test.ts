import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PostgresLedger } from "../../../src-main/core/tenants/ledger/postgres-ledger.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { postgresPrograms, startPostgres, type Postgres } from "../../builders/postgres.ts";
import { exampleCost } from "./cost-examples.ts";
import { describeLedger } from "./ledger.contract.ts";

// On CI a missing server is a failure, not a reason to leave the suite out.
const leftOut = postgresPrograms() === null && process.env["CI"] !== "true";
const RANGE = { fromDay: "2026-01-01", toDay: "2026-12-31", tenants: null, limit: 100 };

describe.skipIf(leftOut)(`PostgreSQL${leftOut ? ", left out: install the package postgresql" : ""}`, () => {
  let server: Postgres;

  beforeAll(async () => {
    server = await startPostgres();
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  describeLedger("PostgreSQL", async () => {
    const clock = new ManualClock();
    const url = await server.createDatabase();
    const connect = () => PostgresLedger.open({ url, clock });
    // Two consoles that start at a time bring the schema up to date once.
    const [ledger, second] = await Promise.all([connect(), connect()]);
    await second[Symbol.asyncDispose]();
    return { clock, ledger, connect, where: url, [Symbol.asyncDispose]: () => ledger[Symbol.asyncDispose]() };
  });

  it("while the database is gone every call says so by code, and the same costs are added when it is back", async () => {
    const url = await server.createDatabase();
    await using ledger = await PostgresLedger.open({ url, clock: new ManualClock() });
    await ledger.add([exampleCost({ id: "before" })]);
    const costs = [exampleCost({ id: "before" }), exampleCost({ id: "meanwhile" })];
    const gone = expect.objectContaining({ code: "tenants.ledger-unreachable", retryable: true });
    await server.stop();
    try {
      await expect(ledger.add(costs)).rejects.toEqual(gone);
      await expect(ledger.report({ ...RANGE, by: "tenant" })).rejects.toEqual(gone);
      await expect(ledger.reserve({ id: "q", bytes: 1, claims: [], ttlMs: 1 })).rejects.toEqual(gone);
      await expect(PostgresLedger.open({ url, clock: new ManualClock() })).rejects.toEqual(gone);
    } finally {
      await server.start();
    }
    expect(await ledger.add(costs)).toBe(1);
    expect(await ledger.report({ ...RANGE, by: "tenant" })).toMatchObject([{ queries: 2 }]);
  });

  it("a database that is not there is an error that names host and database and no password", async () => {
    const url = (await server.createDatabase()).replace(/ledger_\d+$/, "nowhere");
    const error: unknown = await PostgresLedger.open({ url, clock: new ManualClock() }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      code: "tenants.ledger-failed",
      params: {
        ledger: expect.stringMatching(/^127\.0\.0\.1:\d+\/nowhere$/),
        problem: expect.stringContaining("nowhere"),
      },
    });
    expect(String(error)).not.toContain("not-asked");
  });

  it("texts that PostgreSQL cannot hold are counted all the same", async () => {
    await using ledger = await PostgresLedger.open({ url: await server.createDatabase(), clock: new ManualClock() });
    const odd = exampleCost({ id: "odd", tenant: "a\0b", user: "\ud800", shape: "\0" });
    expect(await ledger.add([odd])).toBe(1);
    expect(await ledger.report({ ...RANGE, by: "tenant" })).toMatchObject([{ key: "a\ufffdb", queries: 1 }]);
    expect(await ledger.report({ ...RANGE, by: "shape", tenants: ["a\0b"] })).toMatchObject([{ key: "\ufffd" }]);
  });
});
