/** How the value of a key of the `metrics.go` line is to be read. */
export type MetricsKeyKind = "text" | "count" | "bytes" | "duration" | "ratio" | "flag";

function keys(kind: MetricsKeyKind, names: string): [string, MetricsKeyKind][] {
  return names
    .trim()
    .split(/\s+/)
    .map((key) => [key, kind]);
}

/** Every key of Loki 3.7.6's own in the line (`pkg/logql/metrics.go`); what is not here came from `X-Query-Tags`. */
export const METRICS_KEYS: ReadonlyMap<string, MetricsKeyKind> = new Map([
  ...keys(
    "text",
    `level ts caller component org_id traceID trace_id span_id sampled insight msg latency query query_type range_type
     label match start end`,
  ),
  ...keys(
    "duration",
    `length start_delta end_delta step duration store_chunks_download_time queue_time querier_exec_time
     chunk_refs_fetch_time cache_chunk_download_time cache_index_download_time cache_stats_results_download_time
     cache_volume_results_download_time cache_result_download_time cache_result_query_length_served
     cache_series_results_download_time cache_label_results_download_time ingester_recv_wait_time
     congestion_control_latency index_shard_resolver_duration index_bloom_filter_time index_chunk_refs_lookup_time`,
  ),
  ...keys(
    "bytes",
    `throughput total_bytes total_bytes_structured_metadata cache_chunk_bytes_stored cache_chunk_bytes_fetched
     ingester_chunk_head_bytes ingester_chunk_compressed_bytes ingester_chunk_decompressed_bytes approx_result_size`,
  ),
  ...keys(
    "count",
    `query_hash status limit returned_lines lines_per_second total_lines post_filter_lines total_entries splits shards
     pipeline_wrapper_filtered_lines cache_chunk_req cache_chunk_hit cache_index_req cache_index_hit
     cache_stats_results_req cache_stats_results_hit cache_volume_results_req cache_volume_results_hit cache_result_req
     cache_result_hit cache_series_results_req cache_series_results_hit cache_label_results_req cache_label_results_hit
     ingester_chunk_refs ingester_chunk_downloaded ingester_chunk_matches ingester_requests ingester_post_filter_lines
     index_total_chunks index_post_bloom_filter_chunks cardinality_estimate index_total_streams result_streams_count
     result_lines_count`,
  ),
  ...keys("ratio", "index_bloom_filter_ratio"),
  ...keys(
    "flag",
    "query_referenced_structured_metadata index_used_bloom_filters disable_pipeline_wrappers has_labelfilter_before_parser",
  ),
]);
