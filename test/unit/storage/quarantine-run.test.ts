import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import type { LokiControl } from "../../../src-main/core/storage/loki/loki-control.ts";
import { asideKey, manifestKey } from "../../../src-main/core/storage/quarantine/batch-manifest.ts";
import { wrapped } from "../../builders/careless-store.ts";
import type { MortalQuarantine } from "../../builders/mortal-quarantine.ts";
import { BUCKET, contentsOf, QuarantineBench } from "../../builders/quarantine-desk.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const signal = new AbortController().signal;
const MORTAL = fileURLToPath(new URL("../../builders/mortal-quarantine.ts", import.meta.url));

function bucketOf(work: TemporaryDirectory, objects: number): { folder: string; keys: readonly string[] } {
  const folder = work.file("bucket");
  const keys = Array.from(
    { length: objects },
    (_, at) => `acme/${at.toString(16)}a/1a1fd8c6900:1a1fd90f8f8:d2b21e${at}`,
  );
  for (const [at, key] of [...keys, "acme/other", "index/x"].entries()) {
    mkdirSync(join(folder, key, ".."), { recursive: true });
    writeFileSync(join(folder, key), `object ${at} ${"x".repeat(at * 100)}`);
  }
  return { folder, keys };
}

/** The other process; `null` where it was killed. */
function mortal(told: MortalQuarantine): Promise<{ calls: number; state: string } | null> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [MORTAL, JSON.stringify(told)], (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout) as { calls: number; state: string });
      else if (error.signal === "SIGKILL") resolve(null);
      else reject(new Error(stderr, { cause: error }));
    });
  });
}

describe("the quarantine of a folder", () => {
  it("copies, verifies, removes and brings back: the bucket is the same, object for object", async () => {
    using work = temporaryDirectory();
    const { folder, keys } = bucketOf(work, 6);
    await using store = new FolderObjectStore(folder);
    const order: string[] = [];
    const watched = wrapped(store, (name, args) => {
      if (["put", "copy", "delete"].includes(name)) order.push(`${name} ${JSON.stringify(args[0])}`);
      return args;
    });
    await using desk = new QuarantineBench({ profile: work.path, store: watched });
    const before = await contentsOf(store);
    const plan = await desk.planKeys(keys);
    order.length = 0;
    const { report } = await desk.done(plan);
    expect(report).toMatchObject({ done: true, copied: 6, verified: 6, removed: 6, leftCount: 0 });
    expect([...(await contentsOf(store)).keys()]).toEqual(["acme/other", "index/x"]);
    const manifest = order.findIndex((each) => each.includes("manifest.json"));
    const copy = order.findIndex((each) => each.startsWith("copy"));
    const remove = order.findIndex((each) => each.startsWith("delete") && each.includes("acme/"));
    expect(manifest).toBeGreaterThan(-1);
    expect(manifest).toBeLessThan(copy);
    expect(order.findLastIndex((each) => each.startsWith("copy"))).toBeLessThan(remove);
    expect([...desk.told]).toEqual(keys.map((key) => [key, plan.batch]));
    const [batch] = await desk.service.batches(BUCKET, signal);
    expect(batch).toMatchObject({
      batch: plan.batch,
      state: "set-aside",
      count: 6,
      principal: "ada",
      reason: "a test",
    });
    const undone = await desk.done(await desk.planUndo(plan.batch));
    expect(undone.report).toMatchObject({ done: true, copied: 6, removed: 6 });
    expect(await contentsOf(store)).toEqual(before);
    expect(await desk.service.batch(BUCKET, plan.batch, signal)).toMatchObject({ state: "undone" });
    expect((await contentsOf(store, "__kubemate__/")).size).toBe(1);
    expect(desk.told.get(keys[0] ?? "")).toBeNull();
  });

  it("leaves what has changed since the plan where it is, and tells it", async () => {
    using work = temporaryDirectory();
    const { folder, keys } = bucketOf(work, 4);
    const [changed = "", gone = "", late = "", fine = ""] = keys;
    await using folderStore = new FolderObjectStore(folder);
    let copies = 0;
    const store = wrapped(folderStore, (name, args) => {
      // Another writer comes between the copies and the removal.
      if (name === "copy" && ++copies === 2) writeFileSync(join(folder, late), "somebody's new one");
      return args;
    });
    await using desk = new QuarantineBench({ profile: work.path, store });
    const before = await contentsOf(folderStore);
    const plan = await desk.planKeys(keys);
    await folderStore.put(changed, Buffer.from("new"), {}, signal);
    await folderStore.delete({ key: gone }, signal);
    const { report } = await desk.done(plan);
    expect(report.done).toBe(false);
    expect(Object.fromEntries(report.left.map(({ key, problem }) => [key, problem]))).toMatchObject({
      [changed]: "storage.changed",
      [gone]: "storage.not-found",
      [late]: expect.stringMatching(/^storage\.(changed|not-verified)$/),
    });
    const after = await contentsOf(folderStore);
    expect(Buffer.from(after.get(changed) ?? "", "base64").toString()).toBe("new");
    expect(Buffer.from(after.get(late) ?? "", "base64").toString()).toBe("somebody's new one");
    const undone = await desk.done(await desk.planUndo(plan.batch));
    expect(undone.report.done).toBe(true);
    expect(await contentsOf(folderStore)).toEqual(new Map(after).set(fine, before.get(fine) ?? ""));
  });

  it("brings nothing back over what has come to stand in its place, and nothing that was spoilt meanwhile", async () => {
    using work = temporaryDirectory();
    const { folder, keys } = bucketOf(work, 3);
    const [taken = "", spoilt = "", fine = ""] = keys;
    await using store = new FolderObjectStore(folder);
    await using desk = new QuarantineBench({ profile: work.path, store });
    const before = await contentsOf(store);
    const plan = await desk.planKeys(keys);
    await desk.done(plan);
    await store.put(taken, Buffer.from("newer"), {}, signal);
    await store.put(asideKey(plan.batch, spoilt), Buffer.from("spoilt"), {}, signal);
    const { report } = await desk.done(await desk.planUndo(plan.batch));
    expect(report.left.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
      { key: taken, problem: "storage.changed" },
      { key: spoilt, problem: "storage.source-damaged" },
    ]);
    const after = await contentsOf(store);
    expect(Buffer.from(after.get(taken) ?? "", "base64").toString()).toBe("newer");
    expect(after.has(spoilt)).toBe(false);
    expect(after.get(fine)).toBe(before.get(fine));
    expect(await desk.service.batch(BUCKET, plan.batch, signal)).toMatchObject({ state: "undoing" });
    await store.delete({ key: taken }, signal);
    const again = await desk.done(await desk.planUndo(plan.batch));
    expect(again.report.left.map(({ key }) => key)).toEqual([spoilt]);
    expect((await contentsOf(store)).get(taken)).toBe(before.get(taken));
  });

  it("cancelled in the middle, it goes on with the same request or is undone", async () => {
    for (const way of ["go on", "undo"] as const) {
      using work = temporaryDirectory();
      const { folder, keys } = bucketOf(work, 20);
      await using folderStore = new FolderObjectStore(folder);
      let removed = 0;
      let reached: (() => void) | null = null;
      const half = new Promise<void>((resolve) => (reached = resolve));
      const store = wrapped(folderStore, (name, args) => {
        const { key = "" } = (args[0] ?? {}) as { key?: string };
        if (name === "delete" && key.startsWith("acme/") && ++removed === 10) reached?.();
        return args;
      });
      await using desk = new QuarantineBench({ profile: work.path, store });
      const before = await contentsOf(folderStore);
      const plan = await desk.planKeys(keys);
      const job = await desk.apply(plan);
      await half;
      await desk.engine.cancel(job);
      const stopped = await desk.ended(job);
      const left = (await contentsOf(folderStore)).size - 2;
      if (stopped.job.state === "cancelled") expect(left).toBeGreaterThan(0);
      if (way === "undo") {
        await desk.done(await desk.planUndo(plan.batch));
        expect(await contentsOf(folderStore)).toEqual(before);
        continue;
      }
      if (stopped.job.state !== "cancelled") continue;
      const again = await desk.planKeys(keys);
      expect(again.batch).toBe(plan.batch);
      expect(again.problems.map(({ code }) => code)).toContain("goes-on");
      const { report } = await desk.done(again);
      expect(report).toMatchObject({ done: true, removed: 20 });
      expect((await contentsOf(folderStore)).size).toBe(2);
    }
  });

  it("killed at any point and taken up again, sets all aside and brings all back, byte for byte", async () => {
    using first = temporaryDirectory();
    const { folder: calm, keys } = bucketOf(first, 5);
    const whole = { profile: first.path, place: { folder: calm }, keys, batch: null, killAt: null };
    const counted = await mortal(whole);
    const calls = counted?.calls ?? 0;
    expect(calls).toBeGreaterThan(30);
    // Every eighth call, and both ends.
    const points = Array.from({ length: 7 }, (_, at) => 1 + Math.floor((at * (calls - 1)) / 6));
    using work = temporaryDirectory();
    const { folder } = bucketOf(work, 5);
    await using store = new FolderObjectStore(folder);
    const before = await contentsOf(store);
    for (const batch of [null, "undo"]) {
      const [standing] =
        batch === null ? [] : await new QuarantineBench({ profile: first.path, store }).service.batches(BUCKET, signal);
      const told = { profile: work.path, place: { folder }, keys, batch: standing?.batch ?? null };
      let ended: { state: string } | null = null;
      for (const [at, call] of points.entries()) {
        ended = await mortal({ ...told, killAt: { call, answered: at % 2 === 1 } });
        const now = await contentsOf(store);
        const aside = await contentsOf(store, "__kubemate__/quarantine/");
        // At no time is there an object that is nowhere.
        for (const [key, bytes] of before) {
          expect(now.get(key) === bytes || [...aside.values()].includes(bytes)).toBe(true);
        }
        if (ended !== null) break;
      }
      ended ??= await mortal({ ...told, killAt: null });
      expect(ended?.state).toBe("succeeded");
      const now = await contentsOf(store);
      expect([...now.keys()]).toEqual(batch === null ? ["acme/other", "index/x"] : [...before.keys()]);
      if (batch !== null) expect(now).toEqual(before);
    }
  }, 120_000);

  it("asks the queries before and after, and says which of them work", async () => {
    using work = temporaryDirectory();
    const { folder, keys } = bucketOf(work, 1);
    await using store = new FolderObjectStore(folder);
    const finding = {
      kind: "bitflip-block",
      severity: "critical",
      key: keys[0] ?? "",
      tenant: "acme",
      streams: [{ fingerprint: "a", labels: { app: "payments" } }],
      streamCount: 1,
      fromMs: 1_795_354_800_000,
      throughMs: 1_795_355_000_000,
      bytes: 8,
      entriesLost: 10,
      chunks: 1,
      evidence: [],
    } as const;
    const asked: string[] = [];
    const loki: LokiControl = {
      compactor: async () => null,
      pauseCompactor: () => Promise.reject(new Error("not asked")),
      resumeCompactor: () => Promise.reject(new Error("not asked")),
      retention: async () => null,
      refreshCaches: async () => [],
      countLines: async ({ query, tenant }) => {
        asked.push(`${tenant} ${query}`);
        // As a Loki that fails whole queries over one chunk, for as long as it is there.
        const there = (await contentsOf(store)).has(keys[0] ?? "");
        if (there) throw new AppError("storage.failed", { store: "Loki", problem: "500" });
        return { lines: 7, complete: true };
      },
    };
    await using desk = new QuarantineBench({
      profile: work.path,
      store,
      findings: [{ ...finding, streams: [...finding.streams], evidence: [] }],
      loki,
    });
    const { report } = await desk.done(await desk.planFindings([`bitflip-block ${keys[0]}`]));
    expect(asked).toEqual(['acme {app="payments"}', 'acme {app="payments"}']);
    expect(report.canaries).toMatchObject([{ state: "works", before: null, after: 7, problem: null }]);
  });

  it("calls a manifest unreadable that names what is not its own, and neither lists nor undoes by it", async () => {
    using work = temporaryDirectory();
    const { folder, keys } = bucketOf(work, 2);
    await using store = new FolderObjectStore(folder);
    await using desk = new QuarantineBench({ profile: work.path, store });
    const plan = await desk.planKeys(keys);
    await desk.done(plan);
    const path = join(folder, manifestKey(plan.batch));
    const text = Buffer.from(
      (await contentsOf(store, manifestKey(plan.batch))).get(manifestKey(plan.batch)) ?? "",
      "base64",
    ).toString();
    const forged = [
      text.replaceAll(asideKey(plan.batch, keys[0] ?? ""), "acme/other"),
      text.replaceAll(`"key":"${keys[0]}"`, '"key":"__kubemate__/lease.json"'),
      text.replaceAll(keys[1] ?? "", keys[0] ?? ""),
      text.replace(`"batch": "${plan.batch}"`, '"batch": "another"'),
      text.slice(0, 100),
      text.replace(/"sha256":"[0-9a-f]+"/, '"sha256":"no"'),
    ];
    for (const bad of forged) {
      expect(bad).not.toBe(text);
      writeFileSync(path, bad);
      expect(await desk.service.batches(BUCKET, signal)).toMatchObject([{ batch: plan.batch, state: "unreadable" }]);
      await expect(desk.planUndo(plan.batch)).rejects.toMatchObject({ code: "storage.batch-damaged" });
    }
    await expect(desk.planUndo("no-such-batch")).rejects.toMatchObject({ code: "storage.batch-unknown" });
    await expect(desk.service.batch(BUCKET, "no-such-batch", signal)).rejects.toMatchObject({
      code: "storage.batch-unknown",
    });
  });

  it("keeps apart keys that would become too long", () => {
    const long = `acme/${"k".repeat(1_000)}`;
    expect(Buffer.byteLength(asideKey("b", long))).toBeLessThanOrEqual(1_024);
    expect(asideKey("b", long)).not.toBe(asideKey("b", `${long}x`));
    expect(asideKey("b", "acme/1")).toBe("__kubemate__/quarantine/b/objects/acme/1");
  });
});
