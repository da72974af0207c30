import { z } from "zod";
import { jobIdSchema } from "../model/ids.ts";
import { JOB_STATES, jobSchema } from "../model/job.ts";
import { command, query, stream } from "./procedure.ts";

const byId = z.object({ job: jobIdSchema });
/** A job is its owner's, and of those whose tenants it is all about. */
const byJob = ({ job }: { readonly job: string }) => [{ kind: "job", id: job }] as const;
const auditJob = ({ job }: { job: string }) => ({ job });

export const jobsApi = {
  list: query({
    input: z.object({
      states: z.array(z.enum(JOB_STATES)).exactOptional(),
      limit: z.number().int().min(1).max(500),
    }),
    output: z.array(jobSchema),
    permission: "jobs.read",
    audit: "none",
  }),
  get: query({ input: byId, output: jobSchema, permission: "jobs.read", audit: "none", handles: byJob }),
  /** The jobs that changed, at most four times a second. */
  watch: stream({ input: z.void(), output: z.array(jobSchema), permission: "jobs.read", audit: "none" }),
  pause: command({
    input: byId,
    output: jobSchema,
    permission: "jobs.control",
    audit: "change",
    auditSubject: auditJob,
    handles: byJob,
  }),
  resume: command({
    input: byId,
    output: jobSchema,
    permission: "jobs.control",
    audit: "change",
    auditSubject: auditJob,
    handles: ({ job }) => [{ kind: "job-run", id: job }],
  }),
  cancel: command({
    input: byId,
    output: jobSchema,
    permission: "jobs.control",
    audit: "change",
    auditSubject: auditJob,
    handles: byJob,
  }),
  /** Forgets an ended job; what it made stays. */
  remove: command({
    input: byId,
    output: z.object({ removed: z.boolean() }),
    permission: "jobs.control",
    audit: "change",
    auditSubject: auditJob,
    handles: byJob,
  }),
};
