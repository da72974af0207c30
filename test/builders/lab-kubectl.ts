import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Lab } from "../../src-main/lab/lab.ts";

const run = promisify(execFile);

/** Whether there is a kubectl on this machine. */
export async function kubectlInstalled(): Promise<boolean> {
  try {
    await run("kubectl", ["version", "--client"]);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

export interface LabKubectl extends AsyncDisposable {
  /** What kubectl prints; rejects with what it says when it fails. */
  run(...args: readonly string[]): Promise<string>;
  /** A file that kubectl can be given. */
  file(name: string, text: string): Promise<string>;
}

/** kubectl with a lab's kubeconfig and a home of its own. */
export async function labKubectl(lab: Lab): Promise<LabKubectl> {
  const folder = await mkdtemp(join(tmpdir(), "lab-kubectl-"));
  await writeFile(join(folder, "config"), lab.kubeconfig);
  const env = { ...process.env, KUBECONFIG: join(folder, "config"), HOME: folder };
  return {
    run: async (...args) => (await run("kubectl", [...args], { env, timeout: 25_000 })).stdout,
    file: async (name, text) => {
      const path = join(folder, name);
      await writeFile(path, text);
      return path;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
