import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL("spend-until-refused.ts", import.meta.url));

/** Two processes spend one quota at a time; how many gigabytes each was granted. */
export async function spendInTwoProcesses(where: string, limitBytes: number): Promise<readonly number[]> {
  return Promise.all(
    ["a", "b"].map(async (name) => {
      const { stdout } = await run(process.execPath, [PROGRAM, where, name, String(limitBytes)]);
      return Number(stdout);
    }),
  );
}
