import { spawnSync } from "node:child_process";
import { globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const STAMP = join(ROOT, "out", "build-stamp");
const SOURCES = [
  "src-main/**/*",
  "src-renderer/**/*",
  "src-shared/**/*",
  "electron.vite.config.ts",
  "package-lock.json",
];

/** Builds what the sources say and `out` does not; silent when there is nothing to do or all goes well. */
export function ensureBuilt(say: (sentence: string) => void): void {
  const fingerprint = sourceFingerprint();
  if (readStamp() === fingerprint) return;
  say("Building the console …");
  const result = spawnSync(
    process.execPath,
    [join(ROOT, "node_modules/electron-vite/bin/electron-vite.js"), "build", "--logLevel", "error"],
    { cwd: ROOT, encoding: "utf8" },
  );
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) {
    process.stderr.write(result.stdout + result.stderr);
    throw new Error("the build failed");
  }
  writeFileSync(STAMP, fingerprint);
}

function readStamp(): string | null {
  try {
    return readFileSync(STAMP, "utf8");
  } catch {
    return null;
  }
}

/** Names, sizes and times of the sources: reading every byte would take longer than the build. */
function sourceFingerprint(): string {
  const hash = createHash("sha256");
  for (const file of globSync(SOURCES, { cwd: ROOT }).sort()) {
    const { mtimeMs, size } = statSync(join(ROOT, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}
