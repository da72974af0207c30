import { rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tableDayMs } from "../../../src-main/core/common/loki-format/tsdb/index-key.ts";
import type { LifecycleRule } from "../../../src-main/core/storage/bucket-health/bucket-settings.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import { drPart } from "../../../src-main/core/storage/recovery/dr-part.ts";
import { flushPart } from "../../../src-main/core/storage/recovery/flush-part.ts";
import { RecoveryFactsService } from "../../../src-main/core/storage/recovery/recovery-facts.service.ts";
import { restoreTime } from "../../../src-main/core/storage/recovery/rto.ts";
import { versionsKeptDays } from "../../../src-main/core/storage/recovery/versions-part.ts";
import { walPart, type IngesterUse } from "../../../src-main/core/storage/recovery/wal-part.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { storeIdSchema } from "../../../src-shared/model/storage/store.ts";
import { drillReportOf } from "../../builders/drill-reports.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { openedFolder } from "../../builders/restore-planning.ts";
import { objectsOf } from "../../builders/restore-runs.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const never = new AbortController().signal;

function ingester(instance: string, minutesAgo: number | null, memoryChunks: number | null = 10): IngesterUse {
  const atMs = minutesAgo === null ? null : 1_000 * MINUTE_MS - minutesAgo * MINUTE_MS;
  return { instance, memoryChunks, lastFlush: { atMs, sinceMs: 900 * MINUTE_MS } };
}

function wal(ingesters: readonly IngesterUse[], maxChunkAgeMs: number | null = 120 * MINUTE_MS) {
  return walPart({ atMs: 0, ingesters, maxChunkAgeMs }, 1_000 * MINUTE_MS);
}

describe("what only ingesters' disks have", () => {
  it("is bounded by the one that flushed longest ago, and by how old a chunk may become", () => {
    const part = wal([ingester("a", 1), ingester("b", 30), ingester("c", 5)]);
    expect(part).toMatchObject({ state: "known", ms: 150 * MINUTE_MS, params: { instance: "b" } });
    expect(part.evidence.map(({ fact }) => fact)).toContain("b: loki_ingester_chunks_flushed_total");
  });

  it("is nothing where no chunk is in memory, whenever that was flushed", () => {
    expect(wal([ingester("a", null, 0)], null)).toMatchObject({ state: "known", ms: 0 });
  });

  it("is not known, with the reason, where one thing of it is not", () => {
    expect(wal([])).toMatchObject({ state: "unknown", ms: null, reason: "no-ingester" });
    expect(wal([ingester("a", 1), ingester("b", 1, null)])).toMatchObject({
      reason: "unanswered",
      params: { count: 1 },
    });
    expect(wal([ingester("a", 1)], null)).toMatchObject({ reason: "no-max-age" });
    expect(wal([ingester("a", 1), ingester("b", null)])).toMatchObject({
      reason: "no-flush-seen",
      params: { instance: "b", minutes: 100 },
    });
    expect(wal([{ instance: "a", memoryChunks: 1, lastFlush: null }])).toMatchObject({ reason: "no-history" });
  });
});

describe("how far a copy lags behind", () => {
  it("is nothing where the copy has the newest index files and the newest chunks that these name", async () => {
    using work = temporaryDirectory();
    const { primary, copy, nowMs } = await twins(work);
    const part = await drPart(primary, copy, nowMs, never);
    expect(part).toMatchObject({ state: "known", ms: 0, params: { missing: 0 } });
    expect(Number(part.evidence.find(({ fact }) => fact === "chunks asked for")?.value)).toBeGreaterThan(0);
  });

  it("is the age of the oldest index file that the copy lacks", async () => {
    using work = temporaryDirectory();
    const { primary, copy, nowMs, newestTable } = await twins(work);
    const [first, second] = (await objectsOf(primary.store)).filter(({ key }) => key.startsWith(newestTable));
    if (first === undefined || second === undefined) throw new Error("too few index files");
    for (const [object, minutes] of [
      [first, 7],
      [second, 3],
    ] as const) {
      const seconds = (nowMs - minutes * MINUTE_MS) / 1_000;
      utimesSync(join(work.file("bucket"), object.key), seconds, seconds);
      rmSync(join(work.file("copy"), object.key));
    }
    const part = await drPart(primary, copy, nowMs, never);
    expect(part).toMatchObject({ state: "known", ms: 7 * MINUTE_MS, params: { missing: 2 } });
    expect(part.evidence[0]?.fact).toBe(first.key);
  });

  it("sees chunks that the newest index names and the copy lacks, and not what was never there", async () => {
    using work = temporaryDirectory();
    const { primary, copy, nowMs } = await twins(work);
    for (const { key } of await objectsOf(copy.store)) {
      if (!key.startsWith("index/")) rmSync(join(work.file("copy"), key));
    }
    const part = await drPart(primary, copy, nowMs, never);
    expect(part.state).toBe("known");
    expect(part.params["missing"]).toBeGreaterThan(0);
    for (const { key } of await objectsOf(primary.store)) {
      if (!key.startsWith("index/")) rmSync(join(work.file("bucket"), key));
    }
    expect(await drPart(primary, copy, nowMs, never)).toMatchObject({ state: "known", ms: 0 });
  });

  it("is not known of a bucket that has no index", async () => {
    using work = temporaryDirectory();
    const empty = { store: new FolderObjectStore(work.file("empty")), indexPrefix: "index/" };
    expect(await drPart(empty, empty, Date.now(), never)).toMatchObject({ state: "unknown", reason: "no-index" });
  });
});

describe("the last write into a bucket", () => {
  it("is the newest file of the newest index tables, where no ingester tells", async () => {
    using work = temporaryDirectory();
    const { primary, nowMs, newestTable } = await twins(work);
    const newest = (await objectsOf(primary.store)).findLast(({ key }) => key.startsWith(newestTable));
    if (newest === undefined) throw new Error("no index");
    const seconds = nowMs / 1_000 + 60;
    utimesSync(join(work.file("bucket"), newest.key), seconds, seconds);
    const part = await flushPart(primary, null, nowMs + 5 * MINUTE_MS, never);
    expect(part).toMatchObject({ state: "known", ms: 4 * MINUTE_MS, params: { by: "index" } });
    expect(part.evidence[0]?.fact).toBe(newest.key);
    const told = { atMs: 0, ingesters: [ingester("a", 2), ingester("b", 9)], maxChunkAgeMs: null };
    expect(await flushPart(primary, told, 1_000 * MINUTE_MS, never)).toMatchObject({
      ms: 2 * MINUTE_MS,
      params: { by: "metrics" },
    });
  });
});

describe("how long versions stay", () => {
  it("is the shortest rule that removes some, of those that touch what Loki writes", () => {
    const rule = (days: number | null, other: Partial<LifecycleRule> = {}): LifecycleRule => ({
      id: `after-${days}`,
      enabled: true,
      prefix: "",
      tagged: false,
      largerThanBytes: null,
      smallerThanBytes: null,
      expirationDays: null,
      expirationDateMs: null,
      expiredDeleteMarker: false,
      noncurrentDays: days,
      noncurrentKept: null,
      abortMultipartDays: null,
      ...other,
    });
    expect(versionsKeptDays([])).toBeNull();
    expect(versionsKeptDays([rule(null)])).toBeNull();
    expect(versionsKeptDays([rule(30), rule(7), rule(1, { enabled: false }), rule(2, { tagged: true })])).toEqual({
      days: 7,
      rule: "after-7",
    });
  });
});

describe("how long restoring takes", () => {
  const { drill } = drillReportOf();

  it("is the bucket's bytes by the rate of the newest drill that ended", () => {
    const older = { ...drill, endedAtMs: drill.endedAtMs - DAY_MS, bytesPerSecond: 1 };
    const cancelled = { ...drill, endedAtMs: drill.endedAtMs + DAY_MS, result: "cancelled" as const };
    const rto = restoreTime(5_000_000, [older, cancelled, drill], drill.endedAtMs + DAY_MS, 90);
    expect(rto).toMatchObject({ state: "measured", ms: 5_000, drill: drill.drill });
  });

  it("is stale after its days, and unmeasured without a drill", () => {
    expect(restoreTime(1, [drill], drill.endedAtMs + 91 * DAY_MS, 90).state).toBe("stale");
    expect(restoreTime(1, [{ ...drill, bytesPerSecond: null }], 0, 90)).toMatchObject({
      state: "unmeasured",
      ms: null,
    });
    expect(restoreTime(null, [drill], drill.endedAtMs, 90)).toMatchObject({ state: "measured", ms: null });
  });
});

describe("what is known of a store", () => {
  it("adds what ingesters hold to what the copy lacks, and says what is not known", async () => {
    using work = temporaryDirectory();
    const { nowMs } = await twins(work);
    const dr = storeIdSchema.parse("copy");
    const facts = (ingesters: () => Promise<Parameters<typeof walPart>[0] | string>, copy: typeof dr | null) =>
      new RecoveryFactsService({
        stores: {
          open: async (id) =>
            openedFolder(id, work.file(id), { dr: id === "bucket" ? copy : null, site: "site" as never }),
        },
        ingesters,
        settingsOf: () => {
          throw new Error("a folder has no settings");
        },
        bucketBytes: () => Promise.resolve(10),
        drills: () => [],
        staleAfterDays: () => 90,
        clock: { nowMs: () => nowMs, sleep: () => Promise.resolve(), after: () => () => undefined },
      }).facts(storeIdSchema.parse("bucket"), never);
    const use = { instance: "a", memoryChunks: 1, lastFlush: { atMs: nowMs - MINUTE_MS, sinceMs: 0 } };
    const whole = await facts(() => Promise.resolve({ atMs: nowMs, ingesters: [use], maxChunkAgeMs: MINUTE_MS }), dr);
    expect(whole.rpo).toMatchObject({ bucketLostMs: 0, allLostMs: 2 * MINUTE_MS });
    expect(whole.rpo.parts.map(({ what, state }) => `${what} ${state}`)).toEqual([
      "wal known",
      "flush known",
      "versions absent",
      "dr known",
    ]);
    const refused = await facts(() => Promise.reject(new AppError("sites.unknown", { site: "x" })), dr);
    expect(refused.rpo.parts[0]).toMatchObject({
      state: "unknown",
      reason: "failed",
      params: { code: "sites.unknown" },
    });
    const less = await facts(() => Promise.resolve("no-round"), null);
    expect(less.rpo).toMatchObject({ bucketLostMs: null, allLostMs: null });
    expect(less.rpo.parts.find(({ what }) => what === "dr")).toMatchObject({ state: "absent", reason: "none" });
    expect(less.rpo.parts.find(({ what }) => what === "wal")).toMatchObject({ state: "unknown", reason: "no-round" });
  });
});

async function twins(work: TemporaryDirectory) {
  unpackLokiStorage(work.file("bucket"), "whole");
  unpackLokiStorage(work.file("copy"), "whole");
  const primary = { store: new FolderObjectStore(work.file("bucket")), indexPrefix: "index/" };
  const copy = { store: new FolderObjectStore(work.file("copy")), indexPrefix: "index/" };
  const { prefixes } = await primary.store.list({ prefix: "index/", delimiter: "/" }, never);
  const tables = prefixes.flatMap((prefix) => {
    const dayMs = tableDayMs(prefix.slice("index/".length, -1));
    return dayMs === null ? [] : [{ prefix, dayMs }];
  });
  const newest = tables.toSorted((a, b) => b.dayMs - a.dayMs)[0];
  if (newest === undefined) throw new Error("no tables");
  return {
    primary,
    copy,
    newestTable: newest.prefix,
    nowMs: Math.ceil(Math.max(Date.now(), newest.dayMs + DAY_MS) / 1_000) * 1_000,
  };
}
