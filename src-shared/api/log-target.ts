import { z } from "zod";
import { archiveIdSchema, siteIdSchema } from "../model/ids.ts";
import { tenantIdSchema } from "../model/tenant-id.ts";

/**
 * Where logs are read from. For Loki the page names site and tenant; the main process alone turns the tenant into a
 * header, after checking that this person may see it. `pods` reads the Kubernetes API, for when Loki is down. `archive`
 * reads files that were opened; `tenant` is one of the archive's own.
 */
export const logTargetSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("loki"), site: siteIdSchema, tenant: tenantIdSchema }),
  z.object({ kind: z.literal("pods"), site: siteIdSchema, namespace: z.string() }),
  z.object({ kind: z.literal("archive"), archive: archiveIdSchema, tenant: tenantIdSchema }),
]);

export type LogTarget = z.output<typeof logTargetSchema>;

/** What the audit log says of a target. */
export function auditTarget(target: LogTarget): {
  site: string | null;
  tenant: string | null;
  archive?: string;
} {
  if (target.kind === "archive") return { site: null, tenant: target.tenant, archive: target.archive };
  return { site: target.site, tenant: target.kind === "loki" ? target.tenant : null };
}
