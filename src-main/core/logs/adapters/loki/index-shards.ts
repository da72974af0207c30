import { z } from "zod";
import { AppError, hasCode } from "../../../../../src-shared/errors/app-error.ts";
import { indexStatsSchema, type IndexStats } from "../../../../../src-shared/model/log-query.ts";
import type { TimeRange } from "../../../../../src-shared/model/nano-time.ts";
import type { LokiClient } from "./loki-client.ts";
import { losslessJson } from "./lossless-json.ts";

/** A piece of the fingerprint space and what the index promises for it. Bounds are u64, both inclusive. */
export interface IndexShard {
  readonly minFingerprint: bigint;
  readonly maxFingerprint: bigint;
  readonly stats: IndexStats;
}

const u64 = z.union([z.number(), z.bigint()]).transform((value) => BigInt(value));
const shardsSchema = z.object({
  shards: z.array(z.object({ bounds: z.object({ min: u64, max: u64 }), stats: indexStatsSchema })).nullish(),
});

/**
 * `GET /loki/api/v1/index/shards`, served by a querier or index gateway. A query frontend of 3.7 fails on it (500), which
 * is `logs.unsupported` like a route that is not there.
 */
export async function fetchIndexShards(
  client: LokiClient,
  selector: string,
  range: TimeRange,
  targetBytesPerShard: number,
  signal: AbortSignal,
): Promise<readonly IndexShard[]> {
  const params = new URLSearchParams({
    query: selector,
    start: range.startNs.toString(),
    end: range.endNs.toString(),
    targetBytesPerShard: `${Math.max(1, Math.floor(targetBytesPerShard))}B`,
  });
  try {
    const answer = await client.ask({ path: "/loki/api/v1/index/shards", params }, losslessJson, signal);
    const { shards } = shardsSchema.parse(answer);
    return (shards ?? []).map(({ bounds, stats }) => ({
      minFingerprint: bounds.min,
      maxFingerprint: bounds.max,
      stats,
    }));
  } catch (error) {
    const unserved =
      hasCode(error, "loki.not-found") ||
      (hasCode(error, "loki.failed") && error.params.text.includes("got (*logproto.ShardsRequest)"));
    if (unserved) throw new AppError("logs.unsupported", { capability: "index-shards" }, { cause: error });
    if (error instanceof z.ZodError) {
      throw new AppError(
        "loki.bad-response",
        { status: 200, problem: "index/shards of another shape" },
        { cause: error },
      );
    }
    throw error;
  }
}
