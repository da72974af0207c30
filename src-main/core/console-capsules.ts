import { auditEntrySchema, type AuditEntry } from "../../src-shared/api/audit.api.ts";
import type { Capsule } from "../../src-shared/api/capsules.api.ts";
import type { LogTarget } from "../../src-shared/api/log-target.ts";
import { isAppError } from "../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import { z } from "zod";
import { chooseLabelColumns } from "./archive/parquet/label-columns.ts";
import { writeManifest } from "./archive/parquet/manifest-file.ts";
import type { AuditLog } from "./audit/audit-log.ts";
import { createCapsuleJob, type CapsuleParts } from "./capsules/capsule-create.job.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import type { ConsoleArchives } from "./console-archives.ts";
import type { ConsoleBase } from "./console-base.ts";
import { targetTitle } from "./console-exports.ts";
import { redactText } from "./logging/redaction.ts";

/** Audit entries that a capsule takes, the newest. */
const MAX_AUDIT_ENTRIES = 2_000;
const FACTS_TIMEOUT_MS = 10_000;
const MAX_BUILD_INFO_BYTES = 64 * 2 ** 10;
const buildInfoSchema = z.object({ version: z.string(), revision: z.string().optional() });

export function capsuleJob(parts: {
  readonly base: ConsoleBase;
  readonly sites: SitesService;
  readonly archives: ConsoleArchives;
  readonly openSource: CapsuleParts["openSource"];
  readonly admit: CapsuleParts["admit"];
  readonly version: string;
}): ReturnType<typeof createCapsuleJob> {
  const { base, sites, archives, openSource, admit, version } = parts;
  const logger = base.logger.child("capsules");
  return createCapsuleJob({
    openSource,
    admit,
    writer: archives.tools.writer,
    chooseLabelColumns,
    writeManifest,
    siteOf: (target) => targetTitle(target, sites, archives),
    facts: async (targets, signal) => {
      const ids = new Set(targets.flatMap((target) => (target.kind === "archive" ? [] : [target.site])));
      const facts = await Promise.all([...ids].map((site) => siteFacts(sites, site, base, signal)));
      return facts.flat();
    },
    auditOf: (targets) => auditOf(base.audit, targets),
    workDirectory: base.profile.file("capsule-work"),
    program: `kubemate ${version}`,
    announcer: base.announcements,
    clock: base.clock,
    logger,
  });
}

/** Name, origin, Loki's version and components of a site. A cluster that does not answer makes a capsule no worse than short. */
async function siteFacts(
  sites: SitesService,
  site: SiteId,
  { logger }: ConsoleBase,
  signal: AbortSignal,
): Promise<Capsule["facts"]> {
  const { sites: known } = await sites.list();
  const found = known.find(({ id }) => id === site);
  const name = found?.name ?? site;
  const facts: Capsule["facts"] = [];
  const add = (fact: string, value: string) => facts.push({ site: name, name: fact, value: redactText(value) });
  if (found !== undefined) {
    add("kind", found.kind);
    add("origin", withoutCredentials(found.origin));
  }
  const limited = AbortSignal.any([signal, AbortSignal.timeout(FACTS_TIMEOUT_MS)]);
  const lookUp = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (
        signal.aborted ||
        !(isAppError(error) || limited.aborted || error instanceof z.ZodError || error instanceof SyntaxError)
      )
        throw error;
      logger.info("a fact of a site could not be found out", { site, what });
    }
  };
  await lookUp("version", async () => {
    const transport = await sites.transportFor(site);
    const path = "/loki/api/v1/status/buildinfo";
    const answer = await transport.request({
      role: "query",
      method: "GET",
      path,
      signal: limited,
      timeoutMs: FACTS_TIMEOUT_MS,
    });
    const { version, revision } = buildInfoSchema.parse(
      JSON.parse(Buffer.from(await answer.bytes(MAX_BUILD_INFO_BYTES)).toString("utf8")),
    );
    add("loki version", revision === undefined ? version : `${version} (${revision})`);
  });
  if (found?.kind === "direct") return facts;
  await lookUp("components", async () => {
    const { components, namespace } = await sites.components(site, limited);
    if (namespace !== undefined) add("namespace", namespace);
    for (const component of components) {
      const ready = component.pods.filter((pod) => pod.ready).length;
      const restarts = component.pods.reduce((total, pod) => total + pod.restarts, 0);
      add(`component ${component.name}`, `${ready}/${component.pods.length} ready, ${restarts} restarts`);
    }
  });
  return facts;
}

function withoutCredentials(origin: string): string {
  const url = URL.parse(origin);
  if (url === null || (url.username === "" && url.password === "")) return origin;
  url.username = "";
  url.password = "";
  return url.href;
}

/** The newest entries about these targets, oldest first: who asked what of them. */
function auditOf(audit: AuditLog, targets: readonly LogTarget[]): readonly AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const { body } of audit.bodies()) {
    const entry = auditEntrySchema.safeParse(JSON.parse(body));
    if (!entry.success || !targets.some((target) => concerns(entry.data, target))) continue;
    entries.push(entry.data);
    if (entries.length > 2 * MAX_AUDIT_ENTRIES) entries.splice(0, MAX_AUDIT_ENTRIES);
  }
  return entries.slice(-MAX_AUDIT_ENTRIES);
}

function concerns({ subject }: AuditEntry, target: LogTarget): boolean {
  if (target.kind === "archive")
    return subject["archive"] === target.archive && matches(subject["tenant"], target.tenant);
  if (subject["site"] !== target.site) return false;
  return target.kind === "pods" || matches(subject["tenant"], target.tenant);
}

/** Entries without a tenant are about the site or the archive as a whole. */
function matches(tenant: unknown, wanted: string): boolean {
  return tenant === undefined || tenant === null || tenant === wanted;
}
