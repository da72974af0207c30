import { AppError } from "../../src-shared/errors/app-error.ts";
import { secretRefSchema } from "../../src-shared/model/ids.ts";
import type { TenantId } from "../../src-shared/model/tenant-id.ts";
import { createDirectTransport } from "../core/clusters/adapters/direct-transport.ts";
import type { DirectAuth } from "../core/clusters/adapters/direct-credentials.ts";
import { systemClock } from "../core/common/clock.ts";
import type { LokiTransport } from "../core/clusters/loki-transport.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import type { LokiLogSourceOptions } from "../core/logs/adapters/loki/loki-log-source.ts";
import { createPageParser } from "../core/logs/adapters/loki/page-parser.ts";
import type { CommandContext } from "./command-context.ts";
import { extraHeaders, secretFile, type SourceOptions } from "./source-options.ts";
import { KUBEMATE_VERSION } from "./version.ts";

/** A Loki without tenants takes every request as this one's. */
const SINGLE_TENANT = "fake";

/** What a log source for `--source` or `--site` and `--tenant` is made with; all of it is closed with the stack. */
export async function lokiSourceOptions(
  base: ConsoleBase,
  context: CommandContext,
  options: SourceOptions,
  stack: AsyncDisposableStack,
): Promise<LokiLogSourceOptions> {
  const { settings, logger, clock } = base;
  const parser = stack.use(
    createPageParser({ locate: context.terminal.locateWorker, threads: 2, logger: logger.child("loki") }),
  );
  return {
    transport: await openTransport(base, context, options, stack),
    // Checked where it becomes a header.
    tenant: (options.tenant ?? SINGLE_TENANT) as TenantId,
    site: options.site ?? options.source ?? "",
    title: options.tenant ?? SINGLE_TENANT,
    clock,
    logger: logger.child("loki"),
    parser,
    cache: null,
    version: KUBEMATE_VERSION,
    requestTimeoutMs: settings.get("logs.requestTimeoutSeconds") * 1_000,
    parallelRequests: settings.get("logs.parallelRequests"),
  };
}

/** The way to the Loki of `--source` or `--site`; closed with the stack. */
export async function openTransport(
  base: ConsoleBase,
  context: CommandContext,
  options: SourceOptions,
  stack: AsyncDisposableStack,
): Promise<LokiTransport> {
  if (options.source !== undefined) return stack.use(directTransport(base, options, options.source));
  if (options.site === undefined) {
    throw new AppError("request.invalid", { path: "--source", problem: "--source URL | --site ID" });
  }
  // Kubeconfigs, plugins and the lab are not loaded for an address that was given.
  const { openCommandSites, siteByName } = await import("./command-sites.ts");
  const sites = await openCommandSites(base, context, stack);
  return stack.use(await sites.transportFor(await siteByName(sites, options.site)));
}

function directTransport(base: ConsoleBase, options: SourceOptions, url: string): LokiTransport {
  const { caFile, certFile, keyFile, serverName, insecureSkipVerify, tailSource } = options;
  const secret = secretRefSchema.parse("command-line");
  return createDirectTransport({
    url,
    ...(tailSource === undefined ? {} : { tailUrl: tailSource }),
    auth: directAuth(options),
    secret: async (ref) => (ref === secret ? secretFile(options.tokenFile ?? options.passwordFile ?? "") : null),
    tls: {
      ...(caFile === undefined ? {} : { caFile }),
      ...(certFile === undefined ? {} : { certFile }),
      ...(keyFile === undefined ? {} : { keyFile }),
      ...(serverName === undefined ? {} : { serverName }),
      ...(insecureSkipVerify === undefined ? {} : { insecureSkipVerify }),
    },
    headers: extraHeaders(options),
    clock: systemClock,
    connectTimeoutMs: base.settings.get("sites.connectTimeoutSeconds") * 1_000,
  });
}

function directAuth({ username, passwordFile, tokenFile }: SourceOptions): DirectAuth {
  const secret = secretRefSchema.parse("command-line");
  if (tokenFile !== undefined) return { kind: "bearer", token: secret };
  if (username === undefined) return { kind: "none" };
  if (passwordFile === undefined)
    throw new AppError("request.invalid", { path: "--username", problem: "--password-file" });
  return { kind: "basic", username, password: secret };
}
