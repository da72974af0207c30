import type { JobId } from "../../src-shared/model/ids.ts";
import type { Job } from "../../src-shared/model/job.ts";
import type { JobEngine } from "../core/jobs/job-engine.ts";

/** The job when it has ended; Ctrl-C cancels it, and waits for what must be set back. */
export async function followedJob(engine: JobEngine, id: JobId, signal: AbortSignal): Promise<Job> {
  const ended = (): boolean => !["queued", "running"].includes(engine.get(id).state);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  // One that ended by itself meanwhile cannot be cancelled, and need not be.
  const cancel = (): void =>
    void engine.cancel(id).catch((error: unknown) => (ended() ? resolve(undefined) : reject(error)));
  const stop = engine.onChange((job) => {
    if (job.id === id && ended()) resolve(undefined);
  });
  if (signal.aborted) cancel();
  else signal.addEventListener("abort", cancel, { once: true });
  try {
    if (!ended()) await promise;
    return engine.get(id);
  } finally {
    stop();
    signal.removeEventListener("abort", cancel);
  }
}
