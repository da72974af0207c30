import { parse } from "yaml";
import { isAppError } from "../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import type { LimitYaml } from "../../src-shared/model/tenants/limit.ts";
import { tenantIdSchema } from "../../src-shared/model/tenant-id.ts";
import type { LokiTransport } from "./clusters/loki-transport.ts";
import type { ConsoleBase } from "./console-base.ts";
import type { HealthSite, OpenHealthSite } from "./health/health-site.ts";
import { readConfig } from "./health/instance/read-config.ts";
import type { ScrapeTarget } from "./health/scraping/scrape-target.ts";
import { LokiClient } from "./logs/adapters/loki/loki-client.ts";
import { readMetric } from "./logs/adapters/loki/metric-reader.ts";
import { DEFAULT_RETRY } from "./logs/adapters/loki/retry-policy.ts";
import type { CountedLines, LokiControl } from "./storage/loki/loki-control.ts";
import type { TenantOverrides } from "./storage/loki/read-retention.ts";
import { siteLokiControl } from "./storage/loki/site-loki-control.ts";
import { findRuntimeConfig, splitFiles } from "./tenants/board/find-runtime-config.ts";
import { readDuration, readGoDuration } from "./tenants/limits/limit-scalars.ts";
import { readRuntimeOverrides } from "./tenants/limits/runtime-overrides.ts";

const TIMEOUT_MS = 60_000;
const NS_PER_MS = 1_000_000n;
/** Who knows most of compaction first. */
const ASKED_FIRST = ["compactor", "backend", "single-binary", "query-frontend", "read", "index-gateway"];
const MOST_ASKED = 3;

export interface LokiControlDomain {
  readonly base: Pick<ConsoleBase, "clock" | "logger">;
  readonly openSite: OpenHealthSite;
  /** The console's, for `User-Agent`. */
  readonly version: string;
}

/** `null` for a bucket without a site. Rejects with `sites.unknown`, `health.no-targets`, `cluster.*`. */
export type LokiControlOpener = (site: SiteId | null, signal: AbortSignal) => Promise<LokiControl | null>;

/** The Loki of a site as those see it who change its bucket: `(site, signal) => LokiControl`. */
export function lokiControls({ base, openSite, version }: LokiControlDomain): LokiControlOpener {
  const { clock } = base;
  return async (site, signal) => {
    if (site === null) return null;
    const opened = await openSite(site, signal);
    const config = (inner: AbortSignal) => configOf(opened, base, inner);
    return siteLokiControl({
      cluster: opened.cluster,
      config,
      overrides: (inner) => overridesOf(opened, config, inner),
      seconds: (text) => readDuration(text) ?? readGoDuration(text),
      countLines: (question, inner) => countLines(opened.transport, { base, version }, question, inner),
      clock,
    });
  };
}

/** `/config` without its secrets, of the first process that tells it; `null` where none does. */
async function configOf(site: HealthSite, { clock }: LokiControlDomain["base"], signal: AbortSignal): Promise<unknown> {
  const targets = await orNull(() => site.targets.targets(signal), signal);
  const place = ({ component }: ScrapeTarget) => {
    const at = ASKED_FIRST.indexOf(component);
    return at < 0 ? ASKED_FIRST.length : at;
  };
  const asked = (targets ?? []).toSorted((one, other) => place(one) - place(other)).slice(0, MOST_ASKED);
  for (const target of asked) {
    // oxlint-disable-next-line no-await-in-loop -- the next is asked when this one does not tell
    const text = await orNull(() => readConfig(target, clock, signal), signal);
    const read: unknown = text === null || text.cut ? null : parsed(text.yaml);
    if (read !== null) return read;
  }
  return null;
}

function parsed(yaml: string): unknown {
  try {
    return parse(yaml, { logLevel: "error", uniqueKeys: false, maxAliasCount: 100 });
  } catch {
    // What is no YAML tells nothing.
    return null;
  }
}

async function overridesOf(
  site: HealthSite,
  config: (signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): Promise<TenantOverrides> {
  if (site.cluster === null) return new Map();
  const told = async (inner: AbortSignal) => runtimeFiles(await config(inner));
  const found = await orNull(() => findRuntimeConfig(site, told, signal), signal);
  if (found === null) return new Map();
  const { tenants } = readRuntimeOverrides(found.text);
  return new Map(
    [...tenants].map(([tenant, values]) => {
      const entries = values.map(({ key, value }): readonly [string, LimitYaml] => [key, value.yaml]);
      return [tenant, Object.fromEntries(entries)];
    }),
  );
}

function runtimeFiles(config: unknown): readonly string[] | null {
  const runtime = field(config, "runtime_config");
  const file = field(runtime, "file");
  return typeof file === "string" ? splitFiles(file) : null;
}

function field(value: unknown, name: string): unknown {
  // Only read, and every answer is checked where it is used.
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** Asked with `Cache-Control: no-cache`, which the query frontend's results cache heeds; both ends of the time count. */
async function countLines(
  transport: LokiTransport,
  { base, version }: Pick<LokiControlDomain, "base" | "version">,
  { tenant, query, fromMs, throughMs }: Parameters<LokiControl["countLines"]>[0],
  signal: AbortSignal,
): Promise<CountedLines> {
  const client = new LokiClient({
    transport: uncached(transport),
    tenant: tenantIdSchema.parse(tenant),
    clock: base.clock,
    logger: base.logger.child("canaries"),
    version,
    requestTimeoutMs: TIMEOUT_MS,
    parallelRequests: 1,
    retry: DEFAULT_RETRY,
    random: Math.random,
  });
  // A range of Loki's leaves out its beginning.
  const expr = `sum(count_over_time(${query} [${throughMs - fromMs + 1}ms]))`;
  const atNs = BigInt(throughMs) * NS_PER_MS;
  const answer = await readMetric(client, { expr, range: { startNs: atNs, endNs: atNs }, stepNs: null }, signal);
  const [, value = "0"] = answer.result.series[0]?.points.at(-1) ?? [];
  const complete = answer.completeness.verdict === "complete" && answer.stats.cachedSplits === 0;
  return { lines: Number(value), complete };
}

function uncached(transport: LokiTransport): LokiTransport {
  return {
    request: (request) =>
      transport.request({ ...request, headers: { ...request.headers, "Cache-Control": "no-cache" } }),
    socket: (request) => transport.socket(request),
    describe: (role) => transport.describe(role),
    // The same way, which stays open.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function orNull<Value>(read: () => Promise<Value>, signal: AbortSignal): Promise<Value | null> {
  try {
    return await read();
  } catch (error) {
    if (signal.aborted || !isAppError(error)) throw error;
    return null;
  }
}
