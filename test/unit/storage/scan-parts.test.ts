import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WHOLE_BUCKET, type ScanScope } from "../../../src-shared/model/storage/scan.ts";
import { csvRow } from "../../../src-main/core/storage/scans/csv-cells.ts";
import { isWider } from "../../../src-main/core/storage/scans/could-see.ts";
import { sampledBy, windowBehind } from "../../../src-main/core/storage/scans/sample-window.ts";

const keys = Array.from({ length: 5_000 }, (_, at) => `acme/${createHash("sha256").update(String(at)).digest("hex")}`);

describe("samples", () => {
  it("of one percent see each chunk once in a hundred nights, and about as many each night", () => {
    const seen = new Map<string, number>();
    let from = 37;
    for (let night = 0; night < 100; night += 1) {
      const sampled = keys.filter(sampledBy({ from, percent: 1 }));
      expect(sampled.length).toBeGreaterThan(15);
      expect(sampled.length).toBeLessThan(100);
      for (const key of sampled) seen.set(key, (seen.get(key) ?? 0) + 1);
      from = windowBehind({ from, percent: 1 });
    }
    expect(from).toBe(37);
    expect([...seen.values()].every((times) => times === 1)).toBe(true);
    expect(seen.size).toBe(keys.length);
  });

  it("are the same whenever they are asked for", () => {
    const window = { from: 99.5, percent: 2 };
    expect(keys.filter(sampledBy(window))).toEqual(keys.filter(sampledBy(window)));
    expect(keys.filter(sampledBy({ from: 12, percent: 100 }))).toEqual(keys);
  });
});

describe("a cell of a spreadsheet", () => {
  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])("that begins as %j is no formula", (text) => {
    expect(csvRow([text]).replace(/^"/, "")).toMatch(/^'/);
  });

  it("reads back as what it was", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 5 }), (cells) => {
        expect(readRow(csvRow(cells))).toEqual(cells.map((cell) => (/^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell)));
      }),
    );
  });
});

describe("a scan is wider than another", () => {
  const of = (scope: Partial<ScanScope>, mode: "fast" | "deep" = "fast") => ({
    mode,
    scope: { ...WHOLE_BUCKET, ...scope },
  });

  it("where it has looked at all that the other looks at, as closely", () => {
    expect(isWider(of({}), of({ tenants: ["a"] }))).toBe(true);
    expect(isWider(of({ tenants: ["a", "b"] }), of({ tenants: ["a"], fromMs: 5 }))).toBe(true);
    expect(isWider(of({ tenants: ["a"] }), of({}))).toBe(false);
    expect(isWider(of({ fromMs: 5, throughMs: 9 }), of({ fromMs: 6, throughMs: 9 }))).toBe(true);
    expect(isWider(of({ fromMs: 5 }), of({ throughMs: 9 }))).toBe(false);
    expect(isWider(of({ samplePercent: 50 }), of({ samplePercent: 50 }))).toBe(false);
    expect(isWider(of({}), of({ samplePercent: 1 }))).toBe(true);
    expect(isWider(of({}), of({}, "deep"))).toBe(false);
    expect(isWider(of({}, "deep"), of({}))).toBe(true);
  });
});

/** RFC 4180, as whoever reads it does. */
function readRow(row: string): readonly string[] {
  const cells: string[] = [];
  let at = 0;
  do {
    if (row[at] === '"') {
      let cell = "";
      for (at += 1; ; at += 1) {
        if (row[at] !== '"') cell += row[at];
        else if (row[at + 1] === '"') cell += row[(at += 1)];
        else break;
      }
      cells.push(cell);
      at += 1;
    } else {
      const end = /,|\r\n/.exec(row.slice(at))?.index ?? 0;
      cells.push(row.slice(at, at + end));
      at += end;
    }
  } while (row[at++] === ",");
  return cells;
}
