import { renameSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import { DEFAULT_LAYOUT } from "../../../src-main/core/storage/integrity/object-kind.ts";
import { rowsOf } from "../../../src-main/core/storage/scans/finding-rows.ts";
import { FindingsStore } from "../../../src-main/core/storage/scans/findings.store.ts";
import { ScanRunner } from "../../../src-main/core/storage/scans/scan-runner.ts";
import { scanRow } from "../../../src-main/core/storage/scans/scan-rows.ts";
import type { StoreAway } from "../../../src-main/core/storage/scans/store-patience.ts";
import type { OpenedStore } from "../../../src-main/core/storage/stores/opened-store.ts";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import { storeIdSchema } from "../../../src-shared/model/storage/store.ts";
import { WHOLE_BUCKET } from "../../../src-shared/model/storage/scan.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";
import { workerSource } from "../../builders/worker-source.ts";

const never = new AbortController().signal;
const store = storeIdSchema.parse("copy");

function openedFolder(directory: string): OpenedStore {
  const folder = new FolderObjectStore(directory);
  return {
    id: store,
    config: {
      name: "copy",
      place: { kind: "folder", directory },
      site: null,
      indexPrefix: "index/",
      bytesPerSecond: null,
      dr: null,
      scratch: null,
    },
    store: folder,
    layout: DEFAULT_LAYOUT,
    folder: directory,
    s3: null,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function scanner(profile: { file(name: string): string }, folder: string, patienceMs: number) {
  const runner = new ScanRunner({
    locateWorker: workerSource,
    clock: systemClock,
    logger: new RecordingLogger(),
    patienceMs,
    onDamaged: () => {},
  });
  const run = async (
    id: string,
    hooks: { readonly onWaiting?: (away: StoreAway | null) => void; readonly onNews?: (checked: number) => void } = {},
  ) => {
    await using opened = openedFolder(folder);
    return runner.run(
      {
        opened,
        order: {
          scan: jobIdSchema.parse(id),
          request: { store, mode: "fast", scope: WHOLE_BUCKET, incremental: false, bytesPerSecond: null },
          title: folder,
          principal: "tester",
          startedAtMs: systemClock.nowMs(),
          layout: opened.layout,
          findingsFile: profile.file("findings.db"),
          ledgerFile: profile.file("ledger.db"),
          sampleFrom: 0,
          keepScans: 5,
        },
        bytesPerSecond: 2_000_000,
        onNews: ({ summary }) => hooks.onNews?.(summary.checked),
        onWaiting: hooks.onWaiting ?? (() => {}),
      },
      never,
    );
  };
  return { run, [Symbol.asyncDispose]: () => runner[Symbol.asyncDispose]() };
}

function findingsOf(file: string, id: string): readonly string[] {
  using findings = new FindingsStore({ file, clock: systemClock, onDamaged: () => {} });
  const row = findings.run((database) => scanRow(database, jobIdSchema.parse(id)));
  if (row === null) throw new Error("no such scan");
  return [...rowsOf(findings, row.range, {})].map(({ finding }) => JSON.stringify(finding));
}

const [FIRST, SECOND, THIRD] = [
  "11111111-1111-4111-8111-111111111111",
  "22222222-2222-4222-8222-222222222222",
  "33333333-3333-4333-8333-333333333333",
] as const;

it("a store that goes away in the middle is waited for, and nothing of it is told as lost", async () => {
  using profile = temporaryDirectory();
  using work = temporaryDirectory();
  const folder = work.file("bucket");
  unpackLokiStorage(folder, "damaged");
  await using scans = scanner(profile, folder, 60_000);
  await scans.run(FIRST);
  const told: (string | null)[] = [];
  let away = false;
  const summary = await scans.run(SECOND, {
    onNews: (checked) => {
      if (away || checked < 300) return;
      away = true;
      renameSync(folder, work.file("elsewhere"));
    },
    onWaiting: (waiting) => {
      told.push(waiting?.error.code ?? null);
      if (waiting !== null) renameSync(work.file("elsewhere"), folder);
    },
  });
  expect(told).toEqual(["storage.bucket-unknown", null]);
  expect(summary.compared).toMatchObject({ with: FIRST, appeared: 0, vanished: 0 });
  const file = profile.file("findings.db");
  expect(findingsOf(file, SECOND)).toEqual(findingsOf(file, FIRST));
}, 120_000);

it("a store that stays away ends the scan with what it said, and the scan goes on from there", async () => {
  using profile = temporaryDirectory();
  using work = temporaryDirectory();
  const folder = work.file("bucket");
  unpackLokiStorage(folder, "damaged");
  await using scans = scanner(profile, folder, 1_500);
  let away = false;
  const ended = scans.run(FIRST, {
    onNews: (checked) => {
      if (away || checked < 300) return;
      away = true;
      renameSync(folder, work.file("elsewhere"));
    },
  });
  await expect(ended).rejects.toMatchObject({ code: "storage.bucket-unknown" });
  await expect(scans.run(FIRST)).rejects.toMatchObject({ code: "storage.bucket-unknown" });
  renameSync(work.file("elsewhere"), folder);
  const resumed = await scans.run(FIRST);
  expect(resumed).toMatchObject({ state: "finished", checked: resumed.chunks, gaps: [] });
}, 120_000);

it("databases that are no databases are set aside, told, and begun anew", async () => {
  using profile = temporaryDirectory();
  using work = temporaryDirectory();
  unpackLokiStorage(work.path, "whole");
  await using scans = scanner(profile, work.path, 1_000);
  for (const name of ["ledger.db", "findings.db"])
    writeFileSync(profile.file(name), "no database at all, and long enough");
  const summary = await scans.run(THIRD);
  expect(summary.gaps).toMatchObject([{ key: "ledger-damaged", params: { count: 1 } }]);
  expect(findingsOf(profile.file("findings.db"), THIRD)).toHaveLength(60);
}, 120_000);
