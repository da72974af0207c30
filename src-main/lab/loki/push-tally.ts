import type { ClusterSimulation } from "../metrics/cluster-simulation.ts";
import type { LimitsView } from "./tenant-limits.ts";

const HOUR_NS = 3_600_000_000_000n;

/** What distributors and ingesters count of pushes. */
export interface PushTally {
  received(tenant: string, lines: number, bytes: number): void;
  discarded(tenant: string, reason: DiscardReason, lines: number, bytes: number): void;
}

export type DiscardReason =
  | "rate_limited"
  | "stream_limit"
  | "per_stream_rate_limit"
  | "line_too_long"
  | "too_far_behind"
  | "greater_than_max_sample_age"
  | "too_far_in_future"
  | "max_label_names_per_series"
  | "label_name_too_long"
  | "label_value_too_long"
  | "disallowed_structured_metadata"
  | "structured_metadata_too_large"
  | "structured_metadata_too_many"
  | "missing_enforced_labels"
  | "blocked_ingestion";

export const NO_TALLY: PushTally = { received: () => {}, discarded: () => {} };

/** Of these the ingesters tell, each alike; of all others the distributor. */
const BY_INGESTERS: ReadonlySet<DiscardReason> = new Set(["stream_limit", "per_stream_rate_limit", "too_far_behind"]);

/** Counts pushes in the metrics of a distributor, and of the ingesters behind it. */
export function tallyOf(
  simulation: ClusterSimulation,
  distributor: () => string | null,
  limits: LimitsView,
): PushTally {
  const retentionHours = (tenant: string) => String(limits.of(tenant).retention_period / HOUR_NS);
  return {
    received: (tenant, lines, bytes) => {
      const pod = distributor();
      if (pod === null) return;
      const labels = { format: "loki", is_internal_stream: "false", policy: "", tenant };
      const sized = { ...labels, retention_hours: retentionHours(tenant) };
      simulation.count(pod, "loki_distributor_lines_received_total", labels, lines);
      simulation.count(pod, "loki_distributor_bytes_received_total", sized, bytes);
    },
    discarded: (tenant, reason, lines, bytes) => {
      const pod = distributor();
      const late = BY_INGESTERS.has(reason);
      const pods = late ? simulation.ingesters() : pod === null ? [] : [pod];
      const format = late ? "" : "loki";
      const labels = { format, policy: "", reason, retention_hours: retentionHours(tenant), tenant };
      for (const name of pods) {
        simulation.count(name, "loki_discarded_samples_total", labels, lines);
        simulation.count(name, "loki_discarded_bytes_total", labels, bytes);
      }
    },
  };
}
