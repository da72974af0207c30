import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ArchiveDescription } from "../../../src-shared/model/archive.ts";
import { exportSummarySchema } from "../../../src-shared/model/export-summary.ts";
import type { Job } from "../../../src-shared/model/job.ts";
import { failureOf } from "../../builders/door-outcome.ts";
import { archiveLines } from "../../builders/archive-lines.ts";
import { type ConsolePage, pageAt } from "../../builders/console-page.ts";
import { consoleIn } from "../../builders/open-console.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const LINES = Array.from({ length: 3_000 }, (_, index) => {
  const at = new Date(Date.UTC(2026, 10, 18, 0, 0, index * 60)).toISOString();
  return `${at} level=${index % 50 === 0 ? "error" : "info"} msg="payment ${index}" to=u${index}@example.com`;
});

async function openedAt({ client }: ConsolePage, path: string): Promise<ArchiveDescription> {
  const answer = await client.api.archives.open({ paths: [path], assumptions: {} });
  if (answer.kind !== "opened") throw new Error("it asks");
  return answer.archive;
}

async function reached({ client }: ConsolePage, job: Job["id"], states: readonly Job["state"][]): Promise<Job> {
  await expect
    .poll(async () => (await client.api.jobs.get({ job })).state, { timeout: 25_000, interval: 20 })
    .toSatisfy((state: Job["state"]) => states.includes(state));
  return client.api.jobs.get({ job });
}

const ENDED = ["succeeded", "failed", "cancelled", "interrupted", "paused"] as const;

function requestOf({ id, tenants }: ArchiveDescription, more: object = {}) {
  const [tenant] = tenants;
  if (tenant === undefined) throw new Error("no tenant");
  return {
    target: { kind: "archive", archive: id, tenant: tenant.tenant } as const,
    query: `${tenant.selector} |= "level=info"`,
    range: { startNs: tenant.startNs ?? "0", endNs: String(BigInt(tenant.endNs ?? "0") + 1n) },
    destination: { kind: "folder", path: "incident" } as const,
    redact: ["email" as const],
    linesPerSecond: null,
    parallel: 2,
    ...more,
  };
}

describe("an export at the door", () => {
  it("is a job with progress, whose archive opens, redacted and with its provenance", async () => {
    using root = temporaryDirectory();
    using profile = temporaryDirectory();
    const file = root.file("payments.log");
    writeFileSync(file, `${LINES.join("\n")}\n`);
    await using opened = await consoleIn(profile);
    await using page = await pageAt(opened);
    expect(await page.client.api.exports.patterns()).toContain("identity-card");
    const { job } = await page.client.api.exports.start(requestOf(await openedAt(page, file)));
    const done = await reached(page, job, ENDED);
    expect(done).toMatchObject({
      state: "succeeded",
      kind: "logs-export",
      title: { key: "jobs.title.logs-export", params: { place: join(profile.path, "archives", "incident") } },
      progress: { fraction: 1, done: 2_940, unit: "rows" },
    });
    const summary = exportSummarySchema.parse(done.output);
    expect(summary).toMatchObject({ state: "finished", linesWritten: 2_940, redacted: { email: 2_940 } });
    const made = await openedAt(page, summary.folder ?? "");
    expect(made).toMatchObject({ kind: "kubemate", provenance: { redacted: { email: 2_940 } } });
    const lines = await archiveLines(summary.folder ?? "");
    expect(lines).toHaveLength(2_940);
    expect(lines.every(({ line }) => line.includes("to=[redacted:email]"))).toBe(true);
  });

  it("holds its folder alone, pauses, survives the console's end, and says when cancelled what it had", async () => {
    using root = temporaryDirectory();
    using profile = temporaryDirectory();
    const file = root.file("payments.log");
    writeFileSync(file, `${LINES.join("\n")}\n`);
    const first = await consoleIn(profile);
    const page = await pageAt(first);
    // Slow enough that the end is days away.
    const slow = requestOf(await openedAt(page, file), { linesPerSecond: 1, parallel: 1, redact: [] });
    const { job } = await page.client.api.exports.start(slow);
    const phase = async () => (await page.client.api.jobs.get({ job })).progress?.phase;
    await expect.poll(phase, { timeout: 25_000, interval: 20 }).toBe("read");
    const second = await page.client.api.exports.start({ ...slow, linesPerSecond: null });
    expect(await reached(page, second.job, ENDED)).toMatchObject({
      state: "failed",
      error: { code: "export.in-use" },
    });
    expect(await page.client.api.jobs.pause({ job })).toMatchObject({ state: "paused" });
    await page[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();

    await using reopened = await consoleIn(profile);
    await using again = await pageAt(reopened);
    await again.client.api.jobs.resume({ job });
    await reached(again, job, ["running"]);
    expect(await again.client.api.jobs.cancel({ job })).toMatchObject({
      state: "cancelled",
      output: { state: "stopped", linesWritten: 0, completeness: { verdict: "incomplete" } },
    });
  });

  it("refuses a metric query and a path with dots at once", async () => {
    using root = temporaryDirectory();
    using profile = temporaryDirectory();
    const file = root.file("payments.log");
    writeFileSync(file, `${LINES.join("\n")}\n`);
    await using opened = await consoleIn(profile);
    await using page = await pageAt(opened);
    const archive = await openedAt(page, file);
    const start = (more: object) => failureOf(page.client.api.exports.start(requestOf(archive, more)));
    expect(await start({ query: 'sum(rate({app="x"}[1m]))' })).toMatchObject({ wire: { code: "export.metric-query" } });
    expect(await start({ query: "{" })).toMatchObject({ wire: { code: "loki.query-invalid" } });
    expect(await start({ range: { startNs: "5", endNs: "5" } })).toMatchObject({
      wire: { code: "logs.range-reversed" },
    });
    expect(await start({ destination: { kind: "folder", path: "../x" } })).toMatchObject({
      wire: { code: "archive.path-refused" },
    });
  });
});
