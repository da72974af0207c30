import { AppError } from "../../src-shared/errors/app-error.ts";
import { siteIdSchema } from "../../src-shared/model/ids.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import type { HealthSite } from "../core/health/health-site.ts";
import { transportActions } from "../core/health/operations/adapters/transport-actions.ts";
import { directTargets } from "../core/health/scraping/direct-targets.ts";
import { Scraper } from "../core/health/scraping/scraper.ts";
import type { CommandContext } from "./command-context.ts";
import { openTransport } from "./open-source.ts";
import type { SourceOptions } from "./source-options.ts";

/** How a command opens the Loki it looks at, again and again; all that is opened is closed with the stack. */
export type OpenCommandSite = (signal: AbortSignal) => Promise<HealthSite>;

/** `--site` with all of its pods, or the one process that answers at `--source`. @throws AppError `request.invalid` */
export async function commandHealthSite(
  base: ConsoleBase,
  context: CommandContext,
  options: SourceOptions,
  intervalMs: number,
  stack: AsyncDisposableStack,
): Promise<OpenCommandSite> {
  const { clock } = base;
  if (options.source !== undefined) {
    const transport = await openTransport(base, context, options, stack);
    const targets = directTargets(transport);
    const id = siteIdSchema.parse("command-line");
    return async () => ({
      id,
      name: transport.describe("admin"),
      source: "direct",
      rounds: new Scraper({ clock, source: targets, intervalMs }),
      targets,
      transport,
      cluster: null,
      pods: transportActions(transport),
    });
  }
  if (options.site === undefined)
    throw new AppError("request.invalid", { path: "--site", problem: "--site ID | --source URL" });
  const { openCommandSites, siteByName } = await import("./command-sites.ts");
  const { HealthSites } = await import("../core/console-health-sites.ts");
  const sites = await openCommandSites(base, context, stack);
  const site = await siteByName(sites, options.site);
  const healthSites = stack.use(new HealthSites({ base, sites, intervalMs: () => intervalMs }));
  return (signal) => healthSites.open(site, signal);
}
