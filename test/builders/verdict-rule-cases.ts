import type { Evidence, EvidenceKind } from "../../src-shared/model/health/verdict.ts";
import { grow, type RecordedProcess, type RecordedSite } from "./recorded-site.ts";

/** Recorded pages of one process of each component, and of all ingesters. */
export const PAGES = [
  "ingester-1",
  "ingester-2",
  "ingester-3",
  "distributor-1",
  "querier-1",
  "query-frontend",
  "query-scheduler",
  "index-gateway",
  "compactor",
  "ruler",
] as const;
export type Page = (typeof PAGES)[number];

/** One thing going wrong on one process, and the evidence that must come of it. */
export interface RuleCase {
  readonly kind: EvidenceKind;
  readonly of: string;
  readonly page: Page;
  /** Each round. */
  readonly change: (process: RecordedProcess, round: number, site: RecordedSite) => void;
  readonly rounds?: number;
  readonly found?: Partial<Evidence>;
}

const set = (key: string, value: number) => (process: RecordedProcess) => void (process.series[key] = value);
const growing = (key: string, by: number) => (process: RecordedProcess) => grow(process, key, by);
/** Only in one round in the middle, as most counters of troubles do. */
const once = (key: string, by: number) => (process: RecordedProcess, round: number) => {
  if (round === 10) grow(process, key, by);
};
const RULE_GROUP = 'rule_group="/var/loki/ruler/rules-tmp/acme/shop;shop-errors",user="acme"';
const GATEWAY_ROUTE = 'method="gRPC",route="/indexgatewaypb.IndexGateway/GetChunkRef",status_code="success",ws="false"';

export const RULE_CASES: readonly RuleCase[] = [
  { kind: "panicked", of: "querier-1", page: "querier-1", change: once("loki_panic_total", 1) },
  {
    kind: "requests-failing",
    of: "distributor-1",
    page: "distributor-1",
    change: growing(
      'loki_request_duration_seconds_count{method="POST",route="loki_api_v1_push",status_code="500",ws="false"}',
      30,
    ),
    found: { own: 1, params: { route: "loki_api_v1_push" } },
  },
  {
    kind: "reload-failed",
    of: "ingester-2",
    page: "ingester-2",
    change: set('loki_runtime_config_last_reload_successful{config="loki"}', 0),
    found: { params: { config: "loki", tenant: "" } },
  },
  {
    kind: "config-differs",
    of: "ingester-2",
    page: "ingester-2",
    change: (process, round) => {
      if (round > 0) return;
      for (const key of Object.keys(process.series)) {
        if (key.startsWith("loki_runtime_config_hash")) delete process.series[key];
      }
      process.series['loki_runtime_config_hash{config="loki",sha256="another"}'] = 1;
    },
    found: { params: { config: "loki" } },
  },
  {
    kind: "version-differs",
    of: "querier-1",
    page: "querier-1",
    rounds: 50,
    change: (process, round) => {
      if (round > 0) return;
      for (const key of Object.keys(process.series)) {
        if (key.startsWith("loki_build_info")) delete process.series[key];
      }
      process.series['loki_build_info{revision="abc",version="9.9.9"}'] = 1;
    },
    found: { params: { version: "9.9.9", usual: "5003600d7c78" } },
  },
  {
    kind: "memberlist-sick",
    of: "ruler",
    page: "ruler",
    change: set("loki_memberlist_client_cluster_members_count", 3),
    found: { own: 3, params: { members: 12 } },
  },
  {
    kind: "memberlist-sick",
    of: "ruler",
    page: "ruler",
    change: set("loki_memberlist_client_cluster_node_health_score", 4),
    found: { own: 4 },
  },
  {
    kind: "wal-disk-full",
    of: "ingester-3",
    page: "ingester-3",
    change: once("loki_ingester_wal_disk_full_failures_total", 7),
    found: { own: 7, unit: "count" },
  },
  {
    kind: "wal-disk-filling",
    of: "ingester-3",
    page: "ingester-3",
    change: set("loki_ingester_wal_disk_usage_percent", 0.95),
    found: { own: 0.95, unit: "share" },
  },
  {
    kind: "wal-corrupt",
    of: "ingester-1",
    page: "ingester-1",
    // Not exported before the first.
    change: once('loki_ingester_wal_corruptions_total{type="segment"}', 1),
    found: { params: { type: "segment" } },
  },
  {
    kind: "checkpoint-failing",
    of: "ingester-1",
    page: "ingester-1",
    change: once("loki_ingester_checkpoint_creations_failed_total", 1),
  },
  {
    kind: "checkpoint-slow",
    of: "ingester-1",
    page: "ingester-1",
    change: (process, round) => {
      if (round !== 10) return;
      grow(process, "loki_ingester_checkpoint_duration_seconds_sum", 300);
      grow(process, "loki_ingester_checkpoint_duration_seconds_count", 1);
    },
    found: { own: 300, unit: "seconds" },
  },
  { kind: "shutdown-prepared", of: "ingester-1", page: "ingester-1", change: set("loki_ingester_shutdown_marker", 1) },
  {
    kind: "memory-high",
    of: "ingester-1",
    page: "ingester-1",
    change: set("process_resident_memory_bytes", 4e9),
    found: { own: 4e9, unit: "bytes", params: { against: "mates" } },
  },
  {
    kind: "goroutines-growing",
    of: "compactor",
    page: "compactor",
    rounds: 70,
    change: (process, round) => {
      process.series["go_goroutines"] = round < 45 ? 150 : 9_000;
    },
    found: { own: 9_000, matesMedian: 150, params: { against: "past" } },
  },
  {
    kind: "index-upload-failing",
    of: "ingester-1",
    page: "ingester-1",
    change: once('loki_tsdb_shipper_tables_upload_operation_total{component="i",status="failure"}', 2),
    found: { own: 2 },
  },
  {
    kind: "index-sync-failing",
    of: "index-gateway",
    page: "index-gateway",
    change: once('loki_tsdb_shipper_tables_sync_operation_total{component="i",status="failure"}', 1),
  },
  {
    kind: "index-gateway-slow",
    of: "index-gateway",
    page: "index-gateway",
    change: (process) => {
      grow(process, `loki_request_duration_seconds_sum{${GATEWAY_ROUTE}}`, 60);
      grow(process, `loki_request_duration_seconds_count{${GATEWAY_ROUTE}}`, 20);
    },
    found: { own: 3, params: { operation: "/indexgatewaypb.IndexGateway/GetChunkRef" } },
  },
  {
    kind: "samples-discarded",
    of: "distributor",
    page: "distributor-1",
    change: growing('loki_discarded_samples_total{reason="rate_limited",tenant="acme"}', 150),
    found: { own: 10, unit: "per-second", params: { tenant: "acme", reason: "rate_limited" } },
  },
  {
    kind: "queue-long",
    of: "query-scheduler",
    page: "query-scheduler",
    change: set('loki_query_scheduler_queue_length{user="acme"}', 80),
    found: { own: 80 },
  },
  {
    kind: "queue-wait",
    of: "query-scheduler",
    page: "query-scheduler",
    change: (process) => {
      grow(process, "loki_query_scheduler_queue_duration_seconds_sum", 40);
      grow(process, "loki_query_scheduler_queue_duration_seconds_count", 10);
    },
    found: { own: 4, unit: "seconds" },
  },
  {
    kind: "queue-discards",
    of: "query-scheduler",
    page: "query-scheduler",
    change: once('loki_query_scheduler_discarded_requests_total{user="acme"}', 3),
    found: { own: 3, params: { tenant: "acme" } },
    rounds: 14,
  },
  {
    kind: "no-queriers",
    of: "query-scheduler",
    page: "query-scheduler",
    change: set("loki_query_scheduler_connected_querier_clients", 0),
  },
  {
    kind: "no-frontends",
    of: "query-scheduler",
    page: "query-scheduler",
    change: set("loki_query_scheduler_connected_frontend_clients", 0),
  },
  {
    kind: "no-schedulers",
    of: "query-frontend",
    page: "query-frontend",
    change: set("loki_query_frontend_connected_schedulers", 0),
  },
  {
    kind: "cache-misses",
    of: "querier",
    page: "querier-1",
    rounds: 90,
    change: (process, round) => {
      grow(process, 'loki_cache_fetched_keys{name="chunksembedded-cache"}', 1_000);
      grow(process, 'loki_cache_hits{name="chunksembedded-cache"}', round < 55 ? 900 : 50);
    },
    found: { unit: "share", params: { cache: "chunksembedded-cache" } },
  },
  {
    kind: "cache-down",
    of: "querier",
    page: "querier-1",
    change: set('loki_memcache_client_servers{name="chunks-cache"}', 0),
    found: { own: 0, params: { cache: "chunks-cache" } },
  },
  {
    kind: "compactor-many",
    of: "compactor",
    page: "compactor",
    change: set("loki_boltdb_shipper_compactor_running", 2),
    found: { own: 2 },
  },
  {
    kind: "compactor-none",
    of: "compactor",
    page: "compactor",
    change: set("loki_boltdb_shipper_compactor_running", 0),
    found: { own: 0 },
  },
  {
    kind: "compaction-late",
    of: "compactor",
    page: "compactor",
    change: (process, round, site) => {
      if (round > 0) return;
      process.series["loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds"] =
        site.nowMs / 1_000 - 4 * 3_600;
    },
    found: { unit: "seconds", params: { limitSeconds: 10_800 } },
  },
  {
    kind: "retention-late",
    of: "compactor",
    page: "compactor",
    change: (process, round, site) => {
      if (round > 0) return;
      process.series["loki_compactor_apply_retention_last_successful_run_timestamp_seconds"] =
        site.nowMs / 1_000 - 7 * 3_600;
    },
    found: { params: { limitSeconds: 21_600 } },
  },
  {
    kind: "deletes-pending",
    of: "compactor",
    page: "compactor",
    change: (process) => {
      process.series["loki_compactor_pending_delete_requests_count"] = 5;
      process.series["loki_compactor_oldest_pending_delete_request_age_seconds"] = 200_000;
    },
    found: { own: 5, params: { oldestSeconds: 200_000 } },
  },
  {
    kind: "deletes-failing",
    of: "compactor",
    page: "compactor",
    change: once('loki_compactor_delete_processing_fails_total{cause="timeout"}', 1),
    found: { params: { cause: "timeout" } },
  },
  {
    kind: "rules-missed",
    of: "ruler",
    page: "ruler",
    change: once(`loki_prometheus_rule_group_iterations_missed_total{${RULE_GROUP}}`, 2),
    found: { own: 2, params: { tenant: "acme", group: "/var/loki/ruler/rules-tmp/acme/shop;shop-errors" } },
  },
  {
    kind: "rules-failing",
    of: "ruler",
    page: "ruler",
    change: (process) => {
      grow(process, `loki_prometheus_rule_evaluations_total{${RULE_GROUP}}`, 4);
      grow(process, `loki_prometheus_rule_evaluation_failures_total{${RULE_GROUP}}`, 1);
    },
    found: { own: 0.25 },
  },
  {
    kind: "notifications-dropped",
    of: "ruler",
    page: "ruler",
    change: once(
      'loki_prometheus_notifications_dropped_total{alertmanager="http://127.0.0.1:19093/api/v2/alerts",user="acme"}',
      3,
    ),
    found: { own: 3, params: { tenant: "acme" } },
  },
  {
    kind: "reload-failed",
    of: "ruler",
    page: "ruler",
    change: set('loki_ruler_config_last_reload_successful{user="acme"}', 0),
    found: { params: { config: "ruler", tenant: "acme" } },
  },
];
