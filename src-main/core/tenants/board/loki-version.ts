import { z } from "zod";
import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { ScrapeRound } from "../../health/detection/scrape.ts";
import type { TargetSource } from "../../health/scraping/scrape-target.ts";

const BUILD_INFO = /^loki_build_info\{.*?\bversion="([^"]{1,100})"/;
const buildSchema = z.object({ version: z.string().min(1).max(100) });
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 65_536;
const MOST_ASKED = 3;

/** The version that most processes tell in their metrics, else one that tells it when asked; `null` where nobody does. */
export async function lokiVersion(
  latest: ScrapeRound | null,
  source: TargetSource,
  signal: AbortSignal,
): Promise<string | null> {
  const counts = new Map<string, number>();
  for (const { series } of latest?.scrapes ?? []) {
    // oxlint-disable-next-line guard-for-in -- a scrape's record has no prototype's keys
    for (const key in series) {
      const version = key.startsWith("loki_build_info{") ? BUILD_INFO.exec(key)?.[1] : undefined;
      if (version !== undefined) counts.set(version, (counts.get(version) ?? 0) + 1);
    }
  }
  const [most] = [...counts].toSorted(([, one], [, other]) => other - one);
  return most?.[0] ?? (await asked(source, signal));
}

async function asked(source: TargetSource, signal: AbortSignal): Promise<string | null> {
  try {
    for (const target of (await source.targets(signal)).slice(0, MOST_ASKED)) {
      // oxlint-disable-next-line no-await-in-loop -- the next is asked when this one does not tell
      const { status, body } = await target.get({
        path: "/loki/api/v1/status/buildinfo",
        maxBytes: MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
        signal,
      });
      const parsed = status === 200 ? buildSchema.safeParse(parsedOrNull(body)) : null;
      if (parsed?.success === true) return parsed.data.version;
    }
  } catch (error) {
    if (signal.aborted || !isAppError(error)) throw error;
  }
  return null;
}

function parsedOrNull(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    // A page of something that stands before Loki tells no version.
    return null;
  }
}
