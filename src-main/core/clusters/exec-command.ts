import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import type { ExecSpec } from "./kubeconfig-model.ts";

/** The file that would run, or `null` when there is none. */
export async function findCommand(command: string, path: string, platform: NodeJS.Platform): Promise<string | null> {
  const endings = platform === "win32" && !/\.\w+$/.test(command) ? [".exe", ".com"] : [""];
  const folders = isAbsolute(command) ? [""] : path.split(delimiter);
  for (const folder of folders) {
    for (const ending of endings) {
      const file = folder === "" ? `${command}${ending}` : join(folder, `${command}${ending}`);
      // oxlint-disable-next-line no-await-in-loop -- the first folder wins
      if (await isExecutable(file)) return file;
    }
  }
  return null;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** What a person's consent stands for: any change of command, arguments, environment or of the file found asks again. */
export function pluginHash(spec: ExecSpec, resolved: string | null): string {
  const env = spec.env.map(({ name, value }) => [name, value]);
  return createHash("sha256")
    .update(JSON.stringify([spec.command, spec.args, env, resolved]))
    .digest("hex");
}

const SECRET_NAME = /(secret|token|password|passwd|credential|api[-_]?key|private[-_]?key)/i;

/** The arguments for a person to read, values of secret-looking flags left out. */
export function shownArguments(args: readonly string[]): string[] {
  return args.map((argument, index) => {
    const flag = /^(--?[\w-]+)=/.exec(argument);
    if (flag?.[1] !== undefined && SECRET_NAME.test(flag[1])) return `${flag[1]}=•••`;
    const before = args[index - 1] ?? "";
    return /^--?[\w-]+$/.test(before) && SECRET_NAME.test(before) && !argument.startsWith("-") ? "•••" : argument;
  });
}

/** `NAME=value` for a person to read, values of secret-looking names left out. */
export function shownEnvironment(env: ExecSpec["env"]): string[] {
  return env.map(({ name, value }) => `${name}=${SECRET_NAME.test(name) ? "•••" : value}`);
}
