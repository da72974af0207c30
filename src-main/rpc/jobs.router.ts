import type { jobsApi } from "../../src-shared/api/jobs.api.ts";
import type { Job } from "../../src-shared/model/job.ts";
import type { JobEngine, TenantsJob } from "../core/jobs/job-engine.ts";
import { watchJobs } from "../core/jobs/job-watch.ts";
import type { Clock } from "../core/common/clock.ts";
import type { Caller } from "./call-context.ts";
import { maySeeJob } from "./handle-rights.ts";
import type { DomainHandlers } from "./handlers.ts";

/** Newest first, for who may not see all of them. */
const MOST_LOOKED_THROUGH = 2_000;

export function jobsHandlers(engine: JobEngine, clock: Clock): DomainHandlers<typeof jobsApi> {
  return {
    list: async ({ states, limit }, { caller }): Promise<Job[]> => {
      if (caller.tenants.kind === "every") return engine.list(states ?? null, limit);
      const known = engine.list(states ?? null, MOST_LOOKED_THROUGH);
      return known.filter((job) => maySeeJob(caller, job)).slice(0, limit);
    },
    get: async ({ job }) => engine.get(job),
    watch: (_input, { caller, signal }) => seenJobs(watchJobs(engine, clock, signal), caller),
    pause: ({ job }) => engine.pause(job),
    resume: async ({ job }) => engine.resume(job),
    cancel: ({ job }) => engine.cancel(job),
    remove: async ({ job }) => ({ removed: engine.remove(job) }),
  };
}

/** What of each piece a caller may see; a piece with nothing of that is left out. */
async function* seenJobs(
  pieces: AsyncIterable<readonly TenantsJob[]>,
  caller: Caller,
): AsyncGenerator<Job[], void, undefined> {
  for await (const jobs of pieces) {
    const seen = jobs.filter((job) => maySeeJob(caller, job));
    if (seen.length > 0) yield seen;
  }
}
