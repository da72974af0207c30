import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StorageFinding } from "../../../src-shared/model/storage-finding.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import { scanBucket } from "../../../src-main/core/storage/integrity/integrity-scan.ts";
import { acquireLease } from "../../../src-main/core/storage/lease/acquire-lease.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { minutesOf } from "../../../src-main/core/storage/quarantine/judge-plan.ts";
import { selectorOf } from "../../../src-main/core/storage/quarantine/plan-canaries.ts";
import { recordedChunks } from "../../builders/loki-bucket.ts";
import { INDEX_DAMAGES, unpackLokiStorage } from "../../builders/loki-storage.ts";
import { contentsOf, QuarantineBench } from "../../builders/quarantine-desk.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const signal = new AbortController().signal;

describe("a plan of the quarantine", () => {
  let work: TemporaryDirectory;
  let store: FolderObjectStore;
  let whole: FolderObjectStore;
  let findings: readonly StorageFinding[];

  function bench(more: Partial<ConstructorParameters<typeof QuarantineBench>[0]> = {}): QuarantineBench {
    return new QuarantineBench({ profile: work.file("profile"), store, findings, ...more });
  }

  function idOf(kind: StorageFinding["kind"], fits: (finding: StorageFinding) => boolean = () => true): string {
    const found = findings.find((finding) => finding.kind === kind && fits(finding));
    if (found === undefined) throw new Error(`no ${kind}`);
    return `${kind} ${found.key}`;
  }

  beforeAll(async () => {
    work = temporaryDirectory();
    mkdirSync(work.file("profile"));
    unpackLokiStorage(work.file("damaged"), "damaged");
    unpackLokiStorage(work.file("whole"), "whole");
    store = new FolderObjectStore(work.file("damaged"));
    whole = new FolderObjectStore(work.file("whole"));
    findings = (await scanBucket({ store, mode: "fast" }, signal)).findings;
  }, 60_000);

  afterAll(() => work[Symbol.dispose]());

  it("leaves nothing behind in the bucket", async () => {
    await using desk = bench();
    const before = await contentsOf(store, "");
    await desk.planFindings([idOf("garbage-object"), idOf("bitflip-block")]);
    expect(await contentsOf(store, "")).toEqual(before);
    expect((await store.list({ prefix: "__kubemate__/" }, signal)).objects).toEqual([]);
  });

  it("says what else holds the lines of each object: nothing, a twin that stays, or the copy in another place", async () => {
    await using desk = bench();
    const ids = [idOf("garbage-object"), idOf("bitflip-block"), idOf("duplicate-index-file")];
    const plan = await desk.planFindings(ids);
    const remains = Object.fromEntries(plan.items.map(({ kind, remains: left }) => [kind, left]));
    expect(remains).toEqual({
      "garbage-object": "nothing-lost",
      "duplicate-index-file": "nothing-lost",
      "bitflip-block": "none",
    });
    const only = plan.problems.find(({ code }) => code === "only-copy");
    expect(only).toMatchObject({ weight: "doubts", params: { objects: 1 } });
    expect(only?.params["minutes"]).toBeGreaterThan(0);
    await using copied = bench({ copy: whole });
    const withCopy = await copied.planFindings([idOf("bitflip-block")]);
    expect(withCopy.items.map(({ remains: left }) => left)).toEqual(["dr"]);
    expect(withCopy.problems.map(({ code }) => code)).not.toContain("only-copy");
  });

  it("does not call a damaged copy in another place a copy", async () => {
    await using desk = bench({ copy: store });
    const plan = await desk.planFindings([idOf("truncated-chunk")]);
    expect(plan.items.map(({ remains }) => remains)).toEqual(["none"]);
    expect(plan.problems).toContainEqual(expect.objectContaining({ code: "only-copy", weight: "doubts" }));
  });

  it("doubts where both twins would go, and where the only index of chunks would", async () => {
    await using desk = bench();
    const { copied, copy, corrupt } = INDEX_DAMAGES;
    const twins = await desk.planKeys([copied, copy]);
    expect(twins.items.map(({ remains }) => remains)).toEqual(["none", "none"]);
    const only = twins.problems.find(({ code }) => code === "only-index");
    expect(only).toMatchObject({ weight: "doubts", params: { objects: 2 } });
    expect(only?.params["chunks"]).toBeGreaterThan(0);
    const broken = await desk.planFindings(
      [findings.find(({ key }) => key === corrupt)].map((each) => `${each?.kind} ${corrupt}`),
    );
    expect(broken.problems).toContainEqual(expect.objectContaining({ code: "only-index" }));
  });

  it("counts the lines that could still be read from the only copy of a sound chunk", async () => {
    await using desk = bench();
    const named = new Set(findings.map(({ key }) => key));
    const keys = [...(await contentsOf(store)).keys()];
    const recordedKeys = new Set(recordedChunks().map(({ key }) => key));
    const sound = keys.find((key) => !named.has(key) && recordedKeys.has(key)) ?? "";
    const plan = await desk.planKeys([sound]);
    expect(plan.items.map(({ remains }) => remains)).toEqual(["none"]);
    const recorded = recordedChunks().find(({ key }) => key === sound);
    const only = plan.problems.find(({ code }) => code === "only-copy");
    expect(only?.params["lines"]).toBe(recorded?.entries);
    expect(recorded?.entries).toBeGreaterThan(0);
  });

  it("is stopped by findings about what is missing, by the console's own objects, and where nothing is left", async () => {
    await using desk = bench();
    const missing = await desk.planFindings([idOf("missing-chunk")]);
    expect(missing.problems.filter(({ weight }) => weight === "stops").map(({ code }) => code)).toEqual([
      "nothing-there",
      "nothing-to-do",
    ]);
    await expect(desk.apply(missing)).rejects.toMatchObject({ code: "storage.plan-stopped" });
    const own = await desk.planKeys(["__kubemate__/lease.json", "no/such/key", "../outside"]);
    expect(own.problems.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["console-object", "object-gone", "key-invalid", "nothing-to-do"]),
    );
    const unknown = await desk.planFindings(["nobody knows it"]);
    expect(unknown.problems.map(({ code }) => code)).toContain("finding-unknown");
  });

  it("sees that another console changes the bucket, and is not applied then", async () => {
    await using desk = bench();
    const lease = await acquireLease({ store, holder: "bob on two", purpose: "restore", clock: systemClock }, signal);
    const plan = await desk.planFindings([idOf("garbage-object")]);
    await lease[Symbol.asyncDispose]();
    expect(plan.preflight).toContainEqual(
      expect.objectContaining({
        check: "lease",
        state: "failed",
        params: expect.objectContaining({ holder: "bob on two, restore" }),
      }),
    );
    await expect(desk.apply(plan)).rejects.toMatchObject({ code: "storage.preflight-failed" });
  });

  it("asks one query for every tenant and day, by labels that are written as LogQL writes them", async () => {
    await using desk = bench();
    const ids = findings
      .filter(({ kind }) => kind === "bitflip-block" || kind === "truncated-chunk")
      .map(({ kind, key }) => `${kind} ${key}`);
    const { canaries } = await desk.planFindings(ids);
    expect(canaries.length).toBeGreaterThan(0);
    expect(new Set(canaries.map(({ tenant, day }) => `${tenant} ${day}`)).size).toBe(canaries.length);
    expect(selectorOf({ app: 'a"b\n}', "bad name": "x", pod: "" })).toBe('{app="a\\"b\\n}"}');
    expect(selectorOf({ "1": "x" })).toBeNull();
  });

  it("counts each minute of a tenant once", () => {
    const at = (tenant: string, fromMs: number, throughMs: number) => ({
      finding: null,
      object: { kind: "chunk", chunk: { tenant, fingerprint: 1n, fromMs, throughMs, checksum: 0 } } as const,
    });
    expect(minutesOf([at("a", 0, 59_999), at("a", 30_000, 60_000), at("b", 0, 0)])).toBe(3);
    expect(minutesOf([at("a", 600_000, 660_000), at("a", 0, 3_600_000), at("a", 120_000, 120_000)])).toBe(61);
  });

  it("shows a key on one line of the diff, whatever is in it", async () => {
    using odd = temporaryDirectory();
    await using folder = new FolderObjectStore(join(odd.path, "b"));
    const key = "tenant\n+ acme/1/2:3:4";
    await folder.put(key, Buffer.from("x"), {}, signal);
    await using desk = new QuarantineBench({ profile: odd.path, store: folder });
    const { diff } = await desk.planKeys([key]);
    expect(diff.split("\n")).toHaveLength(3);
    expect(diff).toContain("- tenant\\u000a+ acme");
  });
});
