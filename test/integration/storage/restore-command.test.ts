import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import { acquireLease } from "../../../src-main/core/storage/lease/acquire-lease.ts";
import { restorePlanSchema, restoreReportSchema } from "../../../src-shared/model/storage/restore.ts";
import { CommandLine } from "../../builders/command-line.ts";
import { recordedObjects, writeObject } from "../../builders/loki-bucket.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const never = new AbortController().signal;
const whole = temporaryDirectory();
let bucket: TemporaryDirectory;
let line: CommandLine;
const opened: Disposable[] = [];

beforeAll(() => unpackLokiStorage(whole.path, "whole"));
afterAll(() => {
  whole[Symbol.dispose]();
  for (const each of opened) each[Symbol.dispose]();
});
beforeEach(() => {
  bucket = temporaryDirectory();
  line = new CommandLine();
  opened.push(bucket, line);
  unpackLokiStorage(bucket.path, "damaged");
});

function apply(...more: readonly string[]) {
  const asked = ["--store", bucket.path, "--from-store", whole.path];
  return line.run("storage", "restore", "apply", ...asked, "--output", "json", ...more);
}

/** Restored keys of a plan that are not in the bucket as they are in the whole one. */
function different(items: readonly { readonly key: string }[]): readonly string[] {
  const same = (key: string) =>
    existsSync(bucket.file(key)) && readFileSync(bucket.file(key)).equals(readFileSync(whole.file(key)));
  return items.map(({ key }) => key).filter((key) => !same(key));
}

it("prints the plan and does nothing without --yes", async () => {
  const before = readdirSync(bucket.path, { recursive: true }).length;
  const { exitCode, stdout, stderr } = await apply();
  expect(exitCode).toBe(2);
  expect(stderr).toContain("--yes");
  const plan = restorePlanSchema.parse(JSON.parse(stdout));
  expect(plan.items.length).toBeGreaterThan(0);
  expect(readdirSync(bucket.path, { recursive: true })).toHaveLength(before);
});

it("restores what a plan says, by its id, and has nothing left to do afterwards", async () => {
  const { id, items } = restorePlanSchema.parse(JSON.parse((await apply()).stdout));
  const command = ["storage", "restore", "apply", id, "--yes", "--reason", "a drill", "--output", "json"];
  const { exitCode, stdout, stderr } = await line.run(...command);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const report = restoreReportSchema.parse(JSON.parse(stdout));
  expect(report).toMatchObject({ done: true, written: items.length, failedCount: 0, reason: "a drill" });
  expect(different(items)).toEqual([]);
  const again = restorePlanSchema.parse(JSON.parse((await apply()).stdout));
  expect(again.items).toEqual([]);
});

it("pauses when it is told to end, says how it goes on, and goes on by the same command", async () => {
  using small = temporaryDirectory();
  using empty = temporaryDirectory();
  const chunks = [...recordedObjects("objects.ndjson.gz")].slice(0, 60);
  for (const [key, content] of chunks) writeObject(small.path, key, content);
  cpSync(whole.file("index"), small.file("index"), { recursive: true });
  // Slow enough to be told to end in the middle of it.
  const bytes = chunks.reduce((sum, [, { length }]) => sum + length, 0);
  const rate = ["--bytes-per-second", `${Math.ceil(bytes / 2)}`];
  const asked = ["--store", empty.path, "--from-store", small.path, ...rate, "--yes"];
  const command = ["storage", "restore", "apply", ...asked, "--output", "ndjson"];
  const isUnderWay = (stdout: string) => /"phase":"restoring".*"done":[1-9]/.test(stdout);
  const stopped = await line.runUntil(command, isUnderWay);
  expect(stopped.exitCode).toBe(130);
  const [, id = ""] = /kubemate storage restore apply (\S+) --yes/.exec(stopped.stderr) ?? [];
  const first = lastLine(stopped.stdout);
  expect(first).toMatchObject({ state: "paused", done: false, plan: { id } });
  const gone = await line.run(...command);
  expect(gone).toMatchObject({ exitCode: 0, stderr: "" });
  const report = lastLine(gone.stdout);
  expect(report).toMatchObject({ job: first.job, state: "succeeded", done: true, failedCount: 0, plan: { id } });
  expect(report.written + report.found).toBe(report.plan.counts.restorable);
  for (const [key, content] of chunks) expect(readFileSync(empty.file(key)).equals(content)).toBe(true);
});

it("ends with 6 where something could not be brought back, and tells what", async () => {
  const { id, items } = restorePlanSchema.parse(JSON.parse((await apply()).stdout));
  const [chunk] = items.filter(({ kind }) => kind === "chunk");
  writeFileSync(bucket.file(chunk?.key ?? ""), "somebody else's");
  const { exitCode, stdout } = await line.run("storage", "restore", "apply", id, "--yes", "--output", "json");
  expect(exitCode).toBe(6);
  const report = restoreReportSchema.parse(JSON.parse(stdout));
  expect(report.failed).toContainEqual({ key: chunk?.key, problem: "place-changed" });
});

it("is refused while another console has the bucket, and goes on when that one has let go", async () => {
  const { id } = restorePlanSchema.parse(JSON.parse((await apply()).stdout));
  const command = ["storage", "restore", "apply", id, "--yes", "--output", "json"];
  {
    const store = new FolderObjectStore(bucket.path);
    const lease = { store, holder: "somebody@elsewhere", purpose: "restore", clock: systemClock };
    await using held = await acquireLease(lease, never);
    const refused = await line.run(...command);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain("somebody@elsewhere");
    expect(held.lost.aborted).toBe(false);
  }
  const { exitCode, stdout } = await line.run(...command);
  expect(exitCode).toBe(0);
  expect(restoreReportSchema.parse(JSON.parse(stdout))).toMatchObject({ done: true, failedCount: 0 });
});

function lastLine(stdout: string) {
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  const parsed = JSON.parse(last) as { readonly job: string; readonly state: string };
  return { ...restoreReportSchema.parse(parsed), job: parsed.job, state: parsed.state };
}
