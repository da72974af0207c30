import { readFileSync } from "node:fs";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { costlyShapeSchema, usageReportSchema } from "../../../src-shared/model/tenants/usage.ts";
import { CommandLine } from "../../builders/command-line.ts";

describe("kubemate usage", () => {
  const line = new CommandLine();
  afterAll(() => line[Symbol.dispose]());

  beforeAll(async () => {
    const collected = await line.run("usage", "collect", "--site", "lab", "--output", "json");
    expect(collected).toMatchObject({ exitCode: 0, stderr: "" });
    const { lines, added, from } = JSON.parse(collected.stdout);
    expect(from).toBe("loki");
    expect(added).toBeGreaterThan(100);
    expect(lines).toBeGreaterThanOrEqual(added);
  });

  it("reports as JSON, as CSV and as text, by what is asked", async () => {
    const json = await line.run("usage", "report", "--by", "user", "--output", "json");
    const report = usageReportSchema.parse(JSON.parse(json.stdout));
    expect(report.by).toBe("user");
    expect(report.rows.length).toBeGreaterThan(2);
    const csv = (await line.run("usage", "report", "--by", "user", "--output", "csv")).stdout.split("\r\n");
    expect(csv[0]).toBe("user,queries,failed,bytes,lines,duration_ms,share,scan_price,currency");
    expect(csv).toHaveLength(report.rows.length + 2);
    const text = (await line.run("usage", "report", "--limit", "1")).stdout.trim().split("\n");
    expect(text[0]).toMatch(/^TENANT +QUERIES +FAILED +GB +SHARE +SECONDS$/);
    expect(text).toHaveLength(3);
    const priced = ["--set", "tenants.pricePerTbScanned=5", "--set", "tenants.currency=EUR"];
    expect((await line.run(...priced, "usage", "report")).stdout).toMatch(/PRICE\n[\s\S]*\d\.\d\d EUR\n/);
  });

  it("keeps to days and tenants", async () => {
    const one = await line.run("usage", "report", "--tenant", "treasury", "--output", "json");
    expect(usageReportSchema.parse(JSON.parse(one.stdout)).rows.map(({ key }) => key)).toEqual(["treasury"]);
    const long = await line.run("usage", "report", "--from", "2020-01-01", "--to", "2020-12-31", "--output", "json");
    expect(usageReportSchema.parse(JSON.parse(long.stdout))).toMatchObject({ rows: [], total: { queries: 0 } });
    expect(await line.run("usage", "report", "--from", "yesterday")).toMatchObject({ exitCode: 2 });
    expect(await line.run("usage", "report", "--from", "2026-02-30")).toMatchObject({ exitCode: 2 });
    expect(await line.run("usage", "report", "--from", "2026-02-02", "--to", "2026-02-01")).toMatchObject({
      exitCode: 2,
    });
  });

  it("tells what would make the dearest shapes cheaper", async () => {
    const { stdout } = await line.run("usage", "report", "--fixes", "--output", "json");
    const shapes = z.array(costlyShapeSchema).parse(JSON.parse(stdout));
    expect(shapes.length).toBeGreaterThan(2);
    const text = (await line.run("usage", "report", "--fixes")).stdout;
    expect(text).toContain(shapes[0]?.shape ?? "nothing");
  });

  it("writes single queries into a new file, and never over one that is there", async () => {
    const file = line.profile.file("costs.parquet");
    const written = await line.run("usage", "export", "--to-file", file, "--format", "parquet", "--output", "json");
    const { costs } = JSON.parse(written.stdout);
    expect(await parquetReadObjects({ file: await asyncBufferFromFile(file) })).toHaveLength(costs);
    const before = readFileSync(file);
    const refused = await line.run("usage", "export", "--to-file", file);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain("there already");
    expect(readFileSync(file)).toEqual(before);
  });

  it("that cannot reach its database says which, and no password", async () => {
    const where = ["--set", "tenants.ledger=postgres://team@127.0.0.1:1/ledger"];
    const failed = await line.run(...where, "usage", "report");
    expect(failed.exitCode).not.toBe(0);
    expect(failed.stderr).toContain("127.0.0.1:1/ledger");
    const secret = await line.run("--set", "tenants.ledger=postgres://team:hush@127.0.0.1:1/ledger", "usage", "report");
    expect(secret.exitCode).toBe(2);
    expect(secret.stderr).not.toContain("hush");
  });
});
