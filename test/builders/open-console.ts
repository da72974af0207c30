import { systemClock } from "../../src-main/core/common/clock.ts";
import { openConsole, type Console, type ConsoleOptions } from "../../src-main/core/console.ts";
import type { TemporaryDirectory } from "./temporary-directory.ts";
import { workerSource } from "./worker-source.ts";

/** The whole core over a profile of the test's own, with real worker threads. */
export function consoleIn(
  profile: TemporaryDirectory,
  options: Partial<Pick<ConsoleOptions, "flags" | "reachedFromElsewhere">> = {},
): Promise<Console> {
  return openConsole({
    profileRoot: profile.path,
    environment: {
      PATH: process.env["PATH"],
      KUBECONFIG: profile.file("no-kubeconfig"),
      KUBEMATE_MANAGED_SETTINGS: profile.file("no-managed-settings.json"),
    },
    flags: {},
    clock: systemClock,
    vault: null,
    noVaultReason: "secrets.reason.noKeyFile",
    version: "0.0.0-test",
    locateWorker: workerSource,
    ...options,
  });
}
