import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseChunkKey } from "../../../src-main/core/common/loki-format/chunk-key.ts";
import type { KeptRestorePlan } from "../../../src-main/core/storage/restore/plan/planned-restore-files.ts";
import { SCRATCH_MARKER_KEY } from "../../../src-main/core/storage/restore/plan/scratch-marker.ts";
import { siteIdSchema } from "../../../src-shared/model/ids.ts";
import { recordedChunks, recordedDamages, writeObject } from "../../builders/loki-bucket.ts";
import { INDEX_DAMAGES, unpackLokiStorage } from "../../builders/loki-storage.ts";
import { itemsOf, openedFolder, planned, twoStores } from "../../builders/restore-planning.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

/** Damages of chunks that a whole copy mends; the others are objects that the copy does not have. */
function mendable(): readonly string[] {
  const recorded = new Set(recordedChunks().map(({ key }) => key));
  return recordedDamages()
    .map(({ key }) => key)
    .filter((key) => recorded.has(key))
    .toSorted();
}

describe("a restore plan of the recorded damaged bucket, with a whole copy of it", () => {
  const work = temporaryDirectory();
  const bucket = openedFolder("bucket", work.file("bucket"));
  const source = openedFolder("copy", work.file("copy"));
  const request = { source: { kind: "store" as const, store: source.id } };
  const phases = new Set<string>();
  let kept: KeptRestorePlan;

  beforeAll(async () => {
    unpackLokiStorage(work.file("bucket"), "damaged");
    unpackLokiStorage(work.file("copy"), "whole");
    kept = await planned(work.file("plans"), { bucket, source }, request, {}, ({ phase }) => phases.add(phase));
  });
  afterAll(() => work[Symbol.dispose]());

  it("brings back every damaged and missing object and nothing else, chunks before index files", async () => {
    const { plan } = kept;
    const items = await itemsOf(kept);
    const chunks = items.filter(({ kind }) => kind === "chunk");
    const indexes = items.filter(({ kind }) => kind === "index");
    expect(chunks.map(({ key }) => key).toSorted()).toEqual(mendable());
    expect(indexes.map(({ key }) => key).toSorted()).toEqual(
      [INDEX_DAMAGES.corrupt, ...INDEX_DAMAGES.removed].toSorted(),
    );
    expect(items.slice(0, chunks.length)).toEqual(chunks);
    expect(plan).toMatchObject({ chunks: chunks.length, indexFiles: 5, purpose: "restore" });
    expect(plan.counts).toMatchObject({ restorable: items.length, damaged: 7, lost: 60, missing: 65 });
    expect(plan.bytes).toBe(items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    expect(plan.diff.split("\n").filter((line) => line.startsWith("~ "))).toHaveLength(7);
    expect([...phases].toSorted()).toEqual(["index", "listing", "preflight", "source", "verifying"]);
    // From the middle on, as a job that was killed reads it.
    expect(await itemsOf(kept, 3)).toEqual(items.slice(3));
  });

  it("says of what nobody has which streams and minutes it was", () => {
    const { plan } = kept;
    expect(plan.lost.reduce((sum, { chunks }) => sum + chunks, 0)).toBe(60);
    expect(plan.lost).toHaveLength(plan.lostStreams);
    for (const { labels, fromMs, throughMs } of plan.lost) {
      expect(Object.keys(labels ?? {})).not.toHaveLength(0);
      expect(throughMs).toBeGreaterThanOrEqual(fromMs);
    }
    expect(plan.lostMinutes).toBeGreaterThan(0);
    expect(plan.problems.map(({ code }) => code)).toContain("restore-lost");
  });

  it("asks one query for each tenant and day, which finds the lines of a chunk that comes back", () => {
    const { plan } = kept;
    const days = plan.canaries.map(({ tenant, day }) => `${tenant} ${day}`);
    expect(new Set(days).size).toBe(days.length);
    const truth = recordedChunks();
    const known = plan.canaries.flatMap(({ tenant, query, fromMs, throughMs, expected }) => {
      const isOf = (labels: Readonly<Record<string, string>>) =>
        Object.entries(labels).every(([name, value]) => name === "__name__" || query.includes(`${name}="${value}"`));
      const chunk = truth.find((each) => each.tenant === tenant && each.from_ms === fromMs && isOf(each.labels));
      // Not every chunk of the recording was looked into.
      return chunk === undefined ? [] : [{ throughMs, expected, chunk }];
    });
    expect(known.length).toBeGreaterThanOrEqual(2);
    for (const { throughMs, expected, chunk } of known) {
      expect({ throughMs, expected }).toEqual({ throughMs: chunk.through_ms, expected: chunk.entries });
    }
    expect(days.length).toBeGreaterThanOrEqual(4);
  });
});

describe("a restore plan", () => {
  it("brings back only what its tenants and times are about", async () => {
    using work = temporaryDirectory();
    const { bucket, source, keys } = twoStores(work);
    for (const key of keys) rmSync(work.file(`bucket/${key}`));
    const kept = await planned(
      work.file("plans"),
      { bucket, source },
      {
        source: { kind: "store", store: source.id },
        scope: { tenants: ["globex"], fromMs: Date.UTC(2026, 10, 21), throughMs: null },
      },
    );
    const globex = keys.filter(
      (key) => key.startsWith("globex/") && (parseChunkKey(key)?.key.throughMs ?? 0) >= Date.UTC(2026, 10, 21),
    );
    expect(globex).not.toHaveLength(0);
    expect((await itemsOf(kept)).map(({ key }) => key)).toEqual(globex);
  });

  it("brings back only what is asked for, where findings are named", async () => {
    using work = temporaryDirectory();
    const { bucket, source, keys } = twoStores(work);
    for (const key of [...keys, ...INDEX_DAMAGES.removed]) rmSync(work.file(`bucket/${key}`));
    const [chunk = ""] = keys;
    const targets = { chunks: new Set([chunk]), indexes: new Set(["index/index_20777/globex/"]) };
    const request = { source: { kind: "store" as const, store: source.id } };
    const kept = await planned(work.file("plans"), { bucket, source }, request, { targets });
    expect((await itemsOf(kept)).map(({ key }) => key).toSorted()).toEqual(
      [chunk, ...INDEX_DAMAGES.removed].toSorted(),
    );
  });

  it("leaves index files alone that compaction has replaced since", async () => {
    using work = temporaryDirectory();
    const { bucket, source } = twoStores(work);
    // In the copy the day was not compacted yet; in the bucket it was, and what was uploaded is gone.
    for (const tenant of ["acme", "globex"]) rmSync(work.file(`copy/index/index_20777/${tenant}`), { recursive: true });
    for (const key of INDEX_DAMAGES.removed.slice(0, 3)) rmSync(work.file(`bucket/${key}`));
    const request = { source: { kind: "store" as const, store: source.id } };
    const kept = await planned(work.file("plans"), { bucket, source }, request);
    expect(await itemsOf(kept)).toEqual([]);
    expect(kept.plan.problems).toContainEqual({
      code: "restore-index-replaced",
      weight: "notes",
      params: { files: 3 },
    });
  });

  it("counts as lost what the source has, but not whole", async () => {
    using work = temporaryDirectory();
    const { bucket, source, keys } = twoStores(work);
    const [key = ""] = keys;
    rmSync(work.file(`bucket/${key}`));
    writeFileSync(work.file(`copy/${key}`), "not what it was");
    const request = { source: { kind: "store" as const, store: source.id } };
    const kept = await planned(work.file("plans"), { bucket, source }, request);
    expect(await itemsOf(kept)).toEqual([]);
    expect(kept.plan.counts).toMatchObject({ restorable: 0, lost: 1, missing: 1, damaged: 0 });
    const chunk = parseChunkKey(key)?.key;
    expect(kept.plan.lost).toMatchObject([{ tenant: chunk?.tenant, fingerprint: chunk?.fingerprint.toString(16) }]);
    expect(kept.plan.lostMinutes).toBeGreaterThan(0);
    expect(kept.plan.problems[0]).toMatchObject({ code: "restore-nothing", weight: "stops" });
  });

  it("is not led astray by a source that is damaged where the bucket is whole", async () => {
    using work = temporaryDirectory();
    const { bucket, source, keys } = twoStores(work);
    for (const key of keys) writeFileSync(work.file(`copy/${key}`), "");
    const request = { source: { kind: "store" as const, store: source.id } };
    const kept = await planned(work.file("plans"), { bucket, source }, request);
    expect(await itemsOf(kept)).toEqual([]);
    expect(kept.plan.counts).toMatchObject({ missing: 0, damaged: 0, lost: 0 });
  });

  it("brings back no chunk that no index names, but where it is asked for", async () => {
    using work = temporaryDirectory();
    const { bucket, source, keys } = twoStores(work);
    // The bucket lost the index for good, and so did its copy.
    for (const place of ["bucket", "copy"]) rmSync(work.file(`${place}/index`), { recursive: true });
    const [orphan = ""] = keys;
    rmSync(work.file(`bucket/${orphan}`));
    const request = { source: { kind: "store" as const, store: source.id } };
    const kept = await planned(work.file("plans"), { bucket, source }, request);
    expect(await itemsOf(kept)).toEqual([]);
    expect(kept.plan.problems).toContainEqual({ code: "restore-orphans", weight: "notes", params: { chunks: 1 } });
    const targets = { chunks: new Set([orphan]), indexes: new Set<string>() };
    const asked = await planned(work.file("plans"), { bucket, source }, request, { targets });
    expect((await itemsOf(asked)).map((item) => item.key)).toEqual([orphan]);
  });

  it("leaves nothing behind where it cannot be made", async () => {
    using work = temporaryDirectory();
    const { bucket } = twoStores(work);
    const request = { source: { kind: "versions" as const, asOfMs: 1 } };
    await expect(planned(work.file("plans"), { bucket }, request)).rejects.toMatchObject({
      code: "storage.unsupported",
    });
    expect(readdirSync(work.file("plans"))).toEqual([]);
  });
});

describe("a drill's plan", () => {
  it("brings everything that the source has into an empty store, and stops where that is a live one", async () => {
    using work = temporaryDirectory();
    const { bucket, source, keys } = twoStores(work);
    mkdirSync(work.file("scratch"));
    writeObject(work.file("taken"), "somebody/else", Buffer.from("x"));
    const request = { source: { kind: "store" as const, store: source.id } };
    const into = openedFolder("scratch", work.file("scratch"));
    const kept = await planned(work.file("plans"), { bucket, source, into }, request);
    const items = await itemsOf(kept);
    expect(kept.plan.purpose).toBe("drill");
    expect(items.filter(({ kind }) => kind === "chunk").map(({ key }) => key)).toEqual(keys);
    expect(items.filter(({ kind }) => kind === "index")).toHaveLength(10);
    expect(items.every(({ action, replacesEtag }) => action === "add" && replacesEtag === null)).toBe(true);
    expect(kept.plan.problems.filter(({ weight }) => weight === "stops")).toEqual([]);
    const stopped = async (scratch: typeof into) =>
      (await planned(work.file("plans"), { bucket, source, into: scratch }, request)).plan.problems.find(
        ({ weight }) => weight === "stops",
      )?.code;
    expect(await stopped(openedFolder("taken", work.file("taken")))).toBe("scratch-not-empty");
    writeObject(work.file("taken"), SCRATCH_MARKER_KEY, Buffer.from("{}"));
    expect(await stopped(openedFolder("taken", work.file("taken")))).toBeUndefined();
    expect(await stopped(openedFolder("other", work.file("bucket/inner")))).toBe("scratch-is-bucket");
    expect(await stopped(openedFolder("copy-again", work.file("copy")))).toBe("scratch-is-source");
    const site = siteIdSchema.parse("0b9f2f0e-2d0a-4a39-8c39-0f6f3c3f5f10");
    expect(await stopped(openedFolder("live", work.file("scratch"), { site }))).toBe("scratch-is-live");
  });
});
