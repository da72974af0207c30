import { userInfo } from "node:os";
import packageFile from "../../package.json" with { type: "json" };
import { systemClock } from "../core/common/clock.ts";
import { defaultProfileRoot } from "../core/common/profile.ts";
import type { ConsoleHandle } from "../rpc/console-handle.ts";
import { openConsoleHandle } from "../rpc/open-console-handle.ts";
import type { DesktopGifts } from "./electron-shell.ts";

/** The console behind the desktop window: the person's own profile, the system's key store. */
export async function createDesktopConsole(gifts: DesktopGifts): Promise<ConsoleHandle> {
  const handle = await openConsoleHandle({
    profileRoot: defaultProfileRoot(process.env),
    environment: process.env,
    flags: {},
    clock: systemClock,
    vault: gifts.vault,
    noVaultReason: gifts.noVaultReason,
    version: packageFile.version,
    // Bundled beside the entry.
    locateWorker: (name) => new URL(`./workers/${name}.worker.js`, import.meta.url),
    principal: userInfo().username,
  });
  // A bug, logged whole; the person at the window keeps the window.
  process.on("unhandledRejection", (error) => handle.logger.error("a failure nobody waited for", error));
  return handle;
}
