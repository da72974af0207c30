import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SpillDirectory } from "../../../src-main/core/logs/result-set/spill-directory.ts";
import { openSpillFile } from "../../../src-main/core/logs/result-set/spill-file.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

let folder: TemporaryDirectory;
beforeEach(() => {
  folder = temporaryDirectory();
});
afterEach(() => {
  folder[Symbol.dispose]();
});

const source = fileURLToPath(new URL("../../../src-main/core/logs/result-set/", import.meta.url));

/** Another process that has spilled a file and lives on. */
async function otherProcess(root: string) {
  const script = `
    import { SpillDirectory } from ${JSON.stringify(`${source}spill-directory.ts`)};
    import { openSpillFile } from ${JSON.stringify(`${source}spill-file.ts`)};
    const logger = { debug() {}, info() {}, warn() {}, error() { return ""; }, child() { return logger; } };
    const spill = await SpillDirectory.open(${JSON.stringify(root)}, logger);
    const file = await spill.openFile("set-1", openSpillFile);
    await file.append(Buffer.from("rows"));
    console.log(spill.path);
    // What nothing refers to is collected, and a lock that is collected is let go of.
    setInterval(() => [spill, file], 1_000);
  `;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [path] = await once(child.stdout, "data");
  return { path: String(path).trim(), child };
}

describe("the folder of spilled rows", () => {
  test("is private, and goes away with its owner", async () => {
    const spill = await SpillDirectory.open(folder.file("spill"), new RecordingLogger());
    const file = await spill.openFile("set-1", openSpillFile);
    expect(await file.append(Buffer.from("abc"))).toBe(0);
    expect(await file.append(Buffer.from("defg"))).toBe(3);
    const target = Buffer.alloc(4);
    await file.read(target, 2);
    expect(target.toString()).toBe("cdef");
    await expect(file.read(Buffer.alloc(8), 0)).rejects.toThrow("ends before");
    for (const path of [folder.file("spill"), spill.path]) expect(statSync(path).mode & 0o077).toBe(0);
    expect(statSync(file.path).mode & 0o077).toBe(0);
    await file[Symbol.asyncDispose]();
    expect(existsSync(file.path)).toBe(false);
    await spill[Symbol.asyncDispose]();
    expect(readdirSync(folder.file("spill"))).toEqual([]);
  });

  test("of a living process is left alone, that of a killed one is removed at the next start", async () => {
    const root = folder.file("spill");
    const { path, child } = await otherProcess(root);
    const first = await SpillDirectory.open(root, new RecordingLogger());
    expect(existsSync(`${path}/set-1/rows`)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    const logger = new RecordingLogger();
    const second = await SpillDirectory.open(root, logger);
    expect(existsSync(path)).toBe(false);
    expect(existsSync(first.path)).toBe(true);
    expect(logger.lines).toHaveLength(1);
    await first[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
  });

  test("is cleared of folders that never had an owner", async () => {
    mkdirSync(folder.file("spill/old/set-9"), { recursive: true });
    writeFileSync(folder.file("spill/old/set-9/rows"), "x");
    await using spill = await SpillDirectory.open(folder.file("spill"), new RecordingLogger());
    expect(existsSync(folder.file("spill/old"))).toBe(false);
    expect(existsSync(spill.path)).toBe(true);
  });
});
