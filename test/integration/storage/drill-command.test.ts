import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { recoveryFactsSchema, signedDrillReportSchema } from "../../../src-shared/model/storage/recovery.ts";
import { CommandLine } from "../../builders/command-line.ts";
import { unpackOldDays } from "../../builders/restore-planning.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const work = temporaryDirectory();
const line = new CommandLine();
let chunks: readonly string[] = [];

beforeAll(() => {
  chunks = unpackOldDays(work.file("bucket"));
  unpackOldDays(work.file("copy"));
});
afterAll(() => {
  line[Symbol.dispose]();
  work[Symbol.dispose]();
});

const drill = (...more: readonly string[]) =>
  line.run(
    "storage",
    "drill",
    "--store",
    work.file("bucket"),
    "--into",
    work.file("scratch"),
    "--from-store",
    work.file("copy"),
    ...more,
  );

it("kubemate storage drill restores into the scratch folder and leaves a report that verifies", async () => {
  const { stdout, exitCode } = await drill("--output", "json", "--report-dir", work.file("reports"), "--reason", "Q4");
  expect(exitCode).toBe(0);
  const { report } = signedDrillReportSchema.parse(JSON.parse(stdout));
  expect(report.drill).toMatchObject({ result: "passed", title: work.file("bucket"), into: work.file("scratch") });
  expect(report.restore.reason).toBe("Q4");
  const files = readdirSync(work.file("reports")).toSorted();
  expect(files.map((file) => file.replace(/.*\./, ""))).toEqual(["html", "json", "md"]);
  const json = work.file(`reports/${files.find((file) => file.endsWith(".json")) ?? ""}`);
  const verified = await line.run("storage", "drill", "verify", json, "--output", "json");
  expect(JSON.parse(verified.stdout)).toMatchObject({ valid: true, own: true, drill: { drill: report.drill.drill } });
  const { keyId } = JSON.parse(verified.stdout);
  expect((await line.run("storage", "drill", "verify", json, "--key", keyId)).exitCode).toBe(0);
  expect((await line.run("storage", "drill", "verify", json, "--key", "0000000000000000")).exitCode).not.toBe(0);
  writeFileSync(work.file("forged.json"), readFileSync(json, "utf8").replace('"Q4"', '"Q3"'));
  const forged = await line.run("storage", "drill", "verify", work.file("forged.json"));
  expect(forged.exitCode).not.toBe(0);
  expect(forged.stderr).toContain("is not as it was signed");
  const listed = await line.run("storage", "drill", "list", "--output", "json");
  expect(JSON.parse(listed.stdout)).toEqual([report.drill]);
});

it("tells what losing the bucket would cost, and how long restoring takes at the drill's rate", async () => {
  rmSync(work.file(`copy/${chunks[0] ?? ""}`));
  const args = ["storage", "rpo", "--store", work.file("bucket"), "--dr", work.file("copy"), "--output", "json"];
  const { stdout } = await line.run(...args);
  const { rpo, rto } = recoveryFactsSchema.parse(JSON.parse(stdout));
  expect(rpo.parts.map(({ what }) => what)).toEqual(["wal", "flush", "versions", "dr"]);
  expect(rpo.parts[0]).toMatchObject({ state: "unknown", reason: "no-site" });
  expect(rpo.parts[2]).toMatchObject({ state: "absent", reason: "off" });
  expect(rpo.allLostMs).toBeNull();
  expect(rto).toMatchObject({ state: "measured", ms: null, bytes: null });
  expect(rto.bytesPerSecond).toBeGreaterThan(0);
});

it("is refused without a place to drill in, and where that place is somebody's", async () => {
  const nowhere = await line.run("storage", "drill", "--store", work.file("bucket"), "--from-store", work.file("copy"));
  expect(nowhere.exitCode).toBe(2);
  expect(nowhere.stderr).toContain("--into");
  const into = ["--into", work.file("bucket"), "--from-store", work.file("copy")];
  const onItself = await line.run("storage", "drill", "--store", work.file("bucket"), ...into);
  expect(onItself.exitCode).not.toBe(0);
});
