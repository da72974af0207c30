import type { jobsApi } from "../../src-shared/api/jobs.api.ts";
import type { Job } from "../../src-shared/model/job.ts";
import type { JobEngine } from "../core/jobs/job-engine.ts";
import { watchJobs } from "../core/jobs/job-watch.ts";
import type { Clock } from "../core/common/clock.ts";
import type { DomainHandlers } from "./handlers.ts";

export function jobsHandlers(engine: JobEngine, clock: Clock): DomainHandlers<typeof jobsApi> {
  return {
    list: async ({ states, limit }): Promise<Job[]> => engine.list(states ?? null, limit),
    get: async ({ job }) => engine.get(job),
    watch: (_input, { signal }) => watchJobs(engine, clock, signal),
    pause: ({ job }) => engine.pause(job),
    resume: async ({ job }) => engine.resume(job),
    cancel: ({ job }) => engine.cancel(job),
    remove: async ({ job }) => ({ removed: engine.remove(job) }),
  };
}
