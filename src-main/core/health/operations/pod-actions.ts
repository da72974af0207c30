import type { Workload } from "../../../../src-shared/model/health/operation.ts";

/** All of Loki's routes that act and may be sent. A GET is never sent to any of them: Loki acts on it all the same. */
export const ACTING_PATHS = [
  "/flush",
  "/ingester/prepare_shutdown",
  "/ingester/shutdown",
  "/log_level",
  "/ring",
  "/distributor/ring",
  "/indexgateway/ring",
  "/scheduler/ring",
  "/ruler/ring",
  "/compactor/ring",
  "/pattern/ring",
] as const;
export type ActingPath = (typeof ACTING_PATHS)[number];

export interface ActingRequest {
  readonly instance: string;
  readonly method: "POST" | "DELETE";
  readonly path: ActingPath;
  /** Of the URL. */
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

export interface ActingAnswer {
  readonly status: number;
  /** At most 1,000 characters. */
  readonly text: string;
}

/**
 * Sends what changes a process. Once: no adapter, pool or caller sends such a request again by itself.
 * @throws AppError `health.instance-unknown`, `operation.outcome-unknown` where it may have been received, and whatever says
 * that it was not (`cluster.forbidden`, `loki.unreachable`)
 */
export interface PodActions {
  send(request: ActingRequest): Promise<ActingAnswer>;
}

/** What an apply that was cut off is found again by. */
export interface WorkloadMark {
  readonly resourceVersion: string;
  readonly replicas: number;
  /** The annotation of the last restart; `null` without one. */
  readonly restartedAt: string | null;
}

/** Changes a workload, provided it still is what the plan saw. @throws AppError `operation.plan-stale`, `cluster.*` */
export interface WorkloadActions {
  /** As `kubectl rollout restart` does: an annotation on the pod template. `at` is RFC 3339. */
  restart(workload: Workload, resourceVersion: string, at: string, signal: AbortSignal): Promise<void>;
  scale(workload: Workload, resourceVersion: string, replicas: number, signal: AbortSignal): Promise<void>;
  /** @throws AppError `cluster.*` */
  look(workload: Workload, signal: AbortSignal): Promise<WorkloadMark>;
}

/** A tenant's delete requests at the compactor, through the site's transport. */
export interface DeleteRequestActions {
  /** Refuses an empty id by itself: Loki would cancel all of the tenant's. */
  cancel(tenant: string, request: string, signal: AbortSignal): Promise<ActingAnswer>;
}
