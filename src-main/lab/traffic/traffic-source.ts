import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { Incident } from "./incidents.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** What a line writer knows of the moment it writes for. */
export interface LineMoment {
  readonly random: SeededRandom;
  readonly atMs: number;
  readonly incident: Incident | null;
  /** Shared by the tenant's applications within a fraction of a second, so that one request is found in several of them. */
  readonly traceId: string;
}

/** A written line; the level becomes `detected_level`, as Loki's distributor would find it. */
export interface WrittenLine {
  readonly line: string;
  readonly level: "trace" | "debug" | "info" | "warn" | "error" | "critical" | "unknown";
  /** Structured metadata, `trace_id`, `span_id` and `user` in the store. */
  readonly metadata?: { readonly traceId?: string; readonly spanId?: string; readonly user?: string };
}

/** One container of one pod that logs: a stream of a tenant, and what `kubectl logs` of that pod shows. */
export interface TrafficSource {
  readonly labels: LabelSet;
  readonly linesPerSecond: number;
  write(moment: LineMoment): WrittenLine;
}

/** Where a source runs. */
export interface Workload {
  readonly tenant: string;
  readonly namespace: string;
  readonly app: string;
  readonly pod: string;
  readonly container: string;
  readonly source: TrafficSource;
}
