import { z } from "zod";
import { AppError, hasCode, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import { indexStatsSchema, type IndexStats } from "../../../../../src-shared/model/log-query.ts";
import { NS_PER_MS, NS_PER_SECOND, type TimeRange } from "../../../../../src-shared/model/nano-time.ts";
import type { IndexConfirmation } from "./completeness-verdict.ts";
import type { LokiClient } from "./loki-client.ts";

const HOUR_NS = 3_600n * NS_PER_SECOND;

/** Loki sends no body's worth of zeros in some versions: a missing number is 0. */
const answerSchema = z.object({
  streams: z.number().default(0),
  chunks: z.number().default(0),
  bytes: z.number().default(0),
  entries: z.number().default(0),
});

/** `GET /loki/api/v1/index/stats`. */
export async function fetchIndexStats(
  client: LokiClient,
  selector: string,
  range: TimeRange,
  signal: AbortSignal,
): Promise<IndexStats> {
  const params = new URLSearchParams({ query: selector, start: `${range.startNs}`, end: `${range.endNs}` });
  const answer = await client.json({ path: "/loki/api/v1/index/stats", params, maxBytes: 1_048_576 }, signal);
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success)
    throw new AppError("loki.bad-response", { status: 200, problem: "index/stats of another shape" });
  return indexStatsSchema.parse(parsed.data);
}

/** The same where an answer is helpful and not needed: `null` instead of a failure. */
export async function indexStatsOrNull(
  client: LokiClient,
  selector: string,
  range: TimeRange,
  signal: AbortSignal,
): Promise<IndexStats | null> {
  try {
    return await fetchIndexStats(client, selector, range, signal);
  } catch (error) {
    if (!isAppError(error) || hasCode(error, "request.cancelled")) throw error;
    return null;
  }
}

/**
 * What `completeness-verdict.ts` wants to know about a range that looks wrong: five small questions to the index. `null`
 * when the index does not answer for the range itself.
 */
export async function confirmByIndex(
  client: LokiClient,
  selector: string,
  range: TimeRange,
  signal: AbortSignal,
): Promise<IndexConfirmation | null> {
  const lengthNs = range.endNs - range.startNs;
  const reachNs = lengthNs > 3n * HOUR_NS ? lengthNs : 3n * HOUR_NS;
  // In a range of a few milliseconds the index, which counts in them, tells no instants apart.
  const places =
    lengthNs < 10n * NS_PER_MS
      ? []
      : [range.startNs + 2n * NS_PER_MS, range.startNs + lengthNs / 2n, range.endNs - 3n * NS_PER_MS];
  const [within, wide, ...points] = await Promise.all([
    indexStatsOrNull(client, selector, range, signal),
    indexStatsOrNull(client, selector, { startNs: range.startNs - reachNs, endNs: range.endNs + reachNs }, signal),
    ...places.map((at) => indexStatsOrNull(client, selector, { startNs: at, endNs: at + NS_PER_MS }, signal)),
  ]);
  if (within === null || within === undefined) return null;
  const chunksAt = points.map((stats) => stats?.chunks ?? null);
  return {
    range,
    within,
    wide: wide ?? null,
    chunksAt: chunksAt.some((chunks) => chunks === null) ? [] : chunksAt.map((chunks) => chunks ?? 0),
  };
}
