import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { UPLOAD_PIECE_BYTES } from "../../../src-shared/api/archives.api.ts";
import type { Job } from "../../../src-shared/model/job.ts";
import type { ArchiveDescription } from "../../../src-shared/model/archive.ts";
import { importSummarySchema } from "../../../src-shared/model/import-summary.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import { consoleIn } from "../../builders/open-console.ts";
import { pageAt, type ConsolePage } from "../../builders/console-page.ts";
import { failureOf } from "../../builders/door-outcome.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const LINES = Array.from({ length: 600 }, (_, index) => {
  const at = new Date(Date.UTC(2026, 10, 20, 10, 0, index)).toISOString();
  return `${at} level=${index % 50 === 0 ? "error" : "info"} msg="payment ${index}"`;
});

function logFile(root: TemporaryDirectory, name = "payments.log"): string {
  const file = root.file(name);
  writeFileSync(file, `${LINES.join("\n")}\n`);
  return file;
}

async function openedAt({ client }: ConsolePage, ...paths: readonly string[]): Promise<ArchiveDescription> {
  const answer = await client.api.archives.open({ paths: [...paths], assumptions: {} });
  if (answer.kind !== "opened") throw new Error("it asks");
  return answer.archive;
}

async function ended({ client }: ConsolePage, job: Job["id"]): Promise<Job> {
  return await expect
    .poll(() => client.api.jobs.get({ job }), { timeout: 20_000 })
    .toSatisfy(({ state }: Job) => state !== "running" && state !== "queued")
    .then(() => client.api.jobs.get({ job }));
}

/** How many rows a query over an archive gives, through result sets as the window reads them. */
async function countOf({ client }: ConsolePage, { id, tenants }: ArchiveDescription, query: string): Promise<number> {
  const [tenant] = tenants;
  if (tenant === undefined) throw new Error("no tenant");
  const target = { kind: "archive", archive: id, tenant: tenant.tenant } as const;
  const range = { startNs: tenant.startNs ?? "0", endNs: String(BigInt(tenant.endNs ?? "0") + 1n) };
  const set = await client.api.logs.open({ target, query, range, direction: "backward", limit: 100_000 });
  return new Promise((resolve, reject) => {
    const watching = client.api.logs.watch(
      { set: set.set },
      {
        onData: ({ phase, rows, error }) => {
          if (phase === "reading") return;
          watching.unsubscribe();
          if (error === undefined) resolve(rows);
          else reject(new Error(error.code));
        },
        onError: reject,
      },
    );
  });
}

describe("archives at the door", () => {
  it("opens a log file, queries it as any source, and knows it still after a restart", async () => {
    using root = temporaryDirectory();
    using profile = temporaryDirectory();
    const file = logFile(root);
    const first = await consoleIn(profile);
    const page = await pageAt(first);
    const archive = await openedAt(page, file);
    expect(archive).toMatchObject({ kind: "files", path: file, problems: [] });
    expect(archive.tenants).toMatchObject([{ rows: 600, startNs: "1795168800000000000" }]);
    const selector = archive.tenants[0]?.selector ?? "";
    expect(await countOf(page, archive, selector)).toBe(600);
    expect(await countOf(page, archive, `${selector} |= "level=error"`)).toBe(12);
    await page[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();

    await using second = await consoleIn(profile);
    await using again = await pageAt(second);
    expect(await again.client.api.archives.list()).toEqual([archive]);
    expect(await countOf(again, archive, `${selector} |= "payment 599"`)).toBe(1);
  });

  it("imports what is open as a job, and the archive it made opens and verifies", async () => {
    using root = temporaryDirectory();
    using profile = temporaryDirectory();
    await using opened = await consoleIn(profile);
    await using page = await pageAt(opened);
    const archive = await openedAt(page, logFile(root));
    const { job } = await page.client.api.archives.import({ archive: archive.id, folder: "november" });
    const imported = await ended(page, job);
    expect(imported).toMatchObject({
      state: "succeeded",
      kind: "archive-import",
      title: { params: { folder: "november" } },
    });
    const summary = importSummarySchema.parse(imported.output);
    expect(summary).toMatchObject({ path: join(profile.path, "archives", "november"), linesWritten: 600 });

    const made = await openedAt(page, summary.path);
    expect(made).toMatchObject({ kind: "kubemate", completeness: { verdict: "complete" } });
    expect(await countOf(page, made, `${made.tenants[0]?.selector ?? ""} |= "level=error"`)).toBe(12);
    const check = await page.client.api.archives.verify({ archive: made.id });
    expect(await ended(page, check.job)).toMatchObject({ state: "succeeded", output: { problems: [] } });

    const [parquet] = readdirSync(summary.path, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".parquet"),
    );
    const damaged = join(summary.path, parquet ?? "");
    const bytes = readFileSync(damaged);
    bytes[Math.floor(bytes.length / 3)] = (bytes[Math.floor(bytes.length / 3)] ?? 0) ^ 0xff;
    writeFileSync(damaged, bytes);
    const second = await page.client.api.archives.verify({ archive: made.id });
    expect(await ended(page, second.job)).toMatchObject({
      state: "succeeded",
      output: { problems: [{ error: { category: "integrity" } }] },
    });
    const twice = await page.client.api.archives.import({ archive: archive.id, folder: "november" });
    expect(await ended(page, twice.job)).toMatchObject({ state: "failed", error: { code: "archive.already-there" } });
  });

  it("takes a file in pieces from a page without paths, asks what it does not say, and opens it", async () => {
    using profile = temporaryDirectory();
    await using opened = await consoleIn(profile);
    await using page = await pageAt(opened);
    const { api } = page.client;
    const bytes = Buffer.from(
      LINES.map((line) => line.replace("T", " ").replace(/\.000Z/, ""))
        .join("\n")
        .repeat(20),
    );
    const { upload } = await api.archives.beginUpload({ name: "../../zoneless.log", sizeBytes: bytes.length });
    for (let offset = 0; offset < bytes.length; offset += UPLOAD_PIECE_BYTES) {
      const base64 = bytes.subarray(offset, offset + UPLOAD_PIECE_BYTES).toString("base64");
      await api.archives.uploadPiece({ upload, offset, base64 });
    }
    const asking = await api.archives.openUploads({ uploads: [upload], assumptions: {} });
    expect(asking).toMatchObject({ kind: "questions", questions: [{ kind: "zone", file: "zoneless.log" }] });
    const answer = await api.archives.openUploads({ uploads: [upload], assumptions: { zone: "+08:00" } });
    if (answer.kind !== "opened") throw new Error("it asks again");
    expect(answer.archive.tenants[0]?.startNs).toBe("1795140000000000000");
    expect(answer.archive.path).toContain(profile.path);
    expect(await api.archives.close({ archive: answer.archive.id })).toEqual({ closed: true });
    await expect.poll(() => readdirSync(profile.file("uploads"))).toEqual([]);
    const gone = await failureOf(api.archives.openUploads({ uploads: [upload], assumptions: {} }));
    expect(gone.wire.code).toBe("archive.upload-unknown");
  });

  it("lets an auditor open nothing, a viewer import nothing, and notes who opened what", async () => {
    using root = temporaryDirectory();
    using profile = temporaryDirectory();
    const file = logFile(root);
    await using opened = await consoleIn(profile);
    await using auditor = await pageAt(opened, { role: "auditor", principal: "olga" });
    expect((await failureOf(openedAt(auditor, file))).wire.code).toBe("permission.denied");
    expect((await failureOf(auditor.client.api.archives.list())).wire.code).toBe("permission.denied");
    await using viewer = await pageAt(opened, { role: "viewer", principal: "vic" });
    const archive = await openedAt(viewer, file);
    const refused = viewer.client.api.archives.import({ archive: archive.id, folder: "mine" });
    expect((await failureOf(refused)).wire.code).toBe("permission.denied");
    const { entries } = opened.base.audit.list({ limit: 50, contains: "archives." });
    const told = entries.map(({ principal, action, outcome }) => `${principal} ${action} ${outcome}`);
    expect(told).toEqual(
      expect.arrayContaining([
        "olga archives.open refused",
        "vic archives.open succeeded",
        "vic archives.import refused",
      ]),
    );
    const access = entries.find(({ action, outcome }) => action === "archives.open" && outcome === "started");
    expect(access?.subject).toEqual({ path: file, files: 1 });
  });

  it("writes new archives only where it may: by name in the profile, or by a whole path", async () => {
    using root = temporaryDirectory();
    using profile = temporaryDirectory();
    await using opened = await consoleIn(profile);
    await using page = await pageAt(opened);
    const archive = await openedAt(page, logFile(root));
    for (const folder of ["../outside", "..", "a/b", "a\\b", "."]) {
      const failure = await failureOf(page.client.api.archives.import({ archive: archive.id, folder }));
      expect(failure.wire.code).toBe("archive.path-refused");
    }
    mkdirSync(root.file("own"));
    const { job } = await page.client.api.archives.import({ archive: archive.id, folder: root.file("own/new") });
    expect(await ended(page, job)).toMatchObject({ state: "succeeded", output: { path: root.file("own/new") } });
  });

  it("makes a capsule of what is looked at, and opens and describes it", async () => {
    using root = temporaryDirectory();
    using profile = temporaryDirectory();
    await using opened = await consoleIn(profile);
    await using page = await pageAt(opened);
    const { api } = page.client;
    const archive = await openedAt(page, logFile(root));
    const tenant = tenantIdSchema.parse(archive.tenants[0]?.tenant);
    const selector = archive.tenants[0]?.selector ?? "";
    await countOf(page, archive, selector);
    const query = {
      target: { kind: "archive", archive: archive.id, tenant } as const,
      query: `${selector} |= "level=error"`,
      range: { startNs: "0", endNs: "4000000000000000000" },
      direction: "backward" as const,
      limit: 1_000,
    };
    const { job } = await api.capsules.create({
      title: "Case 7",
      notes: "why",
      queries: [query],
      redact: [],
      file: "case-7",
    });
    const done = await ended(page, job);
    const path = join(profile.path, "exports", "case-7.kubemate-capsule");
    expect(done).toMatchObject({ state: "succeeded", output: { path, rows: 12 } });

    const capsule = await openedAt(page, path);
    expect(capsule).toMatchObject({ kind: "capsule", title: "Case 7", tenants: [{ tenant, rows: 12 }] });
    expect(await countOf(page, capsule, `${capsule.tenants[0]?.selector ?? ""} |= "payment 550"`)).toBe(1);
    const described = await api.capsules.describe({ archive: capsule.id });
    expect(described).toMatchObject({ title: "Case 7", notes: "why", queries: [{ rows: 12, site: archive.title }] });
    expect(described.audit.map(({ action }) => action)).toContain("logs.open");
    const failure = await failureOf(api.capsules.describe({ archive: archive.id }));
    expect(failure.wire.code).toBe("capsule.invalid");
  });

  it("counts a row once that two queries of a capsule took", async () => {
    using root = temporaryDirectory();
    using profile = temporaryDirectory();
    await using opened = await consoleIn(profile);
    await using page = await pageAt(opened);
    const archive = await openedAt(page, logFile(root));
    const selector = archive.tenants[0]?.selector ?? "";
    const query = {
      target: {
        kind: "archive",
        archive: archive.id,
        tenant: tenantIdSchema.parse(archive.tenants[0]?.tenant),
      } as const,
      range: { startNs: "0", endNs: "4000000000000000000" },
      direction: "forward" as const,
      limit: null,
    };
    const queries = [
      { ...query, query: `${selector} |= "level=error"` },
      { ...query, query: `${selector} |= "payment 5"` },
    ];
    const { job } = await page.client.api.capsules.create({ title: "x", notes: "", queries, redact: [], file: "x" });
    const { output } = await ended(page, job);
    const { path } = z.object({ path: z.string(), rows: z.literal(12 + 111) }).parse(output);
    const capsule = await openedAt(page, path);
    // "payment 50", "payment 500" and "payment 550" are errors, too.
    expect(await countOf(page, capsule, capsule.tenants[0]?.selector ?? "")).toBe(12 + 111 - 3);
  });

  it("opens listed folders alone where other machines reach it; the page's own setting lists none", async () => {
    using root = temporaryDirectory();
    using profile = temporaryDirectory();
    const file = logFile(root);
    const own = join(profile.path, "archives");
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, "own.log"), LINES.join("\n"));
    {
      await using opened = await consoleIn(profile, { reachedFromElsewhere: true });
      await using page = await pageAt(opened);
      await openedAt(page, join(own, "own.log"));
      expect((await failureOf(openedAt(page, file))).wire.code).toBe("archive.path-refused");
      await page.client.api.settings.set({ key: "archives.folders", value: root.path });
      expect((await failureOf(openedAt(page, file))).wire.code).toBe("archive.path-refused");
      expect((await failureOf(openedAt(page, profile.file("settings.json")))).wire.code).toBe("archive.path-refused");
      const [archive] = await page.client.api.archives.list();
      if (archive === undefined) throw new Error("nothing is open");
      const outside = page.client.api.archives.import({ archive: archive.id, folder: root.file("new") });
      expect((await failureOf(outside)).wire.code).toBe("archive.path-refused");
    }
    const flags = { "archives.folders": root.path };
    await using opened = await consoleIn(profile, { reachedFromElsewhere: true, flags });
    await using page = await pageAt(opened);
    await openedAt(page, file);
  });

  it("answers a metric query over a capsule as over its source", async () => {
    using root = temporaryDirectory();
    using profile = temporaryDirectory();
    await using opened = await consoleIn(profile);
    await using page = await pageAt(opened);
    const { api } = page.client;
    const archive = await openedAt(page, logFile(root));
    const tenant = tenantIdSchema.parse(archive.tenants[0]?.tenant);
    const expr = `sum by (level) (count_over_time(${archive.tenants[0]?.selector ?? ""} | logfmt [90s] offset 10s))`;
    const range = { startNs: "1795169000000000000", endNs: "1795169300000000000" };
    const ask = (id: ArchiveDescription["id"]) =>
      api.logs.metric({ target: { kind: "archive", archive: id, tenant }, range, query: expr, stepNs: "30000000000" });
    const target = { kind: "archive", archive: archive.id, tenant } as const;
    const query = { target, query: expr, range, direction: "backward" as const, limit: 5 };
    const { job } = await api.capsules.create({ title: "m", notes: "", queries: [query], redact: [], file: "m" });
    const { output } = await ended(page, job);
    const capsule = await openedAt(page, z.object({ path: z.string() }).parse(output).path);
    const answer = await ask(archive.id);
    expect(answer.series.length).toBe(2);
    expect((await ask(capsule.id)).series).toEqual(answer.series);
  });

  it("puts a Loki's lines with the site's facts into a capsule, and no address with a password", async () => {
    using profile = temporaryDirectory();
    await using opened = await consoleIn(profile);
    await using page = await pageAt(opened);
    const { api } = page.client;
    const { sites } = await api.sites.list();
    const lab = sites.find(({ kind }) => kind === "lab");
    if (lab === undefined) throw new Error("no lab");
    const { tenants } = await api.sites.tenants({ site: lab.id });
    const [named] = tenants;
    if (named === undefined) throw new Error("no tenant");
    const target = { kind: "loki", site: lab.id, tenant: tenantIdSchema.parse(named.tenant) } as const;
    const nowMs = Date.now();
    const range = { startNs: `${nowMs - 3_600_000}000000`, endNs: `${nowMs}000000` };
    const query = { target, query: '{app=~".+"}', range, direction: "backward" as const, limit: 700 };
    const { job } = await api.capsules.create({ title: "lab", notes: "", queries: [query], redact: [], file: "lab" });
    const done = await ended(page, job);
    expect(done).toMatchObject({ state: "succeeded", output: { rows: 700 } });
    const capsule = await openedAt(page, z.object({ path: z.string() }).parse(done.output).path);
    expect(capsule.tenants).toMatchObject([{ tenant: named.tenant, rows: 700 }]);
    const described = await api.capsules.describe({ archive: capsule.id });
    const facts = new Map(described.facts.map(({ name, value }) => [name, value]));
    expect(facts.get("kind")).toBe("lab");
    expect(facts.get("loki version")).toMatch(/^\d+\.\d+/);
    expect([...facts.keys()].some((name) => name.startsWith("component "))).toBe(true);
    expect(described.queries[0]?.completeness.reasons).toContainEqual({ kind: "limit-reached", limit: 700 });
  });

  it("finds a label to begin with where only the rows know the streams", async () => {
    using root = temporaryDirectory();
    using profile = temporaryDirectory();
    const file = root.file("foreign.parquet");
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT make_timestamp_ns(1795168800000000000 + i * 1000) AS ts, 'line ' || i AS message, 'svc-' || (i % 7) AS app
             FROM range(1000) t(i)) TO '${file}' (FORMAT parquet)`,
    );
    connection.closeSync();
    instance.closeSync();
    await using opened = await consoleIn(profile);
    await using page = await pageAt(opened);
    const archive = await openedAt(page, file);
    expect(await countOf(page, archive, archive.tenants[0]?.selector ?? "")).toBe(1_000);
  });
});
