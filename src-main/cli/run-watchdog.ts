import { proxyRefusal, throughClusterFailure } from "../core/clusters/adapters/api-proxy-failure.ts";
import { podSchema } from "../core/clusters/kubernetes-objects.ts";
import { statusFailure } from "../core/clusters/kubernetes-status.ts";
import { discoverLoki } from "../core/clusters/loki-discovery.ts";
import { systemClock } from "../core/common/clock.ts";
import type { Logger } from "../core/common/logger.ts";
import { podTargets } from "../core/health/scraping/pod-targets.ts";
import { Scraper } from "../core/health/scraping/scraper.ts";
import { ClusterCalls } from "../core/health/watchdog/cluster-calls.ts";
import { inClusterContext } from "../core/health/watchdog/in-cluster-context.ts";
import { kubernetesLease } from "../core/health/watchdog/lease.ts";
import { listenAddress, type ListenAddress } from "../core/health/watchdog/listen-address.ts";
import { WATCHDOG_NAME } from "../core/health/watchdog/manifest-objects.ts";
import { MetricsServer } from "../core/health/watchdog/metrics-server.ts";
import { KubernetesWatchdogCluster } from "../core/health/watchdog/watchdog-cluster.ts";
import { Watchdog } from "../core/health/watchdog/watchdog.ts";
import { sendFailure } from "../core/health/operations/adapters/acting-request.ts";
import { watchExpiries } from "../core/tenants/changes/expiry-watch.ts";
import { runtimeMapStore } from "../core/tenants/changes/runtime-map-store.ts";
import { createPinoLogger } from "../core/logging/pino-logger.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { audited, openBase, type CommandContext } from "./command-context.ts";
import { openCommandSites } from "./command-sites.ts";
import { jsonLine, write } from "./terminal.ts";
import { intervalMs, limitsConfigMapOption, type WatchdogCommandOptions } from "./watchdog-options.ts";
import { placeInCluster, placeOfSite, type WatchdogPlace } from "./watchdog-place.ts";

/** Runs until it is told to end. Prints a line of JSON for every condition that changes; its log goes to standard error. */
export async function runWatchdog(context: CommandContext, options: WatchdogCommandOptions): Promise<void> {
  const { terminal } = context;
  const listen = listenAddress(options.metricsListen);
  const everyMs = intervalMs(options.interval);
  const limits = options.limitsConfigMap === undefined ? null : limitsConfigMapOption(options.limitsConfigMap);
  const logger = createPinoLogger({ write: (line) => void terminal.stderr.write(line) }, "info").child("watchdog");
  await using stack = new AsyncDisposableStack();
  if (options.site === undefined) {
    const cluster = await inClusterContext(terminal.environment, options.serviceAccount);
    if (cluster === null) throw new AppError("request.invalid", { path: "--site", problem: "" });
    const place = placeInCluster(cluster, context, options, logger, stack);
    await watch(context, place, { listen, everyMs, dryRun: options.dryRun === true, limits }, logger);
    return;
  }
  const { site } = options;
  const base = stack.use(openBase(context));
  const sites = await openCommandSites(base, context, stack);
  const dryRun = options.dryRun === true;
  await audited(
    base,
    context,
    {
      action: "health.watchdog",
      permission: dryRun ? "health.read" : "health.operate",
      auditClass: dryRun ? "access" : "change",
      subject: { site, dryRun },
    },
    async () => {
      const place = await placeOfSite(sites, site, options, terminal.signal);
      await watch(context, place, { listen, everyMs, dryRun, limits }, logger);
    },
  );
}

async function watch(
  { terminal }: CommandContext,
  place: WatchdogPlace,
  options: {
    readonly listen: ListenAddress;
    readonly everyMs: number;
    readonly dryRun: boolean;
    readonly limits: { readonly name: string; readonly key: string } | null;
  },
  logger: Logger,
): Promise<void> {
  const { client, namespace, scheme, pathPrefix, identity } = place;
  const calls = new ClusterCalls({ client, refusal: statusFailure });
  const cluster = new KubernetesWatchdogCluster({ calls, namespace, podSchema, discoverLoki });
  const watchdog = new Watchdog({
    cluster,
    rounds: async () => {
      const source = podTargets({
        client: await client(),
        discover: (signal) => cluster.discover(signal),
        clock: systemClock,
        scheme,
        pathPrefix,
        refusal: proxyRefusal,
        failure: throughClusterFailure,
      });
      return new Scraper({ source, clock: systemClock, intervalMs: options.everyMs });
    },
    lease: kubernetesLease(calls, namespace, WATCHDOG_NAME),
    identity,
    clock: systemClock,
    monotonicMs: () => performance.now(),
    random: Math.random,
    logger,
    intervalMs: options.everyMs,
    dryRun: options.dryRun,
    onChange: ({ atMs, ...event }) =>
      write(terminal.stdout, jsonLine({ t: new Date(atMs).toISOString(), namespace, ...event })),
  });
  await using server = await MetricsServer.start({
    ...options.listen,
    metrics: () => watchdog.metricsText(),
    healthy: () => watchdog.healthy(),
    ready: () => watchdog.ready(),
  });
  logger.info("watches", { namespace, identity, metrics: `${options.listen.host}:${server.port}` });
  const { limits, dryRun } = options;
  const ending = new AbortController();
  const signal = AbortSignal.any([terminal.signal, ending.signal]);
  const expiries =
    limits === null
      ? Promise.resolve()
      : watchExpiries(
          {
            store: async () => runtimeMapStore(await client(), { refusal: statusFailure, unanswered: sendFailure }),
            place: { namespace, ...limits },
            // A dry run holds no Lease and writes nothing.
            mayAct: () => !dryRun && watchdog.leads,
            clock: systemClock,
            logger,
            onChange: ({ atMs, edits, version }) =>
              write(
                terminal.stdout,
                jsonLine({ t: new Date(atMs).toISOString(), namespace, configMap: limits.name, edits, version }),
              ),
          },
          signal,
        );
  const end = (): void => ending.abort();
  await Promise.all([watchdog.run(signal).finally(end), expiries.finally(limits === null ? undefined : end)]);
}
