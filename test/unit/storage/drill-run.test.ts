import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import type { DrillCheckpoint } from "../../../src-main/core/storage/drills/drill-checkpoint.ts";
import { verifyReport } from "../../../src-main/core/storage/drills/report-signing.ts";
import { drillBench } from "../../builders/drill-runs.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { itemsOf, openedFolder, planned } from "../../builders/restore-planning.ts";
import { objectsOf, openerOf } from "../../builders/restore-runs.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

describe("a drill", () => {
  it("restores everything into the scratch bucket, scans it, and keeps a report that verifies", async () => {
    using work = temporaryDirectory();
    const drill = await drilled(work);
    using bench = drill.bench;
    const output = await bench.run(drill.plan);
    expect(output.drill).toMatchObject({ result: "passed", store: "bucket", principal: "tester", rpoMs: null });
    expect(output.done).toBe(true);
    expect(output.steps.map(({ state }) => state)).not.toContain("waiting");
    const items = await itemsOf(drill.plan);
    const scratch = await objectsOf(new FolderObjectStore(work.file("scratch")));
    expect(scratch.map(({ key }) => key).toSorted()).toEqual(items.map(({ key }) => key).toSorted());
    expect(output.drill?.objects).toBe(items.length);
    expect(output.drill?.bytesPerSecond).toBeGreaterThan(0);
    const [kept] = bench.history.list(null, 10);
    expect(kept).toEqual(output.drill);
    if (kept === undefined) throw new Error("no drill");
    const signed = bench.history.signed(kept.drill);
    expect(verifyReport(JSON.stringify(signed), "report.json").report.drill.result).toBe("passed");
    expect(bench.history.hasSignedWith(signed.signature.publicKey)).toBe(true);
  });

  it("removes what the drill before wrote and nothing else", async () => {
    using work = temporaryDirectory();
    const drill = await drilled(work, ["tiny"]);
    using bench = drill.bench;
    await bench.run(drill.plan);
    const items = await itemsOf(drill.plan);
    const [changed] = items;
    if (changed === undefined) throw new Error("no items");
    writeFileSync(work.file("scratch/somebody-elses"), "not a drill's");
    writeFileSync(join(work.file("scratch"), changed.key), "somebody wrote over it");
    const narrower = await drill.planAgain({ tenants: ["nobody"], fromMs: null, throughMs: null });
    const second = await bench.run(narrower);
    const own = (await itemsOf(narrower)).map(({ key }) => key);
    // What both drills are about was taken away and written anew: only then is its time measured.
    expect(second).toMatchObject({ written: own.length, found: 0 });
    const left = await objectsOf(new FolderObjectStore(work.file("scratch")));
    expect(left.map(({ key }) => key).toSorted()).toEqual([changed.key, "somebody-elses", ...own].toSorted());
    expect(() => readFileSync(join(drill.plan.directory, "plan.json"))).toThrow("ENOENT");
  });

  it("has failed when an object of its plan could not be restored, and says so in a signed report", async () => {
    using work = temporaryDirectory();
    const drill = await drilled(work, ["tiny"]);
    using bench = drill.bench;
    const [gone] = await itemsOf(drill.plan);
    if (gone === undefined) throw new Error("no items");
    rmSync(join(work.file("copy"), gone.key));
    const output = await bench.run(drill.plan);
    expect(output.drill?.result).toBe("failed");
    expect(output.done).toBe(false);
    expect(output.failed.map(({ key }) => key)).toContain(gone.key);
    expect(bench.history.list(null, 10).map(({ result }) => result)).toEqual(["failed"]);
  });

  it("goes on after a stop from what it had committed, and is one drill", async () => {
    using work = temporaryDirectory();
    const drill = await drilled(work, ["tiny"]);
    using bench = drill.bench;
    const stop = new AbortController();
    const commits: DrillCheckpoint[] = [];
    const stopped = await bench.run(drill.plan, {
      job: "one-job",
      signal: stop.signal,
      onCommit: (checkpoint) => {
        commits.push(checkpoint);
        if (checkpoint.position > 0) stop.abort();
      },
    });
    expect(stopped).toMatchObject({ drill: null, done: false });
    expect(bench.history.list(null, 10)).toEqual([]);
    const checkpoint = commits.at(-1);
    if (checkpoint === undefined) throw new Error("nothing was committed");
    const output = await bench.run(drill.plan, { job: "one-job", checkpoint });
    expect(output.drill?.result).toBe("passed");
    expect(output.drill?.startedAtMs).toBe(checkpoint.beganAtMs);
    expect(bench.history.list(null, 10)).toHaveLength(1);
  });
});

async function drilled(work: TemporaryDirectory, tenants: string[] | null = null) {
  unpackLokiStorage(work.file("bucket"), "whole");
  unpackLokiStorage(work.file("copy"), "whole");
  const folders = { bucket: work.file("bucket"), copy: work.file("copy"), scratch: work.file("scratch") };
  const planAgain = (scope: { tenants: string[] | null; fromMs: number | null; throughMs: number | null }) => {
    const bucket = openedFolder("bucket", folders.bucket);
    const source = openedFolder("copy", folders.copy);
    const into = openedFolder("scratch", folders.scratch);
    const request = { source: { kind: "store" as const, store: source.id }, scope };
    return planned(work.file("plans"), { bucket, source, into }, request);
  };
  const opener = openerOf({
    bucket: () => new FolderObjectStore(folders.bucket),
    copy: () => new FolderObjectStore(folders.copy),
    scratch: () => new FolderObjectStore(folders.scratch),
  });
  const plan = await planAgain({ tenants, fromMs: null, throughMs: null });
  return { plan, planAgain, bench: drillBench(work, opener) };
}
