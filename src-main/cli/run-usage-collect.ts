import type { LogTarget } from "../../src-shared/api/log-target.ts";
import { openCollector, openCostLedger } from "../core/console-usage.ts";
import { sourceFactory } from "../core/console-sites.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { jsonLine, write } from "./terminal.ts";
import { KUBEMATE_VERSION } from "./version.ts";

export interface UsageCollectOptions {
  readonly site: string;
  readonly output: OutputFormat;
}

/** Reads the lines of a site's query frontends into the ledger of the profile. */
export async function runUsageCollect(context: CommandContext, options: UsageCollectOptions): Promise<void> {
  using base = openBase(context);
  const subject = { site: options.site };
  const act = { action: "usage.collect", permission: "usage.read", auditClass: "access", subject } as const;
  const result = await audited(base, context, act, async () => {
    await using stack = new AsyncDisposableStack();
    const { openCommandSites, siteByName } = await import("./command-sites.ts");
    const sites = await openCommandSites(base, context, stack);
    const site = await siteByName(sites, options.site);
    const { locateWorker, environment, signal } = context.terminal;
    const sources = sourceFactory({ version: KUBEMATE_VERSION, environment, locateWorker }, base, stack);
    const openSource = async (target: LogTarget) => {
      if (target.kind === "pods") return sites.podLogSource(target.site, target.namespace);
      if (target.kind === "archive") throw new Error("no frontend writes into an archive");
      return sources.loki({ ...target, transport: await sites.transportFor(target.site) });
    };
    const ledger = stack.use(openCostLedger({ base, locateWorker }));
    const { collector } = openCollector({ base, sites, openSource, locateWorker }, ledger);
    const collected = await collector.collect(site, signal);
    await ledger.flush();
    return collected;
  });
  const { stdout } = context.terminal;
  if (options.output !== "text") return write(stdout, jsonLine(result));
  return write(stdout, `${result.lines} lines from ${result.from}, ${result.added} new queries\n`);
}
