import { z } from "zod";
import { siteIdSchema } from "../model/ids.ts";
import { tenantIdSchema } from "../model/tenant-id.ts";

/**
 * Where logs are read from. For Loki the page names site and tenant; the main process alone turns the tenant into a
 * header, after checking that this person may see it. `pods` reads the Kubernetes API, for when Loki is down.
 */
export const logTargetSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("loki"), site: siteIdSchema, tenant: tenantIdSchema }),
  z.object({ kind: z.literal("pods"), site: siteIdSchema, namespace: z.string() }),
]);

export type LogTarget = z.output<typeof logTargetSchema>;

export function auditTarget(target: LogTarget): { site: string; tenant: string | null } {
  return { site: target.site, tenant: target.kind === "loki" ? target.tenant : null };
}
