import { mkdirSync } from "node:fs";
import { expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { KeptStores } from "../../../src-main/core/storage/stores/kept-stores.store.ts";
import { storeIdSchema } from "../../../src-shared/model/storage/store.ts";
import { CommandLine } from "../../builders/command-line.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";

it("kubemate storage stores and health know a store by its name, and refuse a name that two have", async () => {
  using line = new CommandLine();
  const directory = line.profile.file("copy");
  mkdirSync(directory);
  const kept = KeptStores.open(line.profile.file("stores.json"), systemClock, new RecordingLogger());
  const config = {
    name: "DR copy",
    place: { kind: "folder", directory },
    site: null,
    indexPrefix: "index/",
    bytesPerSecond: null,
    dr: null,
    scratch: null,
  } as const;
  await kept.save(storeIdSchema.parse("store-1"), config);

  const stores = await line.run("storage", "stores", "--output", "json");
  expect(JSON.parse(stores.stdout)).toEqual({
    stores: [{ id: "store-1", title: directory, found: false, config }],
    problem: null,
  });
  const health = await line.run("storage", "health", "--store", "DR copy", "--check", "--write", "--output", "json");
  expect(JSON.parse(health.stdout)).toMatchObject({
    store: "store-1",
    health: null,
    settings: null,
    problems: [{ what: "bucket", error: { code: "storage.unsupported" } }],
    checks: [
      { check: "reach", state: "passed" },
      { check: "list" },
      { check: "read" },
      { check: "write", state: "passed" },
      { check: "delete", state: "passed" },
      { check: "versioning", state: "warned" },
      { check: "versions", state: "warned" },
      { check: "clock" },
    ],
  });
  // By its path it is the same folder, without a name.
  const byPath = await line.run("storage", "health", "--store", directory);
  expect([byPath.exitCode, byPath.stdout]).toEqual([0, expect.stringContaining("0 findings")]);

  await kept.save(storeIdSchema.parse("store-2"), config);
  const twice = await line.run("storage", "health", "--store", "DR copy");
  expect(twice.exitCode).not.toBe(0);
  expect(twice.stderr).toContain("store-1, store-2");
}, 60_000);

it("what a bucket's address says besides its place does not reach the audit log", async () => {
  using line = new CommandLine();
  line.environment["AWS_ACCESS_KEY_ID"] = "somebody";
  const address = "s3://chunks/prefix?endpoint=http://127.0.0.1:9";
  const health = await line.run(
    "storage",
    "health",
    "--store",
    address,
    "--check",
    "--require-well",
    "--output",
    "json",
  );
  expect(health.exitCode).toBe(6);
  expect(JSON.parse(health.stdout)).toMatchObject({
    health: null,
    checks: [
      { check: "reach", state: "failed", reason: "credentials", params: { problem: "no credentials" } },
      {},
      {},
      {},
      {},
      {},
      {},
      {},
    ],
  });
  const audit = await line.run("audit", "list", "--output", "json");
  expect(audit.stdout).toContain("s3://chunks/prefix");
  expect(audit.stdout).not.toContain("endpoint=");
}, 60_000);

it("the lab's store is found and looked at through its cluster, and its keys are told nowhere", async () => {
  using line = new CommandLine();
  const stores = await line.run("storage", "stores", "--site", "lab", "--output", "json");
  const listed = JSON.parse(stores.stdout);
  expect(listed.problem).toBeNull();
  expect(listed.stores[0]).toMatchObject({
    found: true,
    config: { place: { kind: "site", site: "lab" }, site: "lab" },
  });
  const health = await line.run("storage", "health", "--store", "site:lab", "--check", "--output", "json");
  const state = JSON.parse(health.stdout);
  expect(state).toMatchObject({
    health: { probes: { live: { state: "ok" } } },
    settings: { versioning: "enabled" },
    problems: [],
  });
  expect(state.judgement.silent).toEqual([]);
  expect(stores.stdout + health.stdout + health.stderr).not.toMatch(/secret|accessKey/i);
}, 120_000);

it("the lab's bucket is scanned and measured against its copy through its cluster, which stays open as long", async () => {
  using line = new CommandLine();
  const scan = await line.run("storage", "scan", "--store", "site:lab", "--output", "json");
  expect(JSON.parse(scan.stdout)).toMatchObject({ findings: [], summary: { state: "finished" } });
  const rpo = await line.run("storage", "rpo", "--store", "site:lab", "--output", "json");
  const { parts } = JSON.parse(rpo.stdout).rpo;
  expect(parts.find(({ what }: { what: string }) => what === "dr")).toMatchObject({ state: "known" });
}, 120_000);
