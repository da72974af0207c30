import type { JobId } from "../../src-shared/model/ids.ts";
import type { JobState } from "../../src-shared/model/job.ts";
import { WHOLE_BUCKET, type ScanRequest } from "../../src-shared/model/storage/scan.ts";
import type { StoreConfig, StoreId } from "../../src-shared/model/storage/store.ts";
import type { Console } from "../../src-main/core/console.ts";

const never = new AbortController().signal;

/** Enters a folder as a store. */
export async function enterFolder(
  console: Console,
  directory: string,
  options: Partial<Pick<StoreConfig, "name" | "bytesPerSecond">> = {},
): Promise<StoreId> {
  const config: StoreConfig = {
    name: "copy",
    place: { kind: "folder", directory },
    site: null,
    indexPrefix: "index/",
    bytesPerSecond: null,
    dr: null,
    scratch: null,
    ...options,
  };
  return (await console.storage.stores.save(null, config)).id;
}

/** Begins a scan of everything, or of what is asked for. */
export function beginScan(console: Console, store: StoreId, request: Partial<ScanRequest> = {}): Promise<JobId> {
  const whole: ScanRequest = { store, mode: "fast", scope: WHOLE_BUCKET, incremental: false, bytesPerSecond: null };
  return console.storage.scans.begin({ ...whole, ...request }, "tester", never);
}

/** Resolves once a job is in one of these states. */
export async function untilJob(console: Console, id: JobId, ...states: readonly JobState[]): Promise<JobState> {
  const { promise, resolve } = Promise.withResolvers<JobState>();
  const look = (): void => {
    const { state } = console.jobs.get(id);
    if (states.includes(state)) resolve(state);
  };
  const stop = console.jobs.onChange(look);
  look();
  try {
    return await promise;
  } finally {
    stop();
  }
}
