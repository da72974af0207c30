import { z } from "zod";
import type { Job } from "../../src-shared/model/job.ts";

/** An import and a capsule say `path`; an export says `folder`, which is `null` where it went into an object store. */
const madeSchema = z.union([
  z.object({ path: z.string().min(1) }),
  z.object({ folder: z.string().min(1) }).transform(({ folder }) => ({ path: folder })),
]);

/**
 * Where a job that succeeded put something that opens as an archive: an export, an import, a capsule. `null` for every other
 * job, and for an export into an object store, which has no path on this machine.
 */
export function openableOutput(job: Job): string | null {
  if (job.state !== "succeeded") return null;
  const made = madeSchema.safeParse(job.output);
  return made.success ? made.data.path : null;
}
