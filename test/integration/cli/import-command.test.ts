import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { importSummarySchema, type ImportSummary } from "../../../src-shared/model/import-summary.ts";
import { recordedChunks, unpackLokiBucket } from "../../builders/loki-bucket.ts";
import { CommandLine } from "../../builders/command-line.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const fixture = (path: string) => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));
const command = new CommandLine();
let root: TemporaryDirectory;

beforeAll(() => {
  root = temporaryDirectory();
});
afterAll(() => {
  root[Symbol.dispose]();
  command[Symbol.dispose]();
});

/** Imports, and answers with what it says; fails where it does. */
async function imported(...parameters: readonly string[]): Promise<ImportSummary> {
  const { exitCode, stdout, stderr } = await command.run("import", ...parameters, "--output", "json");
  if (exitCode !== 0) throw new Error(stderr);
  return importSummarySchema.parse(JSON.parse(stdout));
}

const rowSchema = z.array(z.record(z.string(), z.unknown()));

/** Rows of an archive as DuckDB sees them, without us. */
async function sql(folder: string, columns: string): Promise<z.output<typeof rowSchema>> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(
      `SELECT ${columns} FROM read_parquet('${folder}/**/*.parquet', hive_partitioning = true, union_by_name = true)`,
    );
    return rowSchema.parse(reader.getRowObjectsJson());
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function lokiJson(source: string, tenant: string, query: string): Promise<unknown> {
  const parameters = ["query", "--source", source, "--tenant", tenant, "--limit", "0", "--output", "loki-json", query];
  const { exitCode, stdout, stderr } = await command.run(...parameters);
  if (exitCode !== 0) throw new Error(stderr);
  const { data } = z.object({ data: z.object({ result: z.array(z.unknown()) }) }).parse(JSON.parse(stdout));
  return data.result;
}

describe("kubemate import", () => {
  it("imports a corpus dataset as it is: two tenants, each entry once", async () => {
    const folder = root.file("dataset");
    const summary = await imported(fixture("logql/dataset"), "--archive", folder);
    expect(summary).toMatchObject({
      path: folder,
      tenants: ["bank-a", "bank-b"],
      linesRead: 29_523,
      problems: [],
      completeness: { verdict: "complete" },
    });
    expect(summary.linesWritten).toBe(summary.linesRead - summary.duplicatesDropped);
    const entries = readdirSync(fixture("logql/dataset")).flatMap((file) =>
      readFileSync(join(fixture("logql/dataset"), file), "utf8")
        .trimEnd()
        .split("\n"),
    );
    // An entry is its stream, its time, its line and its structured metadata, as Loki has it.
    const distinct = new Set(entries.map((entry) => JSON.stringify(JSON.parse(entry))));
    expect(summary.linesWritten).toBe(distinct.size);
    const [counted] = await sql(folder, "count(*)::INT AS rows, count(DISTINCT stream_id)::INT AS streams");
    expect(counted).toMatchObject({ rows: distinct.size });
  });

  it("answers from the archive as from the files themselves", async () => {
    const folder = root.file("answers");
    await imported(fixture("logql/dataset"), "--archive", folder);
    for (const query of ['{app="payments"} |= "failed"', '{app="gateway"} | json | status >= 500', '{app="dup"}']) {
      const answer = await lokiJson(folder, "bank-a", query);
      expect(answer).not.toEqual([]);
      expect(answer).toEqual(await lokiJson(fixture("logql/dataset"), "bank-a", query));
    }
  });

  it("reads real log files once it is told what they do not say, and names the option until then", async () => {
    const files = ["Apache_2k.log", "Linux_2k.log"].map((name) => fixture(`loghub/${name}`));
    const asking = await command.run("import", ...files, "--archive", root.file("hub"));
    expect(asking.exitCode).toBe(2);
    expect(asking.stderr).toContain("--assume-zone");
    expect(asking.stderr).toContain("--assume-year");
    expect(asking.stderr).toContain("Say what to assume");
    expect(existsSync(root.file("hub"))).toBe(false);
    const assumed = ["--assume-zone", "+08:00", "--assume-year", "2005", "--label", "env=prod", "--tenant", "bank"];
    const summary = await imported(...files, "--archive", root.file("hub"), ...assumed);
    expect(summary).toMatchObject({ tenants: ["bank"], linesWritten: 4_000, duplicatesDropped: 0 });
    const [first] = await sql(root.file("hub"), "min(epoch_ns(timestamp))::VARCHAR AS first, any_value(env) AS env");
    expect(first).toMatchObject({ env: "prod" });
  });

  it("imports a copied bucket, packed files and Parquet of others", async () => {
    unpackLokiBucket(root.file("bucket"));
    const bucket = await imported(root.file("bucket"), "--archive", root.file("from-bucket"));
    const entries = recordedChunks().reduce((total, chunk) => total + chunk.entries, 0);
    expect(bucket).toMatchObject({ linesRead: entries, problems: [] });
    // Without its index nobody knows which chunks a copy should hold.
    expect(bucket.completeness).toEqual({ verdict: "unknown", reasons: [] });
    expect(bucket.linesWritten + bucket.duplicatesDropped).toBe(entries);

    const lines = Array.from(
      { length: 500 },
      (_, index) => `2026-11-20T10:00:00.${String(index).padStart(3, "0")}Z row ${index}`,
    );
    writeFileSync(root.file("packed.log.gz"), gzipSync(`${lines.join("\n")}\n`));
    const packed = await imported(root.file("packed.log.gz"), "--archive", root.file("from-packed"));
    expect(packed).toMatchObject({ linesWritten: 500 });

    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT make_timestamp_ns(1795168800000000000 + i * 1000) AS ts, 'line ' || i AS message, 'web' AS app
             FROM range(1000) t(i)) TO '${root.file("foreign.parquet")}' (FORMAT parquet)`,
    );
    connection.closeSync();
    instance.closeSync();
    const foreign = await imported(root.file("foreign.parquet"), "--archive", root.file("from-parquet"));
    expect(foreign).toMatchObject({ linesWritten: 1_000 });

    const again = await imported(root.file("from-packed"), "--archive", root.file("copy"), "--tenant", "renamed");
    expect(again).toMatchObject({ tenants: ["renamed"], linesWritten: 500 });
  });

  it("takes one tenant of an archive that has several, and knows which it has not", async () => {
    unpackLokiBucket(root.file("tenants"));
    const one = await imported(root.file("tenants"), "--archive", root.file("one"), "--tenant", "tiny");
    expect(one.tenants).toEqual(["tiny"]);
    const none = await command.run("import", root.file("tenants"), "--archive", root.file("none"), "--tenant", "other");
    expect(none).toMatchObject({ exitCode: 4, stderr: expect.stringContaining("other") });
  });

  it("says what could not be read, and that lines are missing", async () => {
    unpackLokiBucket(root.file("damaged"), "damaged");
    const { exitCode, stdout, stderr } = await command.run(
      "import",
      root.file("damaged"),
      "--archive",
      root.file("rest"),
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/lines written/);
    expect(stderr).toContain("is damaged");
    expect(stderr).toContain("were read: chunks may be damaged");
  });

  it("takes nobody's place", async () => {
    writeFileSync(root.file("a.log"), "2026-11-20T10:00:00Z one\n");
    await imported(root.file("a.log"), "--archive", root.file("mine"));
    const again = await command.run("import", root.file("a.log"), "--archive", root.file("mine"));
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("is there already") });
    mkdirSync(root.file("photos"));
    writeFileSync(root.file("photos/cat.jpg"), "cat");
    const other = await command.run("import", root.file("a.log"), "--archive", root.file("photos"));
    expect(other.exitCode).toBe(1);
    expect(readdirSync(root.file("photos"))).toEqual(["cat.jpg"]);
  });

  it("leaves an audit entry, and does nothing for a role that may not", async () => {
    writeFileSync(root.file("b.log"), "2026-11-20T10:00:00Z one\n");
    await imported(root.file("b.log"), "--archive", root.file("audited"));
    const refused = await command.run(
      "--set",
      "safety.role=viewer",
      "import",
      root.file("b.log"),
      "--archive",
      root.file("refused"),
    );
    expect(refused.exitCode).toBe(3);
    expect(existsSync(root.file("refused"))).toBe(false);
    const { stdout } = await command.run("audit", "list", "--contains", "archives.import", "--output", "ndjson");
    expect(stdout).toContain(`"folder":"${root.file("audited")}"`);
    expect(stdout).toContain('"outcome":"refused"');
  });

  it("refuses what is no file, no tenant and no assumption", async () => {
    const missing = await command.run("import", root.file("nothing.log"), "--archive", root.file("x"));
    expect(missing.exitCode).toBe(4);
    writeFileSync(root.file("c.log"), "2026-11-20T10:00:00Z one\n");
    const runs = [
      ["--tenant", "a/b"],
      ["--assume-zone", "Mars/Olympus"],
      ["--assume-year", "12"],
      ["--label", "nothing"],
    ];
    for (const wrong of runs) {
      const { exitCode } = await command.run("import", root.file("c.log"), "--archive", root.file("x"), ...wrong);
      expect([wrong, exitCode]).toEqual([wrong, 2]);
    }
    expect(existsSync(root.file("x"))).toBe(false);
  });
});
