import { createHash } from "node:crypto";
import { join } from "node:path";
import type { LogTarget } from "../../src-shared/api/log-target.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import { tenantIdSchema } from "../../src-shared/model/tenant-id.ts";
import type { Logger } from "./common/logger.ts";
import type { WorkerLocator } from "./common/worker-entry.ts";
import type { ConsoleBase } from "./console-base.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import type { LokiTransport } from "./clusters/loki-transport.ts";
import { parseSeriesKey } from "./health/detection/series-key.ts";
import type { HealthService } from "./health/health.service.ts";
import { SeriesHistory } from "./health/history/series-history.ts";
import { mayUseTenant } from "./identity/tenant-scope.ts";
import { LokiClient } from "./logs/adapters/loki/loki-client.ts";
import { DEFAULT_RETRY } from "./logs/adapters/loki/retry-policy.ts";
import type { LogSource } from "./logs/log-source.ts";
import type { TenantsParts, UseStore } from "./tenants/board/tenants-parts.ts";
import { TenantsService } from "./tenants/board/tenants.service.ts";
import type { MaySee } from "./tenants/board/tenants-caller.ts";
import { LimitsReader } from "./tenants/limits/reading/limits-reader.ts";

const HOUR_MS = 3_600_000;
const USE_KEPT_MS = 24 * HOUR_MS;
/** Of one site: five figures of two thousand tenants, twice. */
const USE_SERIES = 20_000;
const USE_BYTES = 64 * 2 ** 20;
const PUBLISHED_BYTES = 2 ** 20;
const TIMEOUT_MS = 10_000;

export interface LimitsDomain {
  readonly base: ConsoleBase;
  readonly sites: SitesService;
  readonly health: HealthService;
  readonly openSource: (target: LogTarget, signal: AbortSignal) => Promise<LogSource>;
  readonly locateWorker: WorkerLocator;
  readonly version: string;
}

/** Limits of a profile's sites as they stand, their use, and what refusals mean. */
export function openTenantsLimits(domain: LimitsDomain, opened: AsyncDisposableStack): TenantsService {
  const { base, sites, health, openSource, locateWorker, version } = domain;
  const { clock, profile } = base;
  const logger = base.logger.child("tenants");
  const reader = opened.use(new LimitsReader(() => locateWorker("limits-read"), logger));
  return opened.use(
    new TenantsService({
      openSite: (site, signal) => health.open(site, signal),
      rounds: (site) => {
        const memory = health.memoryOf(site);
        const history = memory?.history ?? null;
        const kept = history === null ? null : (fromMs: number, toMs: number) => history.rounds(fromMs, toMs);
        return memory === null ? null : { latest: memory.latest, kept };
      },
      watchHealth: (site, signal) => health.watch(site, signal),
      openUseStore: async (site) => {
        const { place } = await sites.identity(site);
        return openUseStore(join(profile.file("tenants"), folderName(site, place)), logger);
      },
      askPublished: publishedLimits(base, version),
      reader,
      parseSeriesKey,
      maySee,
      clock,
      logger,
      explain: {
        reader,
        openLogs: (site, tenant, signal) =>
          openSource({ kind: "loki", site, tenant: tenantIdSchema.parse(tenant) }, signal),
        clock,
      },
    }),
  );
}

/** Who may see every tenant sees also what Loki calls by names that are no ids. */
export const maySee: MaySee = (caller, tenant) => caller.tenants.kind === "every" || mayUseTenant(caller, tenant);

/** `/config/tenant/v1/limits` of a tenant, through the one place that sets its header. */
export function publishedLimits(
  { clock, logger }: Pick<ConsoleBase, "clock" | "logger">,
  version: string,
): TenantsParts["askPublished"] {
  // What is no tenant id the client refuses.
  return ({ transport }, tenant, signal) =>
    clientOf(transport, tenantIdSchema.parse(tenant)).ask(
      { path: "/config/tenant/v1/limits", role: "admin", params: new URLSearchParams(), maxBytes: PUBLISHED_BYTES },
      (body) => new TextDecoder().decode(body),
      signal,
    );

  function clientOf(transport: LokiTransport, tenant: ReturnType<typeof tenantIdSchema.parse>): LokiClient {
    return new LokiClient({
      transport,
      tenant,
      clock,
      logger,
      version,
      requestTimeoutMs: TIMEOUT_MS,
      parallelRequests: 1,
      retry: DEFAULT_RETRY,
      random: Math.random,
    });
  }
}

const INSTANCE = "use";

/** Points of use on disk, each a round of one instance. @throws AppError `files.unwritable`, `files.disk-full` */
export async function openUseStore(directory: string, logger: Logger): Promise<UseStore> {
  const history = await SeriesHistory.open({
    directory,
    logger,
    keptMs: USE_KEPT_MS,
    segmentMs: HOUR_MS,
    maxBytes: USE_BYTES,
    maxSeriesPerInstance: USE_SERIES,
  });
  return {
    append: ({ atMs, values }) => {
      const series: Record<string, number> = Object.create(null);
      for (const [name, value] of values) series[name] = value;
      const scrape = { instance: INSTANCE, component: "tenants", atMs, tookSeconds: 0, series, ready: null };
      history.append({ atMs, scrapes: [scrape], ring: null });
    },
    async *rounds(fromMs, toMs) {
      for await (const { atMs, scrapes } of history.rounds(fromMs, toMs)) {
        yield { atMs, values: new Map(Object.entries(scrapes[0]?.series ?? {})) };
      }
    },
    [Symbol.dispose]: () => history[Symbol.dispose](),
  };
}

/** A folder for each Loki that a site stood for. */
function folderName(site: SiteId, place: string): string {
  const readable = site.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 60);
  return `${readable}-${createHash("sha256").update(`${site}\u0000${place}`).digest("hex").slice(0, 12)}`;
}
