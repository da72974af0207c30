import { stringify } from "yaml";
import type { LokiTarget } from "../cluster/components.ts";
import { BUILT_IN_LIMITS } from "../runtime/limit-fields.ts";
import { RUNTIME_FILE } from "../runtime/read-runtime-config.ts";
import { byteSize, limitDuration } from "../format/go-text.ts";
import { isRecord } from "../kubernetes/field-set.ts";
import { LOKI_BUCKET } from "../s3/lab-buckets.ts";
import { DEFAULT_LIMITS, type TenantLimits } from "./tenant-limits.ts";

/** What people chose in `limits_config`, as they wrote it. */
const CHOSEN_LIMITS = {
  query_timeout: "1m",
  volume_enabled: true,
  reject_old_samples_max_age: "168h",
  retention_period: "744h",
};

/** `limits_config` as Loki prints it: all of it, what was chosen in Loki's own form. */
function limitsConfig(chosen: boolean): Record<string, unknown> {
  if (!chosen) return { ...BUILT_IN_LIMITS };
  return { ...BUILT_IN_LIMITS, ...printedLimits(DEFAULT_LIMITS) };
}

const SIZES: ReadonlySet<string> = new Set([
  "per_stream_rate_limit",
  "per_stream_rate_limit_burst",
  "max_line_size",
  "max_structured_metadata_size",
  "max_query_bytes_read",
]);
/** Left out while they are empty. */
const SILENT: ReadonlySet<string> = new Set([
  "blocked_queries",
  "minimum_labels_number",
  "required_labels",
  "retention_stream",
]);

function printedLimits(limits: TenantLimits): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(limits).flatMap(([name, value]: [string, unknown]) => {
      if (SILENT.has(name)) return [];
      if (typeof value === "bigint") return [[name, limitDuration(value)]];
      if (typeof value === "number" && SIZES.has(name)) return [[name, byteSize(value)]];
      // Nobody is blocked: Loki prints the zero of its time.
      return [[name, name === "block_ingestion_until" && value === "" ? "0" : value]];
    }),
  );
}

/** The lab cluster's configuration: the sections that differ from Loki's defaults, and the limits in full. */
export function lokiConfig(target: LokiTarget, chosenLimits = true): Record<string, unknown> {
  return {
    target,
    auth_enabled: true,
    http_prefix: "",
    ballast_bytes: 0,
    server: {
      http_listen_network: "tcp",
      http_listen_address: "",
      http_listen_port: 3100,
      grpc_listen_network: "tcp",
      grpc_listen_address: "",
      grpc_listen_port: 9095,
      http_server_read_timeout: "10m0s",
      http_server_write_timeout: "10m0s",
      http_server_idle_timeout: "2m0s",
      grpc_server_max_recv_msg_size: 104857600,
      grpc_server_max_send_msg_size: 104857600,
      log_format: "logfmt",
      log_level: "info",
    },
    common: {
      path_prefix: "/var/loki",
      replication_factor: 3,
      compactor_address: "http://loki-compactor.loki.svc.cluster.local:3100",
      ring: {
        kvstore: { store: "memberlist" },
        heartbeat_period: "5s",
        heartbeat_timeout: "1m0s",
        zone_awareness_enabled: true,
      },
      storage: {
        s3: {
          endpoint: "minio.loki.svc.cluster.local:9000",
          bucketnames: LOKI_BUCKET,
          access_key_id: "loki",
          secret_access_key: "********",
          insecure: true,
          s3forcepathstyle: true,
        },
      },
    },
    distributor: { ring: { kvstore: { store: "memberlist" } }, max_recv_msg_size: 104857600 },
    ingester: {
      lifecycler: {
        ring: { kvstore: { store: "memberlist" }, replication_factor: 3, zone_awareness_enabled: true },
        num_tokens: 128,
        heartbeat_period: "5s",
        min_ready_duration: "5s",
      },
      concurrent_flushes: 8,
      flush_check_period: "30s",
      flush_op_timeout: "10m0s",
      chunk_retain_period: "0s",
      chunk_idle_period: "30m0s",
      chunk_block_size: 262144,
      chunk_target_size: 1572864,
      chunk_encoding: "snappy",
      max_chunk_age: "2h0m0s",
      wal: {
        enabled: true,
        dir: "/var/loki/wal",
        checkpoint_duration: "5m0s",
        flush_on_shutdown: true,
        replay_memory_ceiling: "4GB",
      },
    },
    querier: {
      tail_max_duration: "1h0m0s",
      query_ingesters_within: "3h0m0s",
      multi_tenant_queries_enabled: false,
      max_concurrent: 4,
    },
    query_range: {
      align_queries_with_step: true,
      parallelise_shardable_queries: true,
      max_retries: 5,
      cache_results: true,
    },
    query_scheduler: { use_scheduler_ring: true, max_outstanding_requests_per_tenant: 32000 },
    index_gateway: { mode: "ring", ring: { kvstore: { store: "memberlist" }, replication_factor: 1 } },
    storage_config: {
      hedging: { at: "250ms", up_to: 3, max_per_second: 20 },
      tsdb_shipper: {
        active_index_directory: "/var/loki/tsdb-index",
        cache_location: "/var/loki/tsdb-cache",
        cache_ttl: "24h0m0s",
        resync_interval: "5m0s",
      },
    },
    memberlist: { join_members: ["loki-memberlist.loki.svc.cluster.local:7946"] },
    frontend: {
      tail_proxy_url: "http://loki-querier.loki.svc.cluster.local:3100",
    },
    compactor: {
      working_directory: "/var/loki/compactor",
      compaction_interval: "10m0s",
      retention_enabled: true,
      delete_request_store: "s3",
      delete_request_cancel_period: "24h0m0s",
      delete_max_interval: "24h0m0s",
      retention_delete_delay: "2h0m0s",
      apply_retention_interval: "0s",
    },
    ruler: {
      enable_api: true,
      enable_sharding: true,
      evaluation_interval: "1m0s",
      poll_interval: "1m0s",
      alertmanager_url: "http://alertmanager.monitoring.svc.cluster.local:9093",
      storage: { type: "s3" },
    },
    schema_config: {
      configs: [
        {
          from: "2024-04-01",
          store: "tsdb",
          object_store: "s3",
          schema: "v13",
          index: { prefix: "index_", path_prefix: "index/", period: "24h" },
        },
      ],
    },
    runtime_config: { period: "10s", file: RUNTIME_FILE },
    limits_config: limitsConfig(chosenLimits),
  };
}

/** `/config`; with `defaults` the limits of a Loki without configuration. */
export function configYaml(target: LokiTarget, defaults = false): string {
  return stringify(lokiConfig(target, !defaults), { indentSeq: false, lineWidth: 0 });
}

/** The file that the chart's ConfigMap holds: what people wrote, without the defaults. */
export function chartConfigYaml(): string {
  const {
    auth_enabled,
    common,
    compactor,
    frontend,
    ingester,
    querier,
    query_range,
    ruler,
    runtime_config,
    schema_config,
  } = lokiConfig("all");
  const chosen = {
    auth_enabled,
    common,
    compactor,
    frontend,
    ingester,
    querier,
    query_range,
    ruler,
    runtime_config,
    schema_config,
  };
  const written = { ...chosen, common: withVariables(common), limits_config: CHOSEN_LIMITS };
  return stringify(written, { lineWidth: 0 });
}

/** The keys of the object store are in no ConfigMap: pods have them as variables, out of a Secret. */
function withVariables(common: unknown): unknown {
  if (!isRecord(common) || !isRecord(common.storage) || !isRecord(common.storage.s3)) return common;
  const keys = { access_key_id: "${S3_ACCESS_KEY_ID}", secret_access_key: "${S3_SECRET_ACCESS_KEY}" };
  return { ...common, storage: { ...common.storage, s3: { ...common.storage.s3, ...keys } } };
}
