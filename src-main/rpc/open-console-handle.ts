import { openConsole, type Console, type ConsoleOptions } from "../core/console.ts";
import { consoleDoor } from "./console-handlers.ts";
import type { ConsoleHandle } from "./console-handle.ts";

/** Where links of the program itself lead, besides the sites' own. */
const PRODUCT_ORIGINS = ["https://grafana.com"];

/** Opens the console with its door, as the shells that have a window take it. */
export async function openConsoleHandle(
  options: ConsoleOptions & { readonly principal: string },
): Promise<ConsoleHandle & { readonly opened: Console }> {
  const opened = await openConsole(options);
  const { base } = opened;
  const language = base.settings.get("appearance.language");
  return {
    opened,
    router: consoleDoor(opened),
    principal: options.principal,
    role: base.settings.get("safety.role"),
    profileDirectory: base.profile.root,
    logger: base.logger,
    clock: base.clock,
    locale: language === "system" ? null : language,
    openLink: (url) => base.announcements.openLink(url),
    externalOrigins: async () => [...PRODUCT_ORIGINS, ...(await traceOrigins(opened))],
    close: async () => opened[Symbol.asyncDispose](),
  };
}

async function traceOrigins({ sites }: Console): Promise<readonly string[]> {
  const { sites: known } = await sites.list();
  const templates = known.flatMap(({ config }) => config.traceLinks ?? []);
  return templates.flatMap(({ url }) => {
    // A template's placeholder may stand in the path or query, never in the origin.
    const parsed = URL.parse(url.replaceAll("{value}", "x"));
    return parsed !== null && /^https?:$/.test(parsed.protocol) ? [parsed.origin] : [];
  });
}
