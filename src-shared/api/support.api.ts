import { z } from "zod";
import { jobIdSchema } from "../model/ids.ts";
import { command, everyTenant } from "./procedure.ts";

export const supportApi = {
  /** Collects versions, settings, redacted logs and site facts into one zip in the profile's `exports` folder, as a job. */
  bundle: command({
    input: z.void(),
    output: z.object({ job: jobIdSchema }),
    permission: "support.export",
    audit: "change",
    tenants: everyTenant,
  }),
};
