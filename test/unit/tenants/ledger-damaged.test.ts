import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import type { AppError } from "../../../src-shared/errors/app-error.ts";
import { SqliteLedger } from "../../../src-main/core/tenants/ledger/sqlite-ledger.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";
import { exampleCost } from "../../contract/tenants/cost-examples.ts";

const RANGE = { fromDay: "2026-01-01", toDay: "2026-12-31", tenants: null, limit: 100 };

function open(file: string, told: AppError[] = []): SqliteLedger {
  return new SqliteLedger({ file, clock: new ManualClock(), onDamaged: (error) => told.push(error) });
}

describe("a damaged ledger file", () => {
  it("is set aside when it is opened, told of, and a new one is begun", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("ledger.sqlite");
    writeFileSync(file, "this was a database once. ".repeat(400));
    const told: AppError[] = [];
    await using ledger = open(file, told);
    expect(await ledger.add([exampleCost({ id: "a" })])).toBe(1);
    expect(told).toMatchObject([{ code: "tenants.ledger-damaged", params: { file } }]);
    const [name] = readdirSync(directory.path).filter((entry) => entry.includes(".broken-"));
    const keptAs = directory.file(name ?? "");
    expect(readFileSync(keptAs, "utf8")).toContain("this was a database once.");
  });

  it("is set aside when a page in the middle is found broken, and the call goes on", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("ledger.sqlite");
    {
      await using ledger = open(file);
      await ledger.add(
        Array.from({ length: 3_000 }, (_, index) => exampleCost({ id: `c${index}`, shape: `s${index}` })),
      );
    }
    const bytes = readFileSync(file);
    // The first page, with the header and the schema, stays.
    bytes.fill(0x5a, 4_096);
    writeFileSync(file, bytes);
    const told: AppError[] = [];
    await using ledger = open(file, told);
    expect(told).toEqual([]);
    expect(await ledger.add([exampleCost({ id: "a" })])).toBe(1);
    expect(told).toMatchObject([{ code: "tenants.ledger-damaged" }]);
    expect(await ledger.report({ ...RANGE, by: "tenant" })).toMatchObject([{ queries: 1 }]);
    expect(readdirSync(directory.path).filter((name) => name.includes(".broken-")).length).toBeGreaterThan(0);
  });

  it("that another console has already replaced is not set aside a second time", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("ledger.sqlite");
    {
      await using ledger = open(file);
      await ledger.add(
        Array.from({ length: 3_000 }, (_, index) => exampleCost({ id: `c${index}`, shape: `s${index}` })),
      );
    }
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 4_096);
    writeFileSync(file, bytes);
    const told: AppError[] = [];
    await using first = open(file, told);
    await using second = open(file, told);
    await first.add([exampleCost({ id: "a" })]);
    const inode = statSync(file).ino;
    expect(await second.add([exampleCost({ id: "b" })])).toBe(1);
    expect(statSync(file).ino).toBe(inode);
    expect(told).toHaveLength(1);
    expect(await first.report({ ...RANGE, by: "tenant" })).toMatchObject([{ queries: 2 }]);
  });

  it("of a newer program is no damage: it is refused and left where it is", () => {
    using directory = temporaryDirectory();
    const file = directory.file("ledger.sqlite");
    const database = new DatabaseSync(file);
    database.exec("PRAGMA user_version = 99");
    database.close();
    const told: AppError[] = [];
    expect(() => open(file, told)).toThrow(expect.objectContaining({ code: "files.unreadable" }));
    expect(told).toEqual([]);
    expect(existsSync(file)).toBe(true);
  });

  it("while another process holds it for too long, says that it cannot be reached", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("ledger.sqlite");
    await using ledger = open(file);
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    try {
      await expect(ledger.settle("q", 1)).rejects.toMatchObject({ code: "tenants.ledger-unreachable" });
    } finally {
      other.close();
    }
  });
});
