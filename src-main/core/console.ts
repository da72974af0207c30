import { readFile } from "node:fs/promises";
import { availableParallelism, homedir } from "node:os";
import { createAuditExportJob } from "./audit/audit-export.job.ts";
import { kubeconfigPaths } from "./clusters/kubeconfig-files.ts";
import { SitesService, type SourceFactory } from "./clusters/sites.service.ts";
import { lockProfile } from "./common/profile.ts";
import type { WorkerLocator } from "./common/worker-entry.ts";
import { openConsoleBase, type ConsoleBase, type ConsoleBaseOptions } from "./console-base.ts";
import { supportFacts } from "./console-support.ts";
import { JobEngine } from "./jobs/job-engine.ts";
import { JobStore } from "./jobs/job-store.ts";
import { LabService } from "./lab/lab.service.ts";
import { logFiles } from "./logging/log-file.ts";
import { AnswerCache } from "./logs/adapters/loki/answer-cache.ts";
import { createLokiLogSource } from "./logs/adapters/loki/loki-log-source.ts";
import { createPageParser } from "./logs/adapters/loki/page-parser.ts";
import { createPodLogSource } from "./logs/adapters/pods/pod-log-source.ts";
import { LogsService } from "./logs/logs.service.ts";
import { SourcePool } from "./logs/source-pool.ts";
import { QueryHistory } from "./queries/query-history.ts";
import { ReadOnlySwitch } from "./session/standing.ts";
import { createSupportBundleJob } from "./support/support-bundle.job.ts";

export interface ConsoleOptions extends ConsoleBaseOptions {
  readonly version: string;
  readonly locateWorker: WorkerLocator;
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
}

const JOBS_AT_A_TIME = 2;

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
  const sites = opened.use(await openSites(options, base, lab, sources));
  const pool = opened.use(
    new SourcePool(async (target) => {
      if (target.kind === "pods") return sites.podLogSource(target.site, target.namespace);
      const source = sources.loki({ ...target, transport: await sites.transportFor(target.site) });
      await sites.noteTenant(target.site, target.tenant);
      return source;
    }),
  );
  const logs = opened.use(
    await LogsService.open({
      settings,
      clock,
      logger: logger.child("logs"),
      profileDirectory: profile.root,
      locateWorker: options.locateWorker,
      openSource: (target) => pool.lend(target),
      listPods: (target, signal) => sites.podListing(target.site, signal),
    }),
  );
  const auditExport = createAuditExportJob(audit);
  const readOnly = new ReadOnlySwitch(settings, announcements);
  const supportBundle = createSupportBundleJob({
    facts: () => supportFacts({ base, sites, lab, version: options.version }),
    logFiles: () => logFiles(profile.logs),
  });
  const jobs = opened.use(
    new JobEngine({
      store: new JobStore(profile.file("jobs.db")),
      definitions: [auditExport, supportBundle],
      maxRunning: JOBS_AT_A_TIME,
      clock,
      logger: logger.child("jobs"),
      announcer: announcements,
    }),
  );
  jobs.begin();
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
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

function sourceFactory(options: ConsoleOptions, base: ConsoleBase, opened: AsyncDisposableStack): SourceFactory {
  const { settings, logger, clock } = base;
  const parser = opened.use(
    createPageParser({
      locate: options.locateWorker,
      threads: Math.max(1, Math.min(4, availableParallelism() - 1)),
      logger: logger.child("loki"),
    }),
  );
  const cache = new AnswerCache(settings.get("logs.cacheMaxBytes"), () => settings.get("logs.cacheEnabled"));
  return {
    loki: ({ transport, site, tenant }) =>
      createLokiLogSource({
        transport,
        tenant,
        site,
        title: tenant,
        clock,
        logger: logger.child("loki"),
        parser,
        cache,
        version: options.version,
        requestTimeoutMs: settings.get("logs.requestTimeoutSeconds") * 1_000,
        parallelRequests: settings.get("logs.parallelRequests"),
      }),
    pods: ({ client, namespace, site }) =>
      createPodLogSource({ client, namespace, site, clock, logger: logger.child("pods") }),
  };
}

function openSites(
  options: ConsoleOptions,
  base: ConsoleBase,
  lab: LabService,
  sources: SourceFactory,
): Promise<SitesService> {
  const { profile, settings, secrets, announcements, logger, clock } = base;
  return SitesService.open({
    profile,
    kubeconfigs: kubeconfigPaths(options.environment, homedir()),
    environment: options.environment,
    settings,
    secrets,
    announcer: announcements,
    logger: logger.child("sites"),
    clock,
    lab: {
      // The lab starts when somebody first wants it.
      status: async () => {
        const { kubeconfig, ...status } = await lab.start();
        return kubeconfig === undefined ? status : { ...status, kubeconfig: await readFile(kubeconfig, "utf8") };
      },
    },
    sources,
  });
}
