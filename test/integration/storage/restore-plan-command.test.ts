import { rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { restorePlanSchema, type RestorePlan } from "../../../src-shared/model/storage/restore.ts";
import { CommandLine } from "../../builders/command-line.ts";
import { INDEX_DAMAGES } from "../../builders/loki-storage.ts";
import { unpackOldDays } from "../../builders/restore-planning.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const work = temporaryDirectory();
const line = new CommandLine();
let chunks: readonly string[] = [];
const [, , , index] = INDEX_DAMAGES.removed;

beforeAll(() => {
  chunks = unpackOldDays(work.file("bucket"));
  unpackOldDays(work.file("copy"));
  writeFileSync(work.file(`bucket/${chunks[0] ?? ""}`), "");
  rmSync(work.file(`bucket/${chunks[1] ?? ""}`));
  rmSync(work.file(`bucket/${index}`));
});
afterAll(() => {
  line[Symbol.dispose]();
  work[Symbol.dispose]();
});

async function planned(...more: readonly string[]): Promise<RestorePlan> {
  const from = ["--store", work.file("bucket"), "--from-store", work.file("copy")];
  const { stdout, stderr } = await line.run("storage", "restore", "plan", ...from, "--output", "json", ...more);
  expect(stderr).toBe("");
  return restorePlanSchema.parse(JSON.parse(stdout));
}

it("kubemate storage restore plan prints the plan of two folders, and keeps it to be applied", async () => {
  const plan = await planned();
  expect(plan.items.map(({ key, action }) => `${action} ${key}`)).toEqual([
    `replace ${chunks[0]}`,
    `add ${chunks[1]}`,
    `add ${index}`,
  ]);
  expect(plan.preflight.map(({ check }) => check).toSorted()).toEqual(
    [
      "clock",
      "compactor",
      "free-space",
      "lease",
      "lifecycle",
      "permissions",
      "retention",
      "source",
      "versioning",
    ].toSorted(),
  );
  expect(plan.preflight.filter(({ state }) => state === "failed")).toEqual([]);
  expect(plan.preflight).toContainEqual(expect.objectContaining({ check: "free-space", state: "passed" }));
  const { stdout } = await line.run("storage", "restore", "apply", plan.id, "--yes", "--output", "json");
  expect(JSON.parse(stdout)).toMatchObject({ written: 3, failedCount: 0, done: true });
  expect((await planned()).counts).toMatchObject({ restorable: 0, missing: 0, damaged: 0, lost: 0 });
});

it("refuses a plan from versions of a folder, which keeps none", async () => {
  const args = ["--store", work.file("bucket"), "--as-of", "now-1h"];
  const { stderr, exitCode } = await line.run("storage", "restore", "plan", ...args);
  expect(exitCode).not.toBe(0);
  expect(stderr).not.toBe("");
});

it("brings back what a scan of the profile found, and nothing else", async () => {
  rmSync(work.file(`bucket/${chunks[2] ?? ""}`));
  const { stdout } = await line.run("storage", "scan", "--compare", "--store", work.file("bucket"), "--output", "json");
  const { summary } = z.object({ summary: z.object({ scan: z.string() }) }).parse(JSON.parse(stdout));
  rmSync(work.file(`bucket/${chunks[3] ?? ""}`));
  const plan = await planned("--scan", summary.scan);
  expect(plan.items.map(({ key }) => key)).toEqual([chunks[2]]);
});
