import { delimiter } from "node:path";
import type { Clock } from "../common/clock.ts";
import type { Logger } from "../common/logger.ts";

const SHELL_TIMEOUT_MS = 5_000;

/** Where programs are looked for; asked once, since starting a login shell takes up to seconds. */
export type CommandPath = () => Promise<string>;

/**
 * The `PATH` of a login shell followed by what else this process has: a program started from a dock or menu gets a `PATH`
 * without Homebrew, cloud tools and the like. Falls back to the process's own when the shell fails or takes too long.
 */
export function loginShellPath(
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  logger: Logger,
): CommandPath {
  let asked: Promise<string> | null = null;
  return () => (asked ??= askLoginShell(environment["PATH"] ?? "", clock, logger));
}

async function askLoginShell(own: string, clock: Clock, logger: Logger): Promise<string> {
  const { promise: tooLate, resolve } = Promise.withResolvers<null>();
  const cancel = clock.after(SHELL_TIMEOUT_MS, () => resolve(null));
  try {
    const { shellEnv } = await import("shell-env");
    const found = await Promise.race([shellEnv(), tooLate]);
    if (found === null) logger.warn("the login shell did not answer; its PATH is not used");
    return joinPaths(found?.["PATH"] ?? "", own);
  } catch (error) {
    logger.warn("the login shell could not be asked; its PATH is not used", { error: String(error) });
    return own;
  } finally {
    cancel();
  }
}

/** Both lists one after the other, each folder once. */
export function joinPaths(first: string, second: string): string {
  const parts = [...first.split(delimiter), ...second.split(delimiter)].filter((part) => part !== "");
  return [...new Set(parts)].join(delimiter);
}
