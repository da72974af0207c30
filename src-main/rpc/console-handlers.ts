import { siteIdSchema } from "../../src-shared/model/ids.ts";
import { auditExportInput } from "../core/audit/audit-export.job.ts";
import { targetTitle } from "../core/console-exports.ts";
import type { Console } from "../core/console.ts";
import { supportBundleInput } from "../core/support/support-bundle.job.ts";
import { archivesHandlers } from "./archives.router.ts";
import { auditHandlers } from "./audit.router.ts";
import { capsulesHandlers } from "./capsules.router.ts";
import { cardinalityHandlers } from "./cardinality.router.ts";
import { exportsHandlers } from "./exports.router.ts";
import { handleRights } from "./handle-rights.ts";
import { healthHandlers } from "./health.router.ts";
import { jobsHandlers } from "./jobs.router.ts";
import { labHandlers } from "./lab.router.ts";
import { logsHandlers } from "./logs.router.ts";
import { queriesHandlers } from "./queries.router.ts";
import { createConsoleRouter, type ConsoleHandlers, type DoorRouter } from "./router.ts";
import { recoveryHandlers } from "./recovery.router.ts";
import { secretsHandlers } from "./secrets.router.ts";
import { sessionHandlers } from "./session.router.ts";
import { settingsHandlers } from "./settings.router.ts";
import { sitesHandlers } from "./sites.router.ts";
import { storageHandlers } from "./storage.router.ts";
import { supportHandlers } from "./support.router.ts";
import { tenantsHandlers } from "./tenants.router.ts";
import { usageHandlers } from "./usage.router.ts";

/** The door of an open console. */
export function consoleDoor(opened: Console): DoorRouter {
  const { base, readOnly } = opened;
  return createConsoleRouter({
    handlers: consoleHandlers(opened),
    audit: base.audit,
    standing: () => ({ readOnly: readOnly.readOnly }),
    rights: handleRights({
      resultSet: (id) => opened.logs.sets.registry.find(id),
      job: (id) => opened.jobs.find(id),
      archiveOwner: (id) => opened.archives.service.ownerOf(id),
    }),
    tellsTenantsApart: (site, signal) => opened.sites.tellsTenantsApart(siteIdSchema.parse(site), signal),
    logger: base.logger.child("door"),
  });
}

function consoleHandlers(opened: Console): ConsoleHandlers {
  const { base, jobs, queries, lab, sites, logs, readOnly, version } = opened;
  const { profile, clock, announcements, audit, settings, secrets } = base;
  return {
    session: sessionHandlers({ version, profileDirectory: profile.root }, readOnly, announcements),
    sites: sitesHandlers(sites),
    logs: logsHandlers(logs, queries),
    archives: archivesHandlers(opened.archives, jobs),
    exports: exportsHandlers({
      exportJob: opened.exportJob,
      jobs,
      logs,
      destination: opened.archives.destination,
      siteTitle: (target) => targetTitle(target, sites, opened.archives),
    }),
    capsules: capsulesHandlers(opened.archives, opened.capsuleJob, jobs),
    health: healthHandlers(opened.health),
    tenants: tenantsHandlers(opened.tenants),
    storage: storageHandlers(opened.storage),
    recovery: recoveryHandlers(opened.recovery),
    cardinality: cardinalityHandlers(opened.cardinality.service),
    usage: usageHandlers({ usage: opened.usage, jobs, exportsDirectory: profile.exports, clock }),
    queries: queriesHandlers(queries),
    jobs: jobsHandlers(jobs, clock),
    audit: auditHandlers(audit, (principal) =>
      jobs.submit(opened.auditExport, auditExportInput(profile.exports, audit, clock.nowMs()), principal),
    ),
    settings: settingsHandlers(settings, base.settingsFile),
    secrets: secretsHandlers(secrets, announcements),
    support: supportHandlers((principal) =>
      jobs.submit(opened.supportBundle, supportBundleInput(profile.exports, clock.nowMs()), principal),
    ),
    lab: labHandlers(lab),
  };
}
