import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { jobIdSchema, type JobId } from "../../../src-shared/model/ids.ts";
import { WHOLE_BUCKET, type KeptFinding } from "../../../src-shared/model/storage/scan.ts";
import type { Console } from "../../../src-main/core/console.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { consoleIn } from "../../builders/open-console.ts";
import { beginScan, enterFolder, untilJob } from "../../builders/scan-console.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

/** Half of the recorded chunks take about two seconds. */
const SLOW_BYTES_PER_SECOND = 2_000_000;

/** When each object was read, by key. */
function readTimes(profile: TemporaryDirectory): ReadonlyMap<string, number> {
  const file =
    globSync(profile.file("storage/*.db")).find((path) => /folder-|copy-|-[0-9a-f]{12}\.db$/.test(path)) ?? "";
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database.prepare("SELECT key, checked_at_ms FROM objects").all();
    return new Map(rows.map((row) => [String(row["key"]), Number(row["checked_at_ms"])]));
  } finally {
    database.close();
  }
}

/** Findings without what is about this scan alone. */
function told(console: Console, scan: JobId): readonly KeptFinding["finding"][] {
  return [...console.storage.scans.findings(scan, {})].map(({ finding }) => finding);
}

function expectReadOnce(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): void {
  expect(before.size).toBeGreaterThan(100);
  expect(after.size).toBeGreaterThan(before.size);
  for (const [key, atMs] of before) expect(after.get(key)).toBe(atMs);
}

it("a scan that was killed goes on where it was, and reads nothing again", async () => {
  using profile = temporaryDirectory();
  using work = temporaryDirectory();
  unpackLokiStorage(work.path, "damaged");
  const child = spawn(
    process.execPath,
    ["test/builders/scan-child.ts", profile.path, work.path, String(SLOW_BYTES_PER_SECOND)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let scan: JobId | null = null;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const [id = "", checked = ""] = line.split(" ");
      scan = jobIdSchema.parse(id);
      if (Number(checked) > 400) break;
    }
  } finally {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  if (scan === null) throw new Error("the child said nothing");
  const before = readTimes(profile);
  await using console = await consoleIn(profile);
  expect(console.jobs.get(scan).state).toBe("interrupted");
  expect(console.storage.scans.summary(scan).state).toBe("paused");
  console.jobs.resume(scan);
  expect(await untilJob(console, scan, "succeeded", "failed")).toBe("succeeded");
  expectReadOnce(before, readTimes(profile));
  const summary = console.storage.scans.summary(scan);
  expect(summary).toMatchObject({ state: "finished", reused: 0, skipped: 0, checked: summary.chunks });
  const whole = await beginScan(console, summary.request.store, { bytesPerSecond: 1e9 });
  await untilJob(console, whole, "succeeded", "failed");
  expect(told(console, scan)).toEqual(told(console, whole));
}, 120_000);

it("a scan is paused and resumed, and cancelled, and says so", async () => {
  using profile = temporaryDirectory();
  using work = temporaryDirectory();
  unpackLokiStorage(work.path, "damaged");
  await using console = await consoleIn(profile);
  const { scans } = console.storage;
  const store = await enterFolder(console, work.path, { bytesPerSecond: SLOW_BYTES_PER_SECOND });
  const scan = await beginScan(console, store);
  await expect(beginScan(console, store)).rejects.toMatchObject({ code: "storage.scan-running" });
  await untilChecked(console, scan, 300);
  await console.jobs.pause(scan);
  expect(scans.summary(scan)).toMatchObject({ state: "paused", endedAtMs: null });
  expect(scans.overview(store)).toMatchObject({ current: { scan, state: "paused" }, last: null });
  expect(await scans.page(scan, {}, 0, 10)).toMatchObject({ total: 0 });
  const before = readTimes(profile);
  console.jobs.resume(scan);
  expect(await untilJob(console, scan, "succeeded", "failed")).toBe("succeeded");
  expectReadOnce(before, readTimes(profile));
  const second = await beginScan(console, store);
  await untilChecked(console, second, 1);
  await console.jobs.cancel(second);
  expect(scans.summary(second)).toMatchObject({ state: "cancelled" });
  expect(scans.list(store, 10).map(({ scan: id }) => id)).toEqual([second, scan]);
  expect(scans.overview(store)).toMatchObject({ current: null, last: { scan } });
}, 120_000);

it("an incremental scan reads what has changed and what was damaged, and finds all the same", async () => {
  using profile = temporaryDirectory();
  using work = temporaryDirectory();
  unpackLokiStorage(work.path, "damaged");
  await using console = await consoleIn(profile);
  const { scans } = console.storage;
  const store = await enterFolder(console, work.path);
  const first = await beginScan(console, store, { mode: "deep" });
  await untilJob(console, first, "succeeded", "failed");
  const [damaged] = scans.summary(first).chunks === 0 ? [] : told(console, first);
  expect(damaged?.severity).toBe("critical");
  const changed = [...readTimes(profile).keys()].find((key) => !told(console, first).some((each) => each.key === key));
  writeFileSync(work.file(changed ?? ""), "no chunk any more");
  const second = await beginScan(console, store, { incremental: true });
  await untilJob(console, second, "succeeded", "failed");
  const { checked, reused, chunks, compared } = scans.summary(second);
  const ofChunks = told(console, first).filter(
    ({ kind, key }) => readTimes(profile).has(key) && kind !== "orphan-chunk",
  );
  expect({ checked, reused }).toEqual({ checked: ofChunks.length + 1, reused: chunks - ofChunks.length - 1 });
  expect(compared).toEqual({ with: first, appeared: 1, vanished: 0, stayed: told(console, first).length });
  const third = await beginScan(console, store, { mode: "deep", incremental: true });
  await untilJob(console, third, "succeeded", "failed");
  // What was looked at closely by the first still holds.
  expect(scans.summary(third).reused).toBe(reused);
}, 120_000);

it("samples of a store see all of its chunks, one after the other, and what they did not read has not vanished", async () => {
  using profile = temporaryDirectory();
  using work = temporaryDirectory();
  unpackLokiStorage(work.path, "damaged");
  await using console = await consoleIn(profile);
  const { scans } = console.storage;
  const store = await enterFolder(console, work.path);
  const whole = await beginScan(console, store);
  await untilJob(console, whole, "succeeded", "failed");
  const found = new Set<string>();
  let checked = 0;
  for (let night = 0; night < 4; night += 1) {
    const scan = await beginScan(console, store, { scope: { ...WHOLE_BUCKET, samplePercent: 25 } });
    await untilJob(console, scan, "succeeded", "failed");
    const summary = scans.summary(scan);
    expect(summary.skipped + summary.checked).toBe(summary.chunks);
    expect(summary.compared).toMatchObject({ with: whole, appeared: 0, vanished: 0 });
    checked += summary.checked;
    for (const { key, kind } of told(console, scan)) found.add(`${kind} ${key}`);
  }
  expect(checked).toBe(scans.summary(whole).chunks);
  // Unread, damage is what nobody knows of: a chunk without an index that was not read is an orphan.
  const all = told(console, whole).map(({ key, kind }) => `${kind} ${key}`);
  expect(all.filter((each) => !found.has(each))).toEqual([]);
}, 120_000);

it("a scan of some tenants or times tells of nothing else", async () => {
  using profile = temporaryDirectory();
  using work = temporaryDirectory();
  unpackLokiStorage(work.path, "damaged");
  await using console = await consoleIn(profile);
  const { scans } = console.storage;
  const store = await enterFolder(console, work.path);
  const whole = await beginScan(console, store);
  await untilJob(console, whole, "succeeded", "failed");
  const globex = await beginScan(console, store, { scope: { ...WHOLE_BUCKET, tenants: ["globex"] } });
  await untilJob(console, globex, "succeeded", "failed");
  const ofGlobex = told(console, whole).filter(({ tenant }) => tenant === "globex" || tenant === null);
  expect(told(console, globex).filter(({ tenant }) => tenant !== null)).toEqual(
    ofGlobex.filter(({ tenant }) => tenant !== null),
  );
  expect(scans.summary(globex).compared).toMatchObject({ with: whole, appeared: 0, vanished: 0 });
  const [fromMs, throughMs] = [1_795_255_200_000, 1_795_255_499_000];
  const hour = await beginScan(console, store, { scope: { ...WHOLE_BUCKET, fromMs, throughMs } });
  await untilJob(console, hour, "succeeded", "failed");
  expect(scans.summary(hour).compared).toMatchObject({ appeared: 0, vanished: 0 });
  for (const finding of told(console, hour)) {
    expect(finding.fromMs ?? 0).toBeLessThanOrEqual(throughMs);
    expect(finding.throughMs ?? 0).toBeGreaterThanOrEqual(fromMs);
  }
  expect(told(console, hour).map(({ kind }) => kind)).toContain("missing-chunk");
  expect(scans.lastWhole(store)?.scan).toBe(whole);
}, 120_000);

async function untilChecked(console: Console, scan: JobId, chunks: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (console.storage.scans.summary(scan).checked >= chunks) resolve();
  };
  const stop = console.jobs.onChange(look);
  try {
    await promise;
  } finally {
    stop();
  }
}
