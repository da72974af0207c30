import type { JobId } from "../../../src-shared/model/ids.ts";
import type { Clock } from "../common/clock.ts";
import type { JobEngine, TenantsJob } from "./job-engine.ts";

const MIN_INTERVAL_MS = 250;

/** The jobs that changed since the last piece, each in its latest state; first what is unfinished now. Ends with the signal. */
export async function* watchJobs(
  engine: Pick<JobEngine, "list" | "onChange">,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<TenantsJob[], void, void> {
  const changed = new Map<JobId, TenantsJob>();
  for (const job of engine.list(["queued", "running", "paused", "interrupted"], 100)) changed.set(job.id, job);
  let wake = () => {};
  const stop = engine.onChange((job) => {
    changed.set(job.id, job);
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener("abort", onAbort);
  try {
    while (!signal.aborted) {
      if (changed.size > 0) {
        const jobs = [...changed.values()];
        changed.clear();
        yield jobs;
        await new Promise<void>((resolve) => {
          const cancel = clock.after(MIN_INTERVAL_MS, resolve);
          if (signal.aborted) {
            cancel();
            resolve();
          }
        });
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stop();
    signal.removeEventListener("abort", onAbort);
  }
}
