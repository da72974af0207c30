import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ledgerPlace } from "../../../src-main/core/tenants/usage/ledger-place.ts";
import { exampleCost } from "../../contract/tenants/cost-examples.ts";
import { openCostLedgerBench } from "../../builders/cost-ledgers.ts";
import { postgresPrograms, startPostgres, type Postgres } from "../../builders/postgres.ts";

const ALL = { fromDay: "2026-01-01", toDay: "2026-12-31", tenants: null };
const scope = { kind: "tenant", name: "acme", period: "2026-11-20" } as const;
const claims = [{ ...scope, limitBytes: 1_000 }];
const held = (id: string, bytes: number) => ({ id, bytes, claims, ttlMs: 3_600_000 });
const gone = { code: "tenants.ledger-unreachable" };

describe("a console's ledger in a file", () => {
  it("records costs and settles what was reserved without anybody waiting for it", async () => {
    await using bench = await openCostLedgerBench();
    const { ledger } = bench;
    expect(await ledger.reserve(held("q1", 400))).toMatchObject({ granted: true });
    for (let index = 0; index < 500; index++) ledger.record(exampleCost({ id: `c${index}` }));
    expect(await ledger.settle("q1", 650)).toBe(true);
    await ledger.flush();
    expect(await ledger.spend(scope)).toEqual({ usedBytes: 650, reservedBytes: 0 });
    await ledger.measure();
    expect(ledger.state()).toMatchObject({ kind: "sqlite", where: bench.file, state: "open", costs: 500, waiting: 0 });
    expect(await ledger.reserve(held("q2", 400))).toMatchObject({ granted: false });
  });

  it("sends by itself, soon after something was recorded", async () => {
    await using bench = await openCostLedgerBench();
    bench.ledger.record(exampleCost({ id: "a" }));
    await bench.clock.advance(200);
    await vi.waitFor(async () =>
      expect(await bench.ledger.ask((open) => open.total(ALL))).toMatchObject({ queries: 1 }),
    );
  });

  it("what was recorded in the last moment is there after a restart", async () => {
    await using bench = await openCostLedgerBench();
    bench.ledger.record(exampleCost({ id: "a" }));
    await bench.restart();
    expect(await bench.ledger.ask((open) => open.total(ALL))).toMatchObject({ queries: 1 });
  });

  it("a damaged file is set aside and told of, by notice and state, and a new one is begun", async () => {
    await using bench = await openCostLedgerBench({});
    await bench.ledger.measure();
    await bench.restart();
    writeFileSync(bench.file, "this was a ledger once. ".repeat(900));
    bench.ledger.record(exampleCost({ id: "a" }));
    await bench.ledger.flush();
    await bench.ledger.measure();
    expect(bench.ledger.state()).toMatchObject({
      state: "open",
      costs: 1,
      setAside: { code: "tenants.ledger-damaged", params: { file: bench.file } },
    });
    expect(bench.announcer.notices).toMatchObject([{ key: "usage.ledger-damaged", severity: "error" }]);
    const kept = readdirSync(bench.directory).find((name) => name.includes(".broken-")) ?? "";
    expect(readFileSync(join(bench.directory, kept), "utf8")).toContain("this was a ledger once.");
  });

  it("that cannot be opened is told of, and costs wait on disk over a restart until it can be", async () => {
    let file = "/proc/no-such-folder/ledger.db";
    await using bench = await openCostLedgerBench({ place: async () => ({ kind: "sqlite", file }) });
    bench.ledger.record(exampleCost({ id: "a" }));
    await bench.ledger.flush();
    expect(bench.ledger.state()).toMatchObject({
      state: "failed",
      waiting: 1,
      error: { code: "tenants.ledger-failed" },
    });
    await bench.restart();
    expect(bench.ledger.state().waiting).toBe(1);
    file = bench.file;
    await bench.ledger.moved();
    await bench.ledger.flush();
    expect(await bench.ledger.ask((open) => open.total(ALL))).toMatchObject({ queries: 1 });
    expect(bench.ledger.state()).toMatchObject({ state: "open", waiting: 0 });
  });

  it("whose setting is wrong has failed and says why; costs wait on disk and are sent when it is mended", async () => {
    let setting = "mysql://ledger";
    await using bench = await openCostLedgerBench({
      place: () => ledgerPlace(setting, bench.file, async () => null),
    });
    const { ledger } = bench;
    ledger.record(exampleCost({ id: "a" }));
    await ledger.flush();
    const wrong = { code: "settings.invalid", params: { key: "tenants.ledger" } };
    expect(ledger.state()).toMatchObject({ state: "failed", where: "", error: wrong, waiting: 1, dropped: 0 });
    await expect(ledger.quotas()).rejects.toMatchObject(wrong);
    await expect(ledger.reserve(held("q1", 400))).rejects.toMatchObject(wrong);
    await ledger.settle("q1", 650);
    expect(await ledger.add([exampleCost({ id: "b" })])).toBeNull();
    expect(ledger.state()).toMatchObject({ state: "failed", waiting: 3, dropped: 0 });
    setting = "";
    await ledger.moved();
    await ledger.flush();
    expect(ledger.state()).toMatchObject({ state: "open", where: bench.file, waiting: 0, dropped: 0 });
    expect(ledger.state()).not.toHaveProperty("error");
    expect(await ledger.ask((open) => open.total(ALL))).toMatchObject({ queries: 2 });
    expect(await ledger.spend(scope)).toEqual({ usedBytes: 650, reservedBytes: 0 });
  });

  it("that moved to a place no setting names tells no place, nor the one it had", async () => {
    let setting = "";
    await using bench = await openCostLedgerBench({
      place: () => ledgerPlace(setting, bench.file, async () => null),
    });
    await bench.ledger.measure();
    setting = "postgres://ada:secret@db/ledger";
    await bench.ledger.moved();
    await expect(bench.ledger.measure()).rejects.toMatchObject({ code: "settings.invalid" });
    expect(bench.ledger.state()).toMatchObject({ state: "failed", where: "", costs: null });
  });
});

// On CI a missing server is a failure, not a reason to leave the suite out.
const leftOut = postgresPrograms() === null && process.env["CI"] !== "true";

describe.skipIf(leftOut)(`a shared ledger${leftOut ? ", left out: install the package postgresql" : ""}`, () => {
  let server: Postgres;

  beforeAll(async () => {
    server = await startPostgres();
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  it("that is gone for an hour stops no query; costs and settlements are kept and counted once when it is back", async () => {
    const url = await server.createDatabase();
    await using bench = await openCostLedgerBench({ place: async () => ({ kind: "postgres", url }) });
    const { ledger, clock } = bench;
    expect(await ledger.reserve(held("before", 300))).toMatchObject({ granted: true });
    ledger.record(exampleCost({ id: "before" }));
    await ledger.flush();
    await server.stop();
    try {
      await expect(ledger.reserve(held("meanwhile", 400))).rejects.toMatchObject(gone);
      expect(ledger.state()).toMatchObject({ kind: "postgres", state: "unreachable", error: gone });
      const began = performance.now();
      // Known to be away: nobody waits for a connection again.
      await expect(ledger.quotas()).rejects.toMatchObject(gone);
      await expect(ledger.reserve(held("second", 100))).rejects.toMatchObject(gone);
      expect(performance.now() - began).toBeLessThan(1_000);
      await ledger.settle("before", 350);
      await ledger.settle("meanwhile", 500);
      for (let minute = 0; minute < 60; minute++) {
        ledger.record(exampleCost({ id: `c${minute}` }));
        if (minute % 20 === 0) ledger.record(exampleCost({ id: "before" }));
        await clock.advance(60_000);
        await ledger.flush();
      }
      expect(ledger.state().waiting).toBe(65);
      await bench.restart();
      await bench.ledger.settle("second", 120);
      await bench.ledger.flush();
      expect(bench.ledger.state()).toMatchObject({ state: "unreachable", waiting: 66, dropped: 0 });
    } finally {
      await server.start();
    }
    await clock.advance(60_000);
    await vi.waitFor(
      async () => {
        await clock.advance(60_000);
        expect(bench.ledger.state()).toMatchObject({ state: "open", waiting: 0 });
      },
      { timeout: 20_000 },
    );
    expect(await bench.ledger.ask((open) => open.total(ALL))).toMatchObject({ queries: 61 });
    // What was held before and settled while it was gone, and what could never be held; not what another run forgot.
    expect(await bench.ledger.spend(scope)).toMatchObject({ usedBytes: 850, reservedBytes: 0 });
  });

  it("more than the disk may hold is dropped, the oldest first, and counted", async () => {
    const nowhere = { kind: "postgres" as const, url: "postgres://kubemate@127.0.0.1:1/none" };
    await using bench = await openCostLedgerBench({ place: async () => nowhere, maxBytes: 20_000 });
    for (let index = 0; index < 200; index++) {
      bench.ledger.record(exampleCost({ id: `c${index}` }));
      await bench.ledger.flush();
    }
    const { waiting, dropped } = bench.ledger.state();
    expect(waiting + dropped).toBe(200);
    expect(dropped).toBeGreaterThan(100);
    expect(waiting).toBeGreaterThan(20);
    const names = readdirSync(join(bench.directory, "backlog")).filter((name) => name.endsWith(".jsonl"));
    const last = readFileSync(join(bench.directory, "backlog", names.toSorted().at(-1) ?? ""), "utf8");
    expect(last).toContain('"c199"');
    await bench.restart();
    expect(bench.ledger.state()).toMatchObject({ waiting, dropped });
  });

  it("a backlog that a crash cut in half loses no more than the line that was cut", async () => {
    const url = await server.createDatabase();
    let there = false;
    await using bench = await openCostLedgerBench({
      place: async () => ({ kind: "postgres", url: there ? url : "postgres://kubemate@127.0.0.1:1/none" }),
    });
    bench.ledger.record(exampleCost({ id: "whole" }));
    bench.ledger.record(exampleCost({ id: "cut" }));
    await bench.ledger.flush();
    const folder = join(bench.directory, "backlog");
    const file = join(folder, readdirSync(folder).find((name) => name.endsWith(".jsonl")) ?? "");
    writeFileSync(file, readFileSync(file, "utf8").slice(0, -40));
    there = true;
    await bench.restart();
    await bench.ledger.flush();
    expect(await bench.ledger.ask((open) => open.total(ALL))).toMatchObject({ queries: 1 });
    expect(bench.ledger.state()).toMatchObject({ waiting: 0, dropped: 1 });
  });
});
