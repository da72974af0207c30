import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { LOKI_LOG_LEVELS } from "../../../../src-shared/model/health/operation.ts";
import type { SitePages } from "./site-pages.ts";

/** dskit `server/log_level.go`: `{"message":"Current log level is info"}`. */
const CURRENT = /current log level is "?([a-z]+)/i;

/** @throws AppError `loki.bad-response` where it does not tell, and why it could not be asked */
export async function readLogLevel(pages: SitePages, instance: string, signal: AbortSignal): Promise<string> {
  const text = await pages.text(instance, "/log_level", signal);
  const level = CURRENT.exec(text)?.[1]?.toLowerCase();
  const known: readonly string[] = LOKI_LOG_LEVELS;
  if (level !== undefined && known.includes(level)) return level;
  throw new AppError("loki.bad-response", { status: 200, problem: "no log level" });
}
