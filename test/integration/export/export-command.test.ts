import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXPORT_JOURNAL_FILE } from "../../../src-main/core/export/export-journal.ts";
import { EXPORT_LOCK_FILE } from "../../../src-main/core/export/export-lock.ts";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { exportSummarySchema, type ExportSummary } from "../../../src-shared/model/export-summary.ts";
import { archiveCounts, archiveLines } from "../../builders/archive-lines.ts";
import { CommandLine } from "../../builders/command-line.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const LINES = 20_000;
/** Noon of yesterday: the range reaches into four days, whatever the time is. */
const END_MS = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 43_200_000;
const FROM = new Date(END_MS - 3 * 86_400_000).toISOString();
const TO = new Date(END_MS).toISOString();
const QUERY = '{cluster="lab"}';

let lab: Lab;
const command = new CommandLine();
const place = temporaryDirectory();

beforeAll(async () => {
  lab = await createLab({ clock: systemClock, historyHours: 0 });
  lab.seed({
    tenant: "bench",
    lines: LINES,
    streams: 8,
    startNs: BigInt(END_MS - 3 * 86_400_000) * 1_000_000n,
    endNs: BigInt(END_MS) * 1_000_000n,
    lineBytes: 120,
    seed: 1,
  });
});

afterAll(async () => {
  await lab.close();
  command[Symbol.dispose]();
  place[Symbol.dispose]();
});

async function exported(archive: string, ...more: readonly string[]): Promise<ExportSummary> {
  const result = await command.run(...exportCommand(archive, ...more));
  expect(result.stderr).toBe("");
  expect(result.exitCode).toBe(0);
  return exportSummarySchema.parse(JSON.parse(result.stdout));
}

function exportCommand(archive: string, ...more: readonly string[]): readonly string[] {
  const source = ["--source", lab.lokiUrl, "--tenant", "bench", "--from", FROM, "--to", TO];
  return ["export", ...source, "--archive", archive, "--output", "json", ...more, QUERY];
}

describe("kubemate export", () => {
  it("writes all of a range into an archive; the same command again says so without reading", async () => {
    const archive = place.file("whole");
    const summary = await exported(archive);
    expect(summary).toMatchObject({
      state: "finished",
      place: archive,
      tenant: "bench",
      linesRead: LINES,
      linesWritten: LINES,
      completeness: { verdict: "complete" },
      parts: { total: 4, done: 4, resumed: 0 },
    });
    expect(await archiveCounts(archive)).toEqual({ rows: LINES, lines: LINES });
    const [first] = await archiveLines(archive);
    expect(first).toMatchObject({ tenant: "bench", labels: { cluster: "lab", namespace: "bench" } });
    expect(await exported(archive)).toMatchObject({ linesWritten: LINES, parts: { done: 4, resumed: 4 } });
  });

  it("refuses a folder of another export, and tells which", async () => {
    const archive = place.file("other");
    await exported(archive);
    const { exitCode, stderr } = await command.run(...exportCommand(archive, "--redact", "email"));
    expect(exitCode).toBe(1);
    expect(stderr).toContain("another export");
    const foreign = place.file("foreign");
    mkdirSync(join(foreign, "tenant=x"), { recursive: true });
    expect((await command.run(...exportCommand(foreign))).stderr).toContain("is there already");
    const broken = place.file("broken");
    mkdirSync(broken);
    writeFileSync(join(broken, EXPORT_JOURNAL_FILE), "{");
    expect((await command.run(...exportCommand(broken))).stderr).toContain("another export");
  });

  it("lets one exporter at a time write to a folder, and takes over when the other is gone", async () => {
    const archive = place.file("locked");
    mkdirSync(archive);
    const other = new DatabaseSync(join(archive, EXPORT_LOCK_FILE));
    other.exec("BEGIN EXCLUSIVE");
    const { exitCode, stderr } = await command.run(...exportCommand(archive));
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Another export is writing");
    expect(existsSync(join(archive, EXPORT_JOURNAL_FILE))).toBe(false);
    other.close();
    expect(await exported(archive)).toMatchObject({ linesWritten: LINES });
  });

  it("stops at Ctrl-C with what it has, and goes on from there; relative times mean what they meant", async () => {
    const archive = place.file("stopped");
    const relative = exportCommand(archive).map((word) => (word === FROM ? "now-120h" : word === TO ? "now" : word));
    // A rate at which the first batch alone takes minutes: there is time to stop.
    const ctrlC = new AbortController();
    const slow = command.runWith([...relative, "--rate", "1", "--parallel", "1"], ctrlC);
    await expect.poll(() => existsSync(join(archive, EXPORT_JOURNAL_FILE)), { timeout: 20_000 }).toBe(true);
    ctrlC.abort();
    const { exitCode, stdout } = await slow;
    expect(exitCode).toBe(130);
    const stopped = exportSummarySchema.parse(JSON.parse(stdout));
    expect(stopped).toMatchObject({ state: "stopped", completeness: { verdict: "incomplete" } });
    const result = await command.run(...relative);
    const whole = exportSummarySchema.parse(JSON.parse(result.stdout));
    expect(whole).toMatchObject({ state: "finished", startNs: stopped.startNs, endNs: stopped.endNs });
    expect(whole.linesWritten).toBe(LINES);
    expect(await archiveCounts(archive)).toEqual({ rows: LINES, lines: LINES });
  });

  it("takes an archive as its source, redacts, and says with what", async () => {
    const archive = place.file("first");
    await exported(archive);
    const copy = place.file("copy");
    const { exitCode, stdout, stderr } = await command.run(
      "export",
      "--source",
      archive,
      "--archive",
      copy,
      "--redact",
      "email,phone",
      '{app="bench-1"} |= "level=error"',
    );
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("redacted email: 0");
    const { rows, lines } = await archiveCounts(copy);
    expect(rows).toBe(lines);
    const wanted = (await archiveLines(archive)).filter(
      ({ line, labels }) => labels["app"] === "bench-1" && line.includes("level=error"),
    );
    expect(rows).toBe(wanted.length);
    expect(rows).toBeGreaterThan(100);
  });

  it.each([
    [["--redact", "passwords"], "passwords"],
    [["--parallel", "17"], "17"],
    [["--rate", "0"], "--rate"],
  ])("refuses %j", async (more, named) => {
    const { exitCode, stderr } = await command.run(...exportCommand(place.file("refused"), ...more));
    expect(exitCode).toBe(2);
    expect(stderr).toContain(named);
    expect(existsSync(place.file("refused"))).toBe(false);
  });

  it("refuses a metric query in words", async () => {
    const parameters = exportCommand(place.file("refused")).slice(0, -1);
    const { exitCode, stderr } = await command.run(...parameters, `sum(rate(${QUERY}[1m]))`);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("gives numbers");
  });
});
