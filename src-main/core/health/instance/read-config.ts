import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { ScrapeTarget } from "../scraping/scrape-target.ts";
import { isHtml } from "../scraping/target-outcome.ts";
import { withinTime } from "../scraping/time-limit.ts";
import { maskSecrets } from "./mask-secrets.ts";

/** A configuration without its secrets; `cut` when it was longer than what is shown. */
export interface ConfigText {
  readonly yaml: string;
  readonly cut: boolean;
}

const TIMEOUT_MS = 10_000;
/** A whole configuration of Loki 3.7 with all defaults has 92 KB; reading a megabyte of YAML takes seconds. */
const MAX_BYTES = 1.25 * 2 ** 20;
const MAX_CHARACTERS = 2 ** 20;

/**
 * The configuration that a process runs with, as it tells it, secrets masked.
 * @throws AppError `loki.unauthorized`, `loki.bad-response` (also for what is no YAML: what cannot be read cannot be
 * masked), and what the way to the process throws
 */
export async function readConfig(target: ScrapeTarget, clock: Clock, signal: AbortSignal): Promise<ConfigText> {
  const answer = await withinTime(clock, TIMEOUT_MS, signal, (inner) =>
    target.get({ path: "/config", maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS, signal: inner }),
  );
  const { status, body } = answer;
  if (status === 401 || status === 403) throw new AppError("loki.unauthorized", { status });
  if (status !== 200 || isHtml(answer))
    throw new AppError("loki.bad-response", { status, problem: "no configuration" });
  const masked = maskSecrets(body.toString("utf8"));
  if (masked === null) throw new AppError("loki.bad-response", { status, problem: "no YAML" });
  if (masked.length <= MAX_CHARACTERS) return { yaml: masked, cut: false };
  return { yaml: masked.slice(0, masked.lastIndexOf("\n", MAX_CHARACTERS) + 1), cut: true };
}
