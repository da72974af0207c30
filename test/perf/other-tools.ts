import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ToolTime {
  readonly tool: string;
  readonly seconds: number;
}

/** How long other programs take to find a text in a file, each as a whole process; those that are not installed are left out. */
export function timeOtherTools(file: string, text: string): readonly ToolTime[] {
  const home = mkdtempSync(join(tmpdir(), "kubemate-tools-"));
  const commands: readonly (readonly [string, ...string[]])[] = [
    ["rg", "--count", "--fixed-strings", text, file],
    ["lnav", "-n", "-q", "-c", `:filter-in ${text}`, file],
  ];
  try {
    return commands.flatMap(([tool, ...args]) => {
      const began = performance.now();
      const { error, status } = spawnSync(tool, args, { stdio: "ignore", env: { ...process.env, HOME: home } });
      if (error !== undefined || status !== 0) return [];
      return [{ tool, seconds: (performance.now() - began) / 1_000 }];
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
