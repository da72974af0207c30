import { rmSync } from "node:fs";
import { expect, it } from "vitest";
import { CommandLine } from "../../builders/command-line.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

it("kubemate storage scan prints what is lost, fails for it where that is asked for, and leaves its entry in the audit log", async () => {
  using line = new CommandLine();
  using work = temporaryDirectory();
  unpackLokiStorage(work.path, "whole");
  const whole = await line.run("storage", "scan", "--store", work.path, "--output", "json");
  expect(whole.exitCode).toBe(0);
  expect(JSON.parse(whole.stdout)).toMatchObject({ chunks: 1806, indexFiles: 19 });
  rmSync(work.file("globex/569d719cbfd4ce6d/1a1fd8c6900:1a1fd90f8f8:d2b21eae"));
  const lost = await line.run("storage", "scan", "--store", work.path, "--deep", "--require-whole");
  expect(lost.exitCode).toBe(6);
  expect(lost.stdout).toMatch(
    /^critical missing-chunk +globex\/569d719cbfd4ce6d\/\S+ \(globex, 1 chunks, 300 lines\) 2026-11-21T10:00:00\.000Z to 2026-11-21T10:04:59\.000Z$/m,
  );
  const audit = await line.run("audit", "list", "--output", "json");
  expect(audit.stdout).toContain("storage.scan");
});
