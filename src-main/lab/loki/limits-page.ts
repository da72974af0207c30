import { stringify } from "yaml";
import { goJson } from "../format/go-json.ts";
import { byteSize, limitDuration } from "../format/go-text.ts";
import { parseModelDuration } from "../runtime/go-scalars.ts";
import type { RetentionRule, TenantLimits } from "./tenant-limits.ts";

const OTLP_INDEX_LABELS = [
  "service.name",
  "service.namespace",
  "service.instance.id",
  "deployment.environment",
  "deployment.environment.name",
  "cloud.region",
  "cloud.availability_zone",
  "k8s.cluster.name",
  "k8s.namespace.name",
  "k8s.pod.name",
  "k8s.container.name",
  "container.name",
  "k8s.replicaset.name",
  "k8s.deployment.name",
  "k8s.statefulset.name",
  "k8s.daemonset.name",
  "k8s.cronjob.name",
  "k8s.job.name",
];

/** What `tenant_limits_allow_publish` lets out by default: no ingestion limits among them. */
function publishedLimits(limits: TenantLimits): Record<string, unknown> {
  return {
    discover_log_levels: limits.discover_log_levels,
    discover_service_name: limits.discover_service_name,
    log_level_fields: limits.log_level_fields,
    max_entries_limit_per_query: limits.max_entries_limit_per_query,
    max_line_size_truncate: limits.max_line_size_truncate,
    max_query_bytes_read: byteSize(limits.max_query_bytes_read),
    max_query_length: limitDuration(limits.max_query_length),
    max_query_lookback: limitDuration(limits.max_query_lookback),
    max_query_range: limitDuration(limits.max_query_range),
    max_query_series: limits.max_query_series,
    metric_aggregation_enabled: false,
    otlp_config: {
      resource_attributes: { attributes_config: [{ action: "index_label", attributes: OTLP_INDEX_LABELS }] },
    },
    pattern_persistence_enabled: false,
    query_timeout: limitDuration(limits.query_timeout),
    retention_period: limitDuration(limits.retention_period),
    ...(limits.retention_stream.length === 0 ? {} : { retention_stream: limits.retention_stream.map(printedRule) }),
    volume_enabled: limits.volume_enabled,
    volume_max_series: limits.volume_max_series,
  };
}

/** With the fields in the order of Loki's structure, and the period as it is printed. */
function printedRule({ period, priority, selector }: RetentionRule): Record<string, unknown> {
  const ns = parseModelDuration(period);
  return { period: ns === null ? period : limitDuration(ns), priority: priority ?? 0, selector };
}

/** `GET /config/tenant/v1/limits`. */
export function limitsYaml(limits: TenantLimits): string {
  return stringify(publishedLimits(limits), { indentSeq: false, lineWidth: 0 });
}

/** `GET /loki/api/v1/drilldown-limits`. */
export function drilldownLimitsJson(limits: TenantLimits): string {
  return `${goJson({ limits: publishedLimits(limits), pattern_ingester_enabled: false, version: "unknown" })}\n`;
}
