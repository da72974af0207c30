import { z } from "zod";
import { archiveIdSchema, siteIdSchema } from "../model/ids.ts";
import { tenantIdSchema } from "../model/tenant-id.ts";
import { joinedNeed, type Handle, type TenantNeed } from "./procedure.ts";

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

/** The pods of a Loki write about all of its tenants; an archive is its owner's, whatever it calls its tenants. */
export function targetTenants(target: LogTarget): TenantNeed {
  switch (target.kind) {
    case "loki":
      return [target.tenant];
    case "pods":
      return "every";
    case "archive":
      return [];
  }
}

export function targetHandles(target: LogTarget): readonly Handle[] {
  return target.kind === "archive" ? [{ kind: "archive", id: target.archive }] : [];
}

/** What an input with a `target` leads to. */
export const reachOfTarget = {
  tenants: ({ target }: { readonly target: LogTarget }) => targetTenants(target),
  handles: ({ target }: { readonly target: LogTarget }) => targetHandles(target),
};

/** Whose tenants' data comes from targets; what comes from an archive is its owner's alone. */
export function sourceTenants(targets: readonly LogTarget[]): TenantNeed {
  return joinedNeed(targets.map((target) => (target.kind === "archive" ? "every" : targetTenants(target))));
}
