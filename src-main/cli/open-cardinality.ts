import { siteIdSchema, type SiteId } from "../../src-shared/model/ids.ts";
import type { TenantId } from "../../src-shared/model/tenant-id.ts";
import type { LokiTransport } from "../core/clusters/loki-transport.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import type { HealthSite } from "../core/health/health-site.ts";
import { LokiLogSource } from "../core/logs/adapters/loki/loki-log-source.ts";
import { createPageParser } from "../core/logs/adapters/loki/page-parser.ts";
import { lokiSeriesSource } from "../core/tenants/cardinality/loki-series-source.ts";
import type { SeriesSource } from "../core/tenants/cardinality/series-source.ts";
import type { CommandContext } from "./command-context.ts";
import { openTransport } from "./open-source.ts";
import type { SourceOptions } from "./source-options.ts";
import { KUBEMATE_VERSION } from "./version.ts";

export interface OpenedTenant {
  readonly site: SiteId;
  readonly source: SeriesSource;
  readonly openHealth: (signal: AbortSignal) => Promise<HealthSite>;
}

interface Way {
  readonly site: SiteId;
  readonly transport: LokiTransport;
  readonly openHealth: OpenedTenant["openHealth"];
}

/** Of metrics one round is asked for. */
const INTERVAL_MS = 15_000;

/** The series of `--tenant` at `--source` or `--site`, and the way to the site's metrics; all is closed with the stack. */
export async function openTenantSeries(
  base: ConsoleBase,
  context: CommandContext,
  options: SourceOptions & { readonly tenant: TenantId },
  stack: AsyncDisposableStack,
): Promise<OpenedTenant> {
  const { settings, clock } = base;
  const logger = base.logger.child("cardinality");
  const { site, transport, openHealth } = await wayTo(base, context, options, stack);
  const parser = stack.use(createPageParser({ locate: context.terminal.locateWorker, threads: 1, logger }));
  const logs = new LokiLogSource({
    transport,
    tenant: options.tenant,
    site,
    title: options.tenant,
    clock,
    logger,
    parser,
    cache: null,
    version: KUBEMATE_VERSION,
    requestTimeoutMs: settings.get("logs.requestTimeoutSeconds") * 1_000,
    parallelRequests: 1,
  });
  const source = stack.use(lokiSeriesSource((call, signal) => logs.client.ask(call, (body) => body, signal), logs));
  return { site, source, openHealth };
}

/** A lab of a command's own is started once, for logs and metrics together. */
async function wayTo(
  base: ConsoleBase,
  context: CommandContext,
  options: SourceOptions,
  stack: AsyncDisposableStack,
): Promise<Way> {
  if (options.source !== undefined || options.site === undefined) {
    const { commandHealthSite } = await import("./open-health-site.ts");
    const transport = await openTransport(base, context, options, stack);
    const openHealth = await commandHealthSite(base, context, options, INTERVAL_MS, stack);
    return { site: siteIdSchema.parse("command-line"), transport, openHealth };
  }
  const { openCommandSites, siteByName } = await import("./command-sites.ts");
  const { HealthSites } = await import("../core/console-health-sites.ts");
  const sites = await openCommandSites(base, context, stack);
  const site = await siteByName(sites, options.site);
  const healthSites = stack.use(new HealthSites({ base, sites, intervalMs: () => INTERVAL_MS }));
  return {
    site,
    transport: stack.use(await sites.transportFor(site)),
    openHealth: (signal) => healthSites.open(site, signal),
  };
}
