import type { SiteId } from "../../src-shared/model/ids.ts";
import { siteIdSchema } from "../../src-shared/model/ids.ts";
import { tenantIdSchema } from "../../src-shared/model/tenant-id.ts";
import type { TenantsBoard } from "../../src-shared/model/tenants/board.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { LokiTransport } from "../core/clusters/loki-transport.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { maySee, publishedLimits } from "../core/console-tenants-limits.ts";
import { parseSeriesKey } from "../core/health/detection/series-key.ts";
import { EVERY_TENANT } from "../core/identity/tenant-scope.ts";
import { createLokiLogSource } from "../core/logs/adapters/loki/loki-log-source.ts";
import { createPageParser } from "../core/logs/adapters/loki/page-parser.ts";
import { TenantsService } from "../core/tenants/board/tenants.service.ts";
import { LimitsReader } from "../core/tenants/limits/reading/limits-reader.ts";
import { audited, type CommandContext } from "./command-context.ts";
import { commandHealthSite, type OpenCommandSite } from "./open-health-site.ts";
import { openWatch } from "./run-health.ts";
import type { SourceOptions } from "./source-options.ts";
import { KUBEMATE_VERSION } from "./version.ts";

const INTERVAL_MS = 5_000;
/** A rate needs two answers of the same process. */
const FEWEST_ROUNDS = 2;

/** Whoever has the machine sees what its profile's sites show. */
export const COMMAND_CALLER = { tenants: EVERY_TENANT };

/** The tenants of one site for a command. */
export interface CommandTenants {
  readonly site: SiteId;
  readonly service: TenantsService;
  /** After two rounds, or when the time is over. */
  readonly settled: (waitMs: number) => Promise<TenantsBoard>;
}

/** Opens `--site` or `--source`; nothing is kept in the profile. @throws AppError */
export async function openCommandTenants(
  base: ConsoleBase,
  context: CommandContext,
  options: SourceOptions,
  action: string,
  stack: AsyncDisposableStack,
): Promise<CommandTenants> {
  const { terminal } = context;
  const subject = { site: options.site ?? options.source ?? "" };
  const act = { action, permission: "tenants.read", auditClass: "access", subject } as const;
  const open = await audited(base, context, act, () => commandHealthSite(base, context, options, INTERVAL_MS, stack));
  const logger = base.logger.child("tenants");
  const reader = stack.use(new LimitsReader(() => terminal.locateWorker("limits-read"), logger));
  const watch = stack.use(openWatch(base, open, INTERVAL_MS));
  const { site } = watch;
  const service = stack.use(
    new TenantsService({
      openSite: (_site, signal) => open(signal),
      rounds: () => (watch.memory === null ? null : { latest: watch.memory.latest, kept: null }),
      watchHealth: (_site, signal) => watch.boards(signal),
      openUseStore: () => Promise.resolve(null),
      askPublished: publishedLimits(base, KUBEMATE_VERSION),
      reader,
      parseSeriesKey,
      maySee,
      clock: base.clock,
      logger,
      explain: { reader, openLogs: logsOf(base, context, open, stack), clock: base.clock },
    }),
  );
  const named = siteIdSchema.safeParse(options.site);
  return {
    site,
    service,
    settled: async (waitMs) => {
      const board = await settledBoard(service, site, base, terminal.signal, waitMs);
      return named.success ? { ...board, site: named.data } : board;
    },
  };
}

async function settledBoard(
  service: TenantsService,
  site: SiteId,
  { clock }: ConsoleBase,
  stopped: AbortSignal,
  waitMs: number,
): Promise<TenantsBoard> {
  const ending = new AbortController();
  const signal = AbortSignal.any([stopped, ending.signal]);
  const cancel = clock.after(Math.max(1, waitMs), () => ending.abort());
  const rounds = new Set<number>();
  let last: TenantsBoard | null = null;
  try {
    for await (const board of service.watch(site, COMMAND_CALLER, signal)) {
      last = board;
      if (board.state === "failed") break;
      if (board.sources.some(({ source, state }) => source === "metrics" && state === "read")) rounds.add(board.atMs);
      if (rounds.size >= FEWEST_ROUNDS) break;
    }
  } finally {
    cancel();
  }
  if (stopped.aborted) throw new AppError("request.cancelled", {});
  return last ?? (await service.board(site, COMMAND_CALLER, stopped));
}

/** Logs of a tenant over the way that is open already. */
function logsOf(
  { clock, logger, settings }: ConsoleBase,
  { terminal }: CommandContext,
  open: OpenCommandSite,
  stack: AsyncDisposableStack,
) {
  const parser = stack.use(
    createPageParser({ locate: terminal.locateWorker, threads: 1, logger: logger.child("loki") }),
  );
  return async (site: SiteId, tenant: string, signal: AbortSignal) => {
    const { transport } = await open(signal);
    return createLokiLogSource({
      transport: lent(transport),
      tenant: tenantIdSchema.parse(tenant),
      site,
      title: tenant,
      clock,
      logger: logger.child("loki"),
      parser,
      cache: null,
      version: KUBEMATE_VERSION,
      requestTimeoutMs: settings.get("logs.requestTimeoutSeconds") * 1_000,
      parallelRequests: settings.get("logs.parallelRequests"),
    });
  };
}

/** The same way, which stays open when the source over it is closed. */
function lent(transport: LokiTransport): LokiTransport {
  return {
    request: (request) => transport.request(request),
    socket: (request) => transport.socket(request),
    describe: (role) => transport.describe(role),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
