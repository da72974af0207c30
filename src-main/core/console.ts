import type { LogTarget } from "../../src-shared/api/log-target.ts";
import { createAuditExportJob } from "./audit/audit-export.job.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import { lockProfile } from "./common/profile.ts";
import { openConsoleArchives, type ConsoleArchives } from "./console-archives.ts";
import { openConsoleBase, type ConsoleBase, type ConsoleBaseOptions } from "./console-base.ts";
import { capsuleJob } from "./console-capsules.ts";
import { openConsoleCardinality, type ConsoleCardinality } from "./console-cardinality.ts";
import { exportJob } from "./console-exports.ts";
import { openConsoleHealth, type ConsoleHealth } from "./console-health.ts";
import { openQuotaGate } from "./console-quotas.ts";
import { openConsoleSites, sourceFactory, type SourceParts } from "./console-sites.ts";
import { supportFacts } from "./console-support.ts";
import { openConsoleRecovery, type ConsoleRecovery } from "./console-recovery.ts";
import { openConsoleStorage, type ConsoleStorage } from "./console-storage.ts";
import { openConsoleUsage, type ConsoleUsage } from "./console-usage.ts";
import { openConsoleTenants, type ConsoleTenants } from "./console-tenants.ts";
import { unrestored } from "./health/operations/unrestored.ts";
import { JobEngine } from "./jobs/job-engine.ts";
import { JobStore } from "./jobs/job-store.ts";
import { LabService } from "./lab/lab.service.ts";
import { logFiles } from "./logging/log-file.ts";
import { LogsService } from "./logs/logs.service.ts";
import { podListing } from "./logs/pod-listing.ts";
import { SourcePool } from "./logs/source-pool.ts";
import { QueryHistory } from "./queries/query-history.ts";
import { unsettled } from "./tenants/changes/unsettled.ts";
import { unpaused } from "./storage/restore/apply/unpaused.ts";
import { ReadOnlySwitch } from "./session/standing.ts";
import { createSupportBundleJob } from "./support/support-bundle.job.ts";

export interface ConsoleOptions extends ConsoleBaseOptions, SourceParts {
  /** Whether pages of other machines reach this console; then only some folders may be opened. Not, without. */
  readonly reachedFromElsewhere?: boolean;
}

/** Everything a shell serves: one profile, locked, with all its services running. */
export interface Console extends AsyncDisposable {
  readonly version: string;
  readonly base: ConsoleBase;
  readonly readOnly: ReadOnlySwitch;
  readonly jobs: JobEngine;
  readonly auditExport: ReturnType<typeof createAuditExportJob>;
  readonly supportBundle: ReturnType<typeof createSupportBundleJob>;
  readonly queries: QueryHistory;
  readonly lab: LabService;
  readonly sites: SitesService;
  readonly logs: LogsService;
  readonly archives: ConsoleArchives;
  readonly capsuleJob: ReturnType<typeof capsuleJob>;
  readonly exportJob: ReturnType<typeof exportJob>;
  readonly health: ConsoleHealth;
  readonly tenants: ConsoleTenants;
  readonly cardinality: ConsoleCardinality;
  readonly usage: ConsoleUsage;
  readonly storage: ConsoleStorage;
  readonly recovery: ConsoleRecovery;
}

const JOBS_AT_A_TIME = 2;
/** Newest first; a log level is raised for two hours at most. */
const INTERRUPTED_LOOKED_AT = 100;

/** Opens the console over a profile. Rejects with `profile.in-use` where another console has it, leaving nothing open. */
export async function openConsole(options: ConsoleOptions): Promise<Console> {
  await using opened = new AsyncDisposableStack();
  const base = opened.use(openConsoleBase(options));
  const { profile, settings, announcements, logger, clock, audit } = base;
  opened.use(lockProfile(profile));
  const queries = opened.use(new QueryHistory(profile.file("queries.db"), clock, announcements));
  const lab = opened.use(
    new LabService({
      locate: options.locateWorker,
      logger: logger.child("lab"),
      kubeconfigFile: profile.file("lab.kubeconfig"),
      onChange: () => announcements.changed("lab"),
    }),
  );
  const sources = sourceFactory(options, base, opened);
  const sites = opened.use(await openConsoleSites(options, base, lab, sources));
  const pool = opened.use(
    new SourcePool(async (target) => {
      if (target.kind === "pods") return sites.podLogSource(target.site, target.namespace);
      const source = sources.loki({ ...target, transport: await sites.transportFor(target.site) });
      await sites.noteTenant(target.site, target.tenant);
      return source;
    }),
  );
  const archives = await openConsoleArchives(
    { ...options, reachedFromElsewhere: options.reachedFromElsewhere ?? false },
    base,
    opened,
  );
  const openSource = async (target: LogTarget, signal: AbortSignal) =>
    target.kind === "archive" ? archives.service.logSource(target.archive, target.tenant, signal) : pool.lend(target);
  const usage = openConsoleUsage({ ...options, base, sites, openSource }, opened);
  const quotas = openQuotaGate(base, usage.ledger);
  opened.defer(announcements.onChanged("usage", () => quotas.quotasChanged()));
  const { admit } = quotas;
  const logs = opened.use(
    await LogsService.open({
      settings,
      clock,
      logger: logger.child("logs"),
      profileDirectory: profile.root,
      locateWorker: options.locateWorker,
      openSource,
      admit,
      listPods: async (target, signal) => podListing(await openSource(target, signal), clock.nowMs(), signal),
    }),
  );
  const auditExport = createAuditExportJob(audit);
  const readOnly = new ReadOnlySwitch(settings, announcements);
  const health = openConsoleHealth(
    { base, sites, openSource, jobs: () => jobs, readOnly: () => readOnly.readOnly },
    opened,
  );
  const tenants = openConsoleTenants(
    { ...options, base, sites, health, openSource, jobs: () => jobs, readOnly: () => readOnly.readOnly },
    opened,
  );
  const cardinality = openConsoleCardinality(
    { ...options, base, sites, health, limits: tenants.limits, openSource, jobs: () => jobs },
    opened,
  );
  const storageDomain = {
    ...options,
    base,
    sites,
    health,
    openSource,
    jobs: () => jobs,
    readOnly: () => readOnly.readOnly,
  };
  const storage = openConsoleStorage(storageDomain, opened);
  const recovery = openConsoleRecovery({ ...storageDomain, storage }, opened);
  const supportBundle = createSupportBundleJob({
    facts: () => supportFacts({ base, sites, lab, version: options.version }),
    logFiles: () => logFiles(profile.logs),
  });
  const capsules = capsuleJob({ base, sites, archives, openSource, admit, version: options.version });
  const exporting = exportJob({ ...options, base, archives, openSource, admit });
  const jobs = opened.use(
    new JobEngine({
      store: new JobStore(profile.file("jobs.db")),
      definitions: [
        auditExport,
        supportBundle,
        archives.importJob,
        archives.verifyJob,
        capsules,
        exporting,
        health.operations.job,
        tenants.changes.job,
        cardinality.job,
        usage.job,
        ...storage.jobs,
        ...recovery.jobs,
      ],
      maxRunning: JOBS_AT_A_TIME,
      clock,
      logger: logger.child("jobs"),
      announcer: announcements,
    }),
  );
  jobs.begin();
  cardinality.begin();
  const interrupted = jobs.list(["interrupted"], INTERRUPTED_LOOKED_AT);
  const unfinished = [...unrestored(interrupted), ...unsettled(interrupted), ...unpaused(interrupted)];
  for (const left of unfinished) jobs.resume(left);
  logger.info("console opened", { version: options.version, profile: profile.root });
  const rest = opened.move();
  return {
    version: options.version,
    base,
    readOnly,
    jobs,
    auditExport,
    supportBundle,
    queries,
    lab,
    sites,
    logs,
    archives,
    capsuleJob: capsules,
    exportJob: exporting,
    health,
    tenants,
    cardinality,
    usage,
    storage,
    recovery,
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}
