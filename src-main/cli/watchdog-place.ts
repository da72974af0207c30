import { hostname } from "node:os";
import { join } from "node:path";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { ClusterConnection } from "../core/clusters/cluster-connection.ts";
import { ExecPlugins } from "../core/clusters/exec-plugin.ts";
import type { UsableContext } from "../core/clusters/kubeconfig-model.ts";
import { KubernetesClient } from "../core/clusters/kubernetes-client.ts";
import { PluginConfirmations } from "../core/clusters/plugin-confirmations.ts";
import type { SitesService } from "../core/clusters/sites.service.ts";
import { systemClock } from "../core/common/clock.ts";
import type { Logger } from "../core/common/logger.ts";
import type { CommandContext } from "./command-context.ts";
import { siteByName } from "./command-sites.ts";
import type { WatchdogCommandOptions } from "./watchdog-options.ts";

/** The cluster that a watchdog watches, and who it is there. */
export interface WatchdogPlace {
  readonly client: () => Promise<KubernetesClient>;
  readonly namespace: string;
  readonly scheme: "http" | "https";
  readonly pathPrefix: string;
  /** No other watchdog goes by it. */
  readonly identity: string;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** By the service account of the pod that this runs in. Writes nothing anywhere: its file system may be read-only. */
export function placeInCluster(
  cluster: UsableContext,
  { terminal, profileRoot }: CommandContext,
  options: WatchdogCommandOptions,
  logger: Logger,
  stack: AsyncDisposableStack,
): WatchdogPlace {
  const { environment } = terminal;
  const namespace = options.namespace ?? cluster.namespace;
  if (namespace === null) throw new AppError("request.invalid", { path: "--namespace", problem: "" });
  // A service account has a token and no plugin; this only says so to what could run one.
  const plugins = stack.use(
    new ExecPlugins({
      confirmations: PluginConfirmations.open(join(profileRoot, "plugins.json"), systemClock, logger),
      commandPath: () => Promise.resolve(environment["PATH"] ?? ""),
      environment,
      clock: systemClock,
      timeoutMs: () => CONNECT_TIMEOUT_MS,
    }),
  );
  const connection = stack.use(
    new ClusterConnection(cluster, {
      plugins,
      logger,
      clock: systemClock,
      environment,
      connectTimeoutMs: () => CONNECT_TIMEOUT_MS,
    }),
  );
  const client = new KubernetesClient(connection);
  return {
    client: () => Promise.resolve(client),
    namespace,
    scheme: options.scheme ?? "http",
    pathPrefix: options.pathPrefix ?? "",
    // The pod's name: of its containers one alone is a watchdog.
    identity: environment["POD_NAME"] ?? hostname(),
  };
}

/** By a site's kubeconfig. */
export async function placeOfSite(
  sites: SitesService,
  wanted: string,
  options: WatchdogCommandOptions,
  signal: AbortSignal,
): Promise<WatchdogPlace> {
  const id = await siteByName(sites, wanted);
  const { sites: known } = await sites.list();
  const config = known.find((site) => site.id === id)?.config;
  const overrides = config?.kind === "kubernetes" ? config.overrides : {};
  await sites.kubernetesFor(id);
  const namespace = options.namespace ?? (await sites.discoveryFor(id, signal))?.namespace;
  if (namespace === undefined) throw new AppError("health.no-targets", { site: wanted });
  return {
    client: () => sites.kubernetesFor(id),
    namespace,
    scheme: options.scheme ?? overrides.scheme ?? "http",
    pathPrefix: options.pathPrefix ?? overrides.pathPrefix ?? "",
    // Several may run on one machine.
    identity: `${hostname()}_${process.pid}`,
  };
}
