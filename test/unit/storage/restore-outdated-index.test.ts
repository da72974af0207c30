import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { scanBucket } from "../../../src-main/core/storage/integrity/integrity-scan.ts";
import { writeObject } from "../../builders/loki-bucket.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { itemsOf, openedFolder, planned } from "../../builders/restore-planning.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

describe("a restore plan of a bucket that has lost all of its chunks", () => {
  it("brings back each one that its copy has, also those that were not compacted yet", async () => {
    using work = temporaryDirectory();
    for (const place of ["bucket", "copy"]) unpackLokiStorage(work.file(place), "whole");
    for (const tenant of ["acme", "globex", "tiny"]) rmSync(work.file(`bucket/${tenant}`), { recursive: true });
    const bucket = openedFolder("bucket", work.file("bucket"));
    const source = openedFolder("copy", work.file("copy"));
    const kept = await planned(work.file("plans"), { bucket, source }, { source: { kind: "store", store: source.id } });
    expect(kept.plan.counts).toMatchObject({ missing: 1866, restorable: 1806, lost: 60 });
    expect((await itemsOf(kept)).map(({ kind }) => kind)).toEqual(Array.from({ length: 1806 }, () => "chunk"));
  });

  it("does not bring back what a delete request took, though an index that was uploaded again still names it", async () => {
    using work = temporaryDirectory();
    for (const place of ["bucket", "copy"]) unpackLokiStorage(work.file(place), "whole");
    const bucket = openedFolder("bucket", work.file("bucket"));
    const source = openedFolder("copy", work.file("copy"));
    const request = { source: { kind: "store" as const, store: source.id } };
    const { findings } = await scanBucket({ store: bucket.store, mode: "fast" }, new AbortController().signal);
    const deleted = findings.filter(({ kind }) => kind === "missing-chunk").map(({ key }) => key);
    // The copy still has them, as a copy that only adds would.
    for (const key of deleted) writeObject(work.file("copy"), key, Buffer.from("deleted since"));
    const kept = await planned(work.file("plans"), { bucket, source }, request);
    expect(await itemsOf(kept)).toEqual([]);
    expect(kept.plan.counts).toMatchObject({ missing: 0, lost: 0 });
    expect(kept.plan.problems).toContainEqual({
      code: "restore-deleted-on-purpose",
      weight: "notes",
      params: { chunks: 60 },
    });
  });
});
