import { readFile } from "node:fs/promises";
import { availableParallelism, homedir } from "node:os";
import { kubeconfigPaths } from "./clusters/kubeconfig-files.ts";
import { SitesService, type SourceFactory } from "./clusters/sites.service.ts";
import type { WorkerLocator } from "./common/worker-entry.ts";
import type { ConsoleBase } from "./console-base.ts";
import type { LabService } from "./lab/lab.service.ts";
import { AnswerCache } from "./logs/adapters/loki/answer-cache.ts";
import { createLokiLogSource } from "./logs/adapters/loki/loki-log-source.ts";
import { createPageParser } from "./logs/adapters/loki/page-parser.ts";
import { createPodLogSource } from "./logs/adapters/pods/pod-log-source.ts";

export interface SourceParts {
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly locateWorker: WorkerLocator;
}

/** Makes log sources; they share one pool of parsers and one cache of answers. */
export function sourceFactory(options: SourceParts, base: ConsoleBase, opened: AsyncDisposableStack): SourceFactory {
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

/** Opens the sites of a profile. The lab among them starts when somebody first wants it. */
export function openConsoleSites(
  options: SourceParts,
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
      status: async () => {
        const { kubeconfig, ...status } = await lab.start();
        return kubeconfig === undefined ? status : { ...status, kubeconfig: await readFile(kubeconfig, "utf8") };
      },
    },
    sources,
  });
}
