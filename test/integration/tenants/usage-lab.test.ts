import { readFileSync } from "node:fs";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import type { UsageRange } from "../../../src-shared/model/tenants/usage.ts";
import { LAB_SITE } from "../../../src-main/core/clusters/lab-site.ts";
import type { Console } from "../../../src-main/core/console.ts";
import { usageExportInput } from "../../../src-main/core/tenants/usage/usage-export.job.ts";
import { consoleIn } from "../../builders/open-console.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const every = { principal: "me", tenants: { kind: "every" as const } };
const treasury = {
  principal: "t",
  tenants: { kind: "listed" as const, tenants: new Set([tenantIdSchema.parse("treasury")]) },
};

function days(): UsageRange {
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  return { fromDay: day(-1), toDay: day(1), tenants: null };
}

describe("what queries of the lab's Loki cost", () => {
  const stack = new AsyncDisposableStack();
  const signal = AbortSignal.timeout(120_000);
  let opened: Console;

  beforeAll(async () => {
    const profile = stack.use(temporaryDirectory());
    opened = stack.use(await consoleIn(profile, { flags: { "tenants.pricePerTbScanned": "5" } }));
    await opened.lab.start();
  });
  afterAll(() => stack.disposeAsync());

  it("is read from the frontends' lines: by Loki where a tenant holds them, each counted once", async () => {
    const { service, ledger } = opened.usage;
    const first = await service.collect(LAB_SITE, signal);
    expect(first.from).toBe("loki");
    expect(first.added).toBeGreaterThan(100);
    const again = await service.collect(LAB_SITE, signal);
    expect(again.added).toBeLessThan(first.added / 4);
    const state = await service.ledger();
    expect(state).toMatchObject({ kind: "sqlite", state: "open", dropped: 0 });
    expect(state.collected).toMatchObject([{ site: LAB_SITE, from: "loki", unreadable: 0 }]);
    expect(state.costs).toBeGreaterThanOrEqual(first.added);
    await ledger.flush();
  });

  it("is read from the pods where no tenant holds the lines", async () => {
    using profile = temporaryDirectory();
    await using other = await consoleIn(profile, { flags: { "tenants.lokiLogsTenant": "treasury" } });
    await other.lab.start();
    const read = await other.usage.service.collect(LAB_SITE, signal);
    expect(read).toMatchObject({ from: "pods" });
    expect(read.added).toBeGreaterThan(100);
    const { rows } = await other.usage.service.report({ by: "tenant", range: days(), limit: 100 }, every);
    expect(rows.map(({ key }) => key)).toContain("retail-bank");
  });

  it("is reported with shares and prices that add up", async () => {
    const { service } = opened.usage;
    for (const by of ["tenant", "user", "source", "shape", "day"] as const) {
      const { rows, total } = await service.report({ by, range: days(), limit: 1_000 }, every);
      const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((all, row) => all + of(row), 0);
      expect(
        sum(({ bytes }) => bytes),
        by,
      ).toBeCloseTo(total.bytes, -3);
      expect(
        sum(({ share }) => share),
        by,
      ).toBeCloseTo(1, 6);
      expect(
        sum(({ scanPrice }) => scanPrice ?? Number.NaN),
        by,
      ).toBeCloseTo((total.bytes / 1e12) * 5, 6);
      expect(rows.every(({ storedBytes, storedPrice }) => storedBytes === null && storedPrice === null)).toBe(true);
    }
  });

  it("says nothing of tenants that the caller may not see, whatever is asked", async () => {
    const { service } = opened.usage;
    const asked = { ...days(), tenants: ["retail-bank", "treasury"] };
    for (const range of [days(), asked]) {
      for (const by of ["tenant", "user", "source", "shape", "day"] as const) {
        const mine = await service.report({ by, range, limit: 1_000 }, treasury);
        const theirs = await service.report({ by, range: { ...range, tenants: ["treasury"] }, limit: 1_000 }, every);
        expect(mine.rows, by).toEqual(theirs.rows);
        expect(mine.rows.length).toBeGreaterThan(0);
        expect(mine.range.tenants).toEqual(["treasury"]);
      }
      const costs = await service.costliest(range, 200, treasury);
      expect(new Set(costs.map(({ tenant }) => tenant))).toEqual(new Set(["treasury"]));
      const shapes = await service.fixes(range, treasury);
      expect(new Set(shapes.flatMap(({ tenants }) => tenants))).toEqual(new Set(["treasury"]));
      expect(shapes.map(({ example }) => example.tenant).every((tenant) => tenant === "treasury")).toBe(true);
    }
    const none = await service.report({ by: "user", range: { ...days(), tenants: ["cards"] }, limit: 9 }, treasury);
    expect(none).toMatchObject({ rows: [], total: { queries: 0, bytes: 0 } });
  });

  it("tells what would make the dearest shapes cheaper", async () => {
    const shapes = await opened.usage.service.fixes(days(), every);
    expect(shapes.length).toBeGreaterThan(3);
    expect(shapes.map(({ bytes }) => bytes)).toEqual(shapes.map(({ bytes }) => bytes).toSorted((a, b) => b - a));
    expect(shapes.flatMap(({ fixes }) => fixes).length).toBeGreaterThan(3);
    for (const { bytes, fixes } of shapes) {
      for (const { savesBytes } of fixes) expect(savesBytes ?? 0).toBeLessThanOrEqual(bytes);
    }
  });

  it("goes out as CSV and as Parquet, with every query once", async () => {
    const { jobs, usage, base } = opened;
    const { total } = await usage.service.report({ by: "day", range: days(), limit: 10 }, every);
    const files: string[] = [];
    for (const format of ["csv", "parquet"] as const) {
      const input = usageExportInput(base.profile.exports, days(), format, Date.now());
      const id = jobs.submit(usage.job, input, "me");
      await vi.waitFor(() => expect(jobs.get(id).state).toBe("succeeded"), { timeout: 30_000 });
      expect(jobs.get(id).output).toMatchObject({ file: input.file, costs: total.queries });
      files.push(input.file);
    }
    const [csv = "", parquet = ""] = files;
    expect(readFileSync(csv, "utf8")).toMatch(/^time,id,site,tenant,user,source,query,/);
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(parquet) });
    expect(rows).toHaveLength(total.queries);
    expect(new Set(rows.map((row) => row["id"])).size).toBe(total.queries);
    expect(rows.reduce((sum, row) => sum + Number(row["bytes"]), 0)).toBeCloseTo(total.bytes, -3);
    expect(rows[0]?.["time"]).toBeInstanceOf(Date);
  });
});
