import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { byteSize, goLabelSet, goRfc3339Seconds, goTimeString } from "../format/go-text.ts";
import { metadataSize } from "../store/chunk-builder.ts";
import type { StoredEntry } from "../store/entry.ts";
import type { PushedStream } from "../store/pushed-stream.ts";
import type { DiscardReason } from "./push-tally.ts";
import type { TenantLimits } from "./tenant-limits.ts";

const SEE = "Please see";
const OUT_OF_ORDER_WINDOW_NS = 3_600_000_000_000n;

/** Why something is refused: how it is counted, and in which words it is told. */
export interface Refusal {
  readonly reason: DiscardReason;
  readonly text: string;
}

/** Why a stream as a whole is refused, in the distributor's words; `null` when it is welcome. Status 400. */
export function streamProblem(labels: LabelSet, limits: TenantLimits, tenant: string): Refusal | null {
  const names = Object.keys(labels).sort();
  const text = goLabelSet(labels);
  const counted = names.includes("service_name") ? names.length - 1 : names.length;
  if (counted > limits.max_label_names_per_series) {
    return {
      reason: "max_label_names_per_series",
      text: `entry for stream '${text}' has ${counted} label names; limit ${limits.max_label_names_per_series}`,
    };
  }
  for (const name of names) {
    if (Buffer.byteLength(name) > limits.max_label_name_length)
      return { reason: "label_name_too_long", text: `stream '${text}' has label name too long: '${name}'` };
    const value = labels[name] ?? "";
    if (Buffer.byteLength(value) > limits.max_label_value_length) {
      return { reason: "label_value_too_long", text: `stream '${text}' has label value too long: '${value}'` };
    }
  }
  const missing = limits.enforced_labels.filter((name) => !Object.hasOwn(labels, name));
  if (missing.length === 0) return null;
  return {
    reason: "missing_enforced_labels",
    text: `missing required labels '${missing.join(",")}' for user '${tenant}' for stream '${text}' (policy: '')`,
  };
}

/** Why one entry is refused by the distributor; `null` when it is welcome. Status 400. */
export function entryProblem(
  entry: StoredEntry,
  labelText: string,
  limits: TenantLimits,
  nowNs: bigint,
): Refusal | null {
  const ms = Number(entry.timestampNs / 1_000_000n);
  const oldestNs = nowNs - limits.reject_old_samples_max_age;
  if (limits.reject_old_samples && entry.timestampNs < oldestNs) {
    const oldest = goRfc3339Seconds(Number(oldestNs / 1_000_000n));
    return {
      reason: "greater_than_max_sample_age",
      text: `entry for stream '${labelText}' has timestamp too old: ${goRfc3339Seconds(ms)}, oldest acceptable timestamp is: ${oldest}`,
    };
  }
  if (entry.timestampNs > nowNs + limits.creation_grace_period) {
    return {
      reason: "too_far_in_future",
      text: `entry for stream '${labelText}' has timestamp too new: ${goRfc3339Seconds(ms)}`,
    };
  }
  const length = Buffer.byteLength(entry.line);
  if (limits.max_line_size > 0 && length > limits.max_line_size && !limits.max_line_size_truncate) {
    return {
      reason: "line_too_long",
      text: `max entry size '${limits.max_line_size}' bytes exceeded for stream '${labelText}' while adding an entry with length '${length}' bytes`,
    };
  }
  return metadataProblem(entry.metadata, labelText, limits);
}

function metadataProblem(metadata: LabelSet, labelText: string, limits: TenantLimits): Refusal | null {
  const count = Object.keys(metadata).length;
  if (count === 0) return null;
  if (!limits.allow_structured_metadata) {
    return {
      reason: "disallowed_structured_metadata",
      text: `stream '${labelText}' includes structured metadata, but this feature is disallowed. ${SEE} \`limits_config.allow_structured_metadata\` or contact your Loki administrator to enable it`,
    };
  }
  const size = metadataSize(metadata);
  if (limits.max_structured_metadata_size > 0 && size > limits.max_structured_metadata_size) {
    return {
      reason: "structured_metadata_too_large",
      text: `stream '${labelText}' has structured metadata too large: '${size}' bytes, limit: '${limits.max_structured_metadata_size}' bytes. ${SEE} \`limits_config.max_structured_metadata_size\` or contact your Loki administrator to increase it`,
    };
  }
  if (limits.max_structured_metadata_entries_count > 0 && count > limits.max_structured_metadata_entries_count) {
    return {
      reason: "structured_metadata_too_many",
      text: `stream '${labelText}' has too many structured metadata labels: '${count}', limit: '${limits.max_structured_metadata_entries_count}'. ${SEE} \`limits_config.max_structured_metadata_entries_count\` or contact your Loki administrator to increase it`,
    };
  }
  return null;
}

/** Why the ingester refuses an entry behind the newest of its stream; `null` within the window of one hour. */
export function tooFarBehind(entry: StoredEntry, stream: PushedStream): string | null {
  const newestNs = stream.newestNs();
  if (newestNs === null) return null;
  const oldestNs = newestNs - OUT_OF_ORDER_WINDOW_NS;
  if (entry.timestampNs >= oldestNs) return null;
  const at = goRfc3339Seconds(Number(entry.timestampNs / 1_000_000n));
  const oldest = goRfc3339Seconds(Number(oldestNs / 1_000_000n));
  return `entry too far behind, entry timestamp is: ${at}, oldest acceptable timestamp is: ${oldest}`;
}

/** Status 429: a whole push is over a distributor's share of a tenant's rate, in bytes a second. */
export function ingestionRateExceeded(tenant: string, rate: number, lines: number, bytes: number): string {
  return `ingestion rate limit exceeded for user ${tenant} (limit: ${rate} bytes/sec) while attempting to ingest '${lines}' lines totaling '${bytes}' bytes, reduce log volume or contact your Loki administrator to see if the limit can be increased`;
}

/** Status 429: a new stream is one too many. */
export function streamLimitExceeded(labelText: string, tenant: string): string {
  return `maximum active stream limit exceeded when trying to create stream ${labelText}, reduce the number of active streams (reduce labels or reduce label values), or contact your Loki administrator to see if the limit can be increased, user: '${tenant}'`;
}

export function streamRateExceeded(labelText: string, limits: TenantLimits, bytes: number): string {
  return `Per stream rate limit exceeded (limit: ${byteSize(limits.per_stream_rate_limit)}/sec) while attempting to ingest for stream '${labelText}' totaling ${byteSize(bytes)}, consider splitting a stream via additional labels or contact your Loki administrator to see if the limit can be increased`;
}

const MAX_TOLD = 10;

/** The ingester's report of the entries of one stream that it did not take. */
export function ignoredReport(
  ignored: readonly { readonly entry: StoredEntry; readonly reason: string }[],
  tenant: string,
  total: number,
  labelText: string,
): string {
  const told = ignored
    .slice(0, MAX_TOLD)
    .map(
      ({ entry, reason }) => `entry with timestamp ${goTimeString(entry.timestampNs)} ignored, reason: '${reason}',\n`,
    );
  return `${told.join("")}user '${tenant}', total ignored: ${ignored.length} out of ${total} for stream: ${labelText}`;
}
