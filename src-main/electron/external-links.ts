import type { Logger } from "../core/common/logger.ts";

/** Whether an address may be handed to the system's browser: https, nobody's password in it, and an origin on the list. */
export function isAllowedOutside(text: string, origins: readonly string[]): boolean {
  const url = URL.parse(text);
  if (url === null || url.protocol !== "https:") return false;
  if (url.username !== "" || url.password !== "") return false;
  return origins.includes(url.origin);
}

/** Opens what is allowed in the system's browser; the rest is logged (its origin alone) and goes nowhere. */
export async function openOutside(
  url: string,
  origins: () => Promise<readonly string[]>,
  open: (url: string) => Promise<void>,
  logger: Logger,
): Promise<void> {
  const parsed = URL.parse(url);
  if (parsed !== null && isAllowedOutside(url, await origins())) {
    await open(parsed.href);
    return;
  }
  logger.warn("a link was not opened", { origin: parsed === null ? "none" : parsed.origin });
}
