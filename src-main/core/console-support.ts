import { arch, cpus, release, totalmem } from "node:os";
import { verifyAuditLog } from "./audit/audit-verify.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import type { ConsoleBase } from "./console-base.ts";
import type { LabService } from "./lab/lab.service.ts";

interface SupportParts {
  readonly base: ConsoleBase;
  readonly sites: SitesService;
  readonly lab: LabService;
  readonly version: string;
}

/** What a support bundle says of this console, one document each. Names of sites and settings go in; values of secrets cannot. */
export async function supportFacts({
  base,
  sites,
  lab,
  version,
}: SupportParts): Promise<Readonly<Record<string, unknown>>> {
  const { sites: known, problems } = await sites.list();
  return {
    "about.json": {
      version,
      versions: process.versions,
      platform: process.platform,
      release: release(),
      architecture: arch(),
      processors: cpus().length,
      memoryBytes: totalmem(),
      residentBytes: process.memoryUsage.rss(),
      uptimeSeconds: process.uptime(),
    },
    "settings.json": base.settings.list(),
    "sites.json": {
      problems,
      sites: known.map(({ id, name, kind, origin, state, error }) => ({ id, name, kind, origin, state, error })),
    },
    "secrets.json": { store: base.secrets.kind, reason: base.secrets.reason, secrets: await base.secrets.list() },
    "audit.json": verifyAuditLog(base.audit),
    "lab.json": lab.status(),
  };
}
