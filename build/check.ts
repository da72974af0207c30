import { spawnSync } from "node:child_process";

for (const script of ["typecheck", "lint", "format:check"]) {
  const result = spawnSync("npm", ["run", "-s", script], { stdio: "inherit" });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
}
