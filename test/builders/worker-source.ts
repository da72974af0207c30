import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Set by `test/bundle-workers.ts`: the folder with the bundled entries. */
export const WORKER_BUNDLES = "KUBEMATE_TEST_WORKERS";

/** A worker thread's entry in `src-main/workers`: bundled in a test run, as it is shipped; from its source elsewhere. */
export function workerSource(name: string): URL {
  return bundled(name) ?? new URL(`../../src-main/workers/${name}.worker.ts`, import.meta.url);
}

/** An entry of the tests' own, in `test/builders`. */
export function builderWorker(name: string): URL {
  return bundled(name) ?? new URL(`./${name}.worker.ts`, import.meta.url);
}

function bundled(name: string): URL | null {
  const folder = process.env[WORKER_BUNDLES];
  const file = folder === undefined ? null : join(folder, `${name}.worker.js`);
  return file !== null && existsSync(file) ? pathToFileURL(file) : null;
}
