import { spawnSync } from "node:child_process";

// One program a folder: a renderer file that imports Node, or a shared file that uses the DOM, fails to compile.
const FOLDERS = ["src-shared", "src-main", "src-renderer", "test", "build"];

let failed = false;
for (const folder of FOLDERS) {
  const result = spawnSync("tsc", ["-p", folder], { stdio: "inherit" });
  if (result.error !== undefined) throw result.error;
  failed ||= result.status !== 0;
}
process.exitCode = failed ? 1 : 0;
