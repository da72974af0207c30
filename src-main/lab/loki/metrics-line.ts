import { formatGoDuration } from "../../../src-shared/logql/text/go-duration.ts";
import { logfmtLine } from "../format/logfmt.ts";
import { goRfc3339Nano } from "../format/go-text.ts";
import type { QueryStats } from "./query-stats.ts";
import { queryHash, type QueryTags } from "./query-tags.ts";
import type { TimeBounds } from "./request-form.ts";

type Pair = readonly [name: string, value: string | number | boolean];

/** A query that was answered, as `metrics.go` tells of it. */
export interface AnsweredQuery {
  readonly tenant: string;
  readonly query: string;
  readonly type: "metric" | "filter" | "limited";
  readonly rangeType: "range" | "instant";
  readonly bounds: TimeBounds;
  /** 0 for an instant query. */
  readonly stepNs: bigint;
  readonly limit: number;
  /** Lines of a log query's answer; 0 for numbers. */
  readonly returnedLines: number;
  readonly resultStreams: number;
  readonly resultBytes: number;
  readonly stats: QueryStats;
  readonly tags: QueryTags;
  readonly nowNs: bigint;
}

const SLOW_SECONDS = 10;

/** What the query frontend logs when a log or metric query has ended, behind level and time: the keys of Loki 3.7.6 in their order. */
export function metricsLine(answered: AnsweredQuery): string {
  const { tenant, query, type, rangeType, bounds, stepNs, stats, nowNs } = answered;
  const { summary, querier, ingester, cache, index } = stats;
  return logfmtLine([
    ["caller", "metrics.go:285"],
    ["component", "frontend"],
    ["org_id", tenant],
    ["latency", summary.execTime > SLOW_SECONDS ? "slow" : "fast"],
    ["query", query],
    ["query_hash", queryHash(query)],
    ["query_type", type],
    ["range_type", rangeType],
    ["length", formatGoDuration(bounds.endNs - bounds.startNs)],
    ["start_delta", formatGoDuration(nowNs - bounds.startNs)],
    ["end_delta", formatGoDuration(nowNs - bounds.endNs)],
    ["step", formatGoDuration(stepNs)],
    ["duration", seconds(summary.execTime)],
    ["status", 200],
    ["limit", answered.limit],
    ["returned_lines", answered.returnedLines],
    ["throughput", bytes(summary.bytesProcessedPerSecond)],
    ["total_bytes", bytes(summary.totalBytesProcessed)],
    ["total_bytes_structured_metadata", bytes(summary.totalStructuredMetadataBytesProcessed)],
    ["lines_per_second", summary.linesProcessedPerSecond],
    ["total_lines", summary.totalLinesProcessed],
    ["post_filter_lines", summary.totalPostFilterLines],
    ["total_entries", summary.totalEntriesReturned],
    ["store_chunks_download_time", nanoseconds(querier.store.chunksDownloadTime)],
    ["queue_time", seconds(summary.queueTime)],
    ["querier_exec_time", seconds(querier.querierExecTime)],
    ["splits", summary.splits],
    ["shards", summary.shards],
    ["query_referenced_structured_metadata", querier.store.queryReferencedStructuredMetadata],
    ["pipeline_wrapper_filtered_lines", querier.store.pipelineWrapperFilteredLines],
    ["chunk_refs_fetch_time", nanoseconds(querier.store.chunkRefsFetchTime)],
    ["cache_chunk_req", cache.chunk.entriesRequested],
    ["cache_chunk_hit", cache.chunk.entriesFound],
    ["cache_chunk_bytes_stored", cache.chunk.bytesSent],
    ["cache_chunk_bytes_fetched", cache.chunk.bytesReceived],
    ["cache_chunk_download_time", nanoseconds(cache.chunk.downloadTime)],
    ["cache_index_req", cache.index.entriesRequested],
    ["cache_index_hit", cache.index.entriesFound],
    ["cache_index_download_time", nanoseconds(cache.index.downloadTime)],
    ...cachePairs("stats_results", cache.statsResult),
    ...cachePairs("volume_results", cache.volumeResult),
    ...cachePairs("result", cache.result),
    ["cache_result_query_length_served", nanoseconds(cache.result.queryLengthServed)],
    ["ingester_chunk_refs", ingester.store.totalChunksRef],
    ["ingester_chunk_downloaded", ingester.store.totalChunksDownloaded],
    ["ingester_chunk_matches", ingester.totalChunksMatched],
    ["ingester_requests", ingester.totalReached],
    ["ingester_recv_wait_time", seconds(ingester.recvWaitTime ?? 0)],
    ["ingester_chunk_head_bytes", bytes(ingester.store.chunk.headChunkBytes)],
    ["ingester_chunk_compressed_bytes", bytes(ingester.store.chunk.compressedBytes)],
    ["ingester_chunk_decompressed_bytes", bytes(ingester.store.chunk.decompressedBytes)],
    ["ingester_post_filter_lines", ingester.store.chunk.postFilterLines],
    ["congestion_control_latency", nanoseconds(querier.store.congestionControlLatency)],
    ["index_total_chunks", index.totalChunks],
    ["index_post_bloom_filter_chunks", index.postFilterChunks],
    ["index_bloom_filter_ratio", "0.00"],
    ["index_used_bloom_filters", index.usedBloomFilters],
    ["index_shard_resolver_duration", nanoseconds(index.shardsDuration)],
    ["index_bloom_filter_time", nanoseconds(index.bloomFilterTime)],
    ["index_chunk_refs_lookup_time", nanoseconds(index.chunkRefsLookupTime)],
    ...answered.tags,
    ["has_labelfilter_before_parser", false],
    ["approx_result_size", bytes(answered.resultBytes)],
    ["result_streams_count", answered.resultStreams],
    ["result_lines_count", answered.returnedLines],
  ]);
}

/** A question about the index that was answered, as `metrics.go` tells of it. */
export interface AnsweredLookup {
  readonly tenant: string;
  readonly type: "labels" | "series" | "stats" | "volume" | "volume_range";
  readonly query: string;
  /** The label whose values were asked for; empty for their names. */
  readonly label: string;
  readonly bounds: TimeBounds;
  readonly entries: number;
  readonly execMs: number;
  readonly tags: QueryTags;
  readonly nowNs: bigint;
}

/** The line of labels, series, statistics and volumes: each kind with the keys that it has. */
export function lookupLine(answered: AnsweredLookup): string {
  const { tenant, type, query, label, bounds, execMs, entries, nowNs } = answered;
  const duration = seconds(execMs / 1_000);
  const range: readonly Pair[] = [
    ["start", goRfc3339Nano(bounds.startNs)],
    ["end", goRfc3339Nano(bounds.endNs)],
    ["start_delta", formatGoDuration(nowNs - bounds.startNs)],
    ["end_delta", formatGoDuration(nowNs - bounds.endNs)],
    ["length", formatGoDuration(bounds.endNs - bounds.startNs)],
  ];
  const asked: readonly Pair[] = type === "series" ? [["match", query]] : [["query", query]];
  const cache = { labels: "label_results", series: "series_results", stats: "stats_results" } as const;
  const cacheName = type === "volume" || type === "volume_range" ? "volume_results" : cache[type];
  return logfmtLine([
    ["caller", "metrics.go:388"],
    ["component", "frontend"],
    ["org_id", tenant],
    ["latency", execMs > SLOW_SECONDS * 1_000 ? "slow" : "fast"],
    ["query_type", type],
    ...(type === "stats" ? [] : ([["splits", 1]] as const)),
    ...range,
    ["duration", duration],
    ["status", 200],
    ...(type === "labels" ? ([["label", label]] as const) : []),
    ...asked,
    ["query_hash", queryHash(query)],
    ["total_entries", entries],
    ...cachePairs(cacheName, { entriesRequested: 0, entriesFound: 0, downloadTime: 0 }),
    ...answered.tags,
  ]);
}

function cachePairs(
  name: string,
  cache: { readonly entriesRequested: number; readonly entriesFound: number; readonly downloadTime: number },
): readonly Pair[] {
  return [
    [`cache_${name}_req`, cache.entriesRequested],
    [`cache_${name}_hit`, cache.entriesFound],
    [`cache_${name}_download_time`, nanoseconds(cache.downloadTime)],
  ];
}

function seconds(value: number): string {
  return formatGoDuration(BigInt(Math.round(value * 1e9)));
}

function nanoseconds(value: number): string {
  return formatGoDuration(BigInt(Math.round(value)));
}

/** `humanize.Bytes` without its space: powers of 1000, one decimal below ten. */
export function bytes(value: number): string {
  if (value < 10) return `${Math.round(value)}B`;
  const units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
  const exponent = Math.min(Math.floor(Math.log(value) / Math.log(1_000)), units.length - 1);
  const shown = Math.floor((value / 1_000 ** exponent) * 10 + 0.5) / 10;
  return `${shown < 10 ? shown.toFixed(1) : shown.toFixed(0)}${units[exponent] ?? "B"}`;
}
