import { systemClock } from "../../src-main/core/common/clock.ts";
import { openConsole } from "../../src-main/core/console.ts";
import { beginScan, enterFolder } from "./scan-console.ts";
import { workerSource } from "./worker-source.ts";

/**
 * A console of its own that scans a folder slowly and says how many chunks it has read, until somebody ends it:
 *
 *     node test/builders/scan-child.ts PROFILE FOLDER BYTES_PER_SECOND
 */
const [, , profileRoot = "", folder = "", rate = ""] = process.argv;
const console = await openConsole({
  profileRoot,
  environment: { PATH: process.env["PATH"], KUBECONFIG: "/nonexistent", KUBEMATE_MANAGED_SETTINGS: "/nonexistent" },
  flags: {},
  clock: systemClock,
  vault: null,
  noVaultReason: "secrets.reason.noKeyFile",
  version: "0.0.0-test",
  locateWorker: workerSource,
});
const store = await enterFolder(console, folder, { bytesPerSecond: Number(rate) });
const scan = await beginScan(console, store);
console.jobs.onChange(() => {
  process.stdout.write(`${scan} ${console.storage.scans.summary(scan).checked}\n`);
});
