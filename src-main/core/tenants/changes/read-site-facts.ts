import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { ScrapeRound } from "../../health/detection/scrape.ts";
import type { HealthSite } from "../../health/health-site.ts";
import type { ScrapeTarget } from "../../health/scraping/scrape-target.ts";
import { lokiVersion } from "../board/loki-version.ts";
import { readConfigFacts } from "../limits/reading/config-facts.ts";
import type { ConfigFacts } from "../limits/reading/reading-protocol.ts";
import type { SiteLimitFacts } from "./change-facts.ts";
import { weighedCluster } from "./weighed-cluster.ts";

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 2 * 2 ** 20;
/** Those that enforce what is changed most first. */
const ASKED_FIRST = ["distributor", "write", "single-binary", "query-frontend", "read"];
const MOST_ASKED = 3;
const MOST_TENANTS = 10_000;
const TENANT_SERIES =
  /^loki_(?:ingester_memory_streams|distributor_bytes_received_total)\{.*?\btenant="([^"\\]{1,150})"/;

export interface ReadFacts {
  readonly facts: SiteLimitFacts;
  readonly config: ConfigFacts | null;
}

/**
 * What can be known of a site's limits from one round and some of its pages, for a command, which has no board. Present use is not among
 * it: a rate needs two rounds. What cannot be read is missing. @throws AppError `request.cancelled` alone
 */
export async function readSiteFacts(
  site: HealthSite,
  round: ScrapeRound | null,
  signal: AbortSignal,
): Promise<ReadFacts> {
  const config = await orNull(() => readConfig(site, signal), signal);
  const inventory = await orNull(async () => (await site.cluster?.inventory(signal)) ?? null, signal);
  const limits = config?.limits ?? null;
  return {
    config,
    facts: {
      version: await lokiVersion(round, site.targets, signal),
      config: limits,
      defaults: null,
      gauges: [],
      cluster: weighedCluster({ round, config: limits, workloads: inventory?.workloads ?? null }),
      tenants: round === null ? [] : tenantsIn(round),
      reloadFailing: (round?.scrapes ?? [])
        .filter(({ series }) => Object.entries(series ?? {}).some(([key, value]) => isFailedReload(key, value)))
        .map(({ instance }) => instance),
    },
  };
}

async function readConfig(site: HealthSite, signal: AbortSignal): Promise<ConfigFacts | null> {
  const targets = await site.targets.targets(signal);
  const place = ({ component }: ScrapeTarget) => {
    const at = ASKED_FIRST.indexOf(component);
    return at < 0 ? ASKED_FIRST.length : at;
  };
  for (const target of targets.toSorted((one, other) => place(one) - place(other)).slice(0, MOST_ASKED)) {
    // oxlint-disable-next-line no-await-in-loop -- the next is asked when this one does not tell
    const answer = await orNull(
      () => target.get({ path: "/config", maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS, signal }),
      signal,
    );
    const facts = answer?.status === 200 ? readConfigFacts(answer.body.toString("utf8")) : null;
    if (facts?.limits != null) return facts;
  }
  return null;
}

function tenantsIn(round: ScrapeRound): readonly string[] {
  const tenants = new Set<string>();
  for (const { series } of round.scrapes) {
    for (const key of Object.keys(series ?? {})) {
      const tenant = TENANT_SERIES.exec(key)?.[1];
      if (tenant !== undefined && tenants.size < MOST_TENANTS) tenants.add(tenant);
    }
  }
  return [...tenants];
}

function isFailedReload(key: string, value: number): boolean {
  return key.startsWith("loki_runtime_config_last_reload_successful") && value === 0;
}

async function orNull<Value>(read: () => Promise<Value>, signal: AbortSignal): Promise<Value | null> {
  try {
    return await read();
  } catch (error) {
    if (signal.aborted || !isAppError(error)) throw error;
    return null;
  }
}
