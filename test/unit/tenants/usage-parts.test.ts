import { describe, expect, it } from "vitest";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import { csvCell, csvLines } from "../../../src-main/core/tenants/usage/export-columns.ts";
import { selectorOf } from "../../../src-main/core/tenants/usage/collect/line-place.ts";
import { ledgerPlace } from "../../../src-main/core/tenants/usage/ledger-place.ts";
import { purgeDays } from "../../../src-main/core/tenants/usage/ledger-purge.ts";
import { tenantsAsked } from "../../../src-main/core/tenants/usage/usage-scope.ts";
import { exampleCost } from "../../contract/tenants/cost-examples.ts";

describe("which tenants an answer may speak of", () => {
  const range = { fromDay: "2026-11-01", toDay: "2026-11-30", tenants: null };
  const listed = new Set(["acme", "globex"].map((tenant) => tenantIdSchema.parse(tenant)));
  const some = { principal: "li.wei", tenants: { kind: "listed" as const, tenants: listed } };

  it("are those asked for that the caller may see, and never all where some are listed", () => {
    const every = { principal: "root", tenants: { kind: "every" as const } };
    expect(tenantsAsked(every, range)).toBeNull();
    expect(tenantsAsked(every, { ...range, tenants: ["a|b"] })).toEqual(["a|b"]);
    expect(tenantsAsked(some, range)).toEqual(["acme", "globex"]);
    expect(tenantsAsked(some, { ...range, tenants: ["globex", "initech"] })).toEqual(["globex"]);
    expect(tenantsAsked(some, { ...range, tenants: [] })).toEqual([]);
    expect(tenantsAsked({ ...some, tenants: { kind: "listed", tenants: new Set() } }, range)).toEqual([]);
  });
});

describe("where the ledger is", () => {
  const place = (setting: string, password: string | null = null) =>
    ledgerPlace(setting, "/profile/ledger.db", async () => password);

  it("is the profile's file without a setting, else a database whose password is a secret", async () => {
    expect(await place("  ")).toEqual({ kind: "sqlite", file: "/profile/ledger.db" });
    expect(await place("postgres://team@db.example:5432/ledger", "p@ss/word #1")).toEqual({
      kind: "postgres",
      url: "postgres://team:p%40ss%2Fword%20%231@db.example:5432/ledger",
    });
    expect(await place("postgresql://team@db.example/ledger?sslmode=require")).toEqual({
      kind: "postgres",
      url: "postgresql://team@db.example/ledger?sslmode=require",
    });
  });

  it("is refused where the address holds a password or is none, without quoting it", async () => {
    for (const setting of ["postgres://a:hush@db/x", "postgres://db/x?password=hush", "mysql://db/hush", "hush"]) {
      const error: unknown = await place(setting).catch((thrown: unknown) => thrown);
      expect(error, setting).toMatchObject({ code: "settings.invalid", params: { key: "tenants.ledger" } });
      expect(String(error)).not.toContain("hush");
    }
  });
});

describe("what is forgotten", () => {
  it("are days of single costs, months of sums, and never sums before their costs", () => {
    const now = Date.UTC(2026, 2, 31, 12);
    expect(purgeDays(now, { costDays: 30, sumMonths: 24 })).toEqual({
      costsBeforeDay: "2026-03-02",
      sumsBeforeDay: "2024-03-01",
    });
    expect(purgeDays(now, { costDays: 1, sumMonths: 1 })).toEqual({
      costsBeforeDay: "2026-03-31",
      sumsBeforeDay: "2026-02-01",
    });
    expect(purgeDays(now, { costDays: 400, sumMonths: 1 }).sumsBeforeDay).toBe("2025-02-25");
  });
});

describe("costs as CSV", () => {
  it("text that a spreadsheet would run is text", () => {
    expect(csvCell('=HYPERLINK("http://x")')).toBe(`"'=HYPERLINK(""http://x"")"`);
    for (const sign of ["=", "+", "-", "@", "\t", "\r", "\n"]) expect(csvCell(`${sign}1`)).toMatch(/^"?'/);
    expect([csvCell(-5), csvCell(null), csvCell("a,b"), csvCell("plain")]).toEqual(["-5", "", '"a,b"', "plain"]);
  });

  it("a query on several lines is one row", () => {
    const cost = exampleCost({ id: "a", query: '{app="a"}\r\n|= "x"', user: "=cmd|' /C calc'!A0" });
    const text = csvLines([cost, cost]);
    expect(text.match(/line|^2026/gm)).toHaveLength(2);
    expect(text).toContain(`,'=cmd|' /C calc'!A0,`);
    expect(text).toContain('"{app=""a""}\r\n|= ""x"""');
  });
});

describe("a selector of pods", () => {
  it("takes names as they are, whatever is in them", () => {
    expect(selectorOf("pod", ["loki-read-0", 'a.b"c\\d|e'])).toBe('{pod=~"loki-read-0|a\\\\.b\\"c\\\\\\\\d\\\\|e"}');
  });
});
