import type { Workload } from "../../../../src-shared/model/health/operation.ts";
import type { CommonCause, Doubt, Evidence, Verdict } from "../../../../src-shared/model/health/verdict.ts";
import type { HealthChange } from "../../../../src-shared/model/health/site-health.ts";

/** What is thought of one process after a round. */
export interface InstanceVerdict {
  readonly instance: string;
  readonly component: string;
  readonly verdict: Verdict;
  readonly sinceMs: number;
  readonly evidence: readonly Evidence[];
  readonly doubts: readonly Doubt[];
  readonly answeredAtMs: number | null;
  readonly ready: boolean | null;
  readonly startedAtMs: number | null;
  readonly version: string | null;
  readonly ringState: string | null;
}

/** What is thought of a component as a whole. */
export interface ComponentVerdict {
  readonly component: string;
  readonly verdict: Verdict;
  readonly sinceMs: number;
  readonly evidence: readonly Evidence[];
  readonly doubts: readonly Doubt[];
  readonly causes: readonly CommonCause[];
}

/** Everything that a round led to. In the order of components, then of names. */
export interface SiteVerdicts {
  readonly atMs: number;
  readonly instances: readonly InstanceVerdict[];
  readonly components: readonly ComponentVerdict[];
  readonly causes: readonly CommonCause[];
  /** By this round alone. */
  readonly changes: readonly HealthChange[];
}

/** What Kubernetes says that metrics do not; `null` where it could not be asked. */
export interface ExpectedReplicas {
  /** By component: pods that its workloads ask for. */
  readonly wanted: ReadonlyMap<string, number>;
  /** By component: the workloads themselves. */
  readonly workloads?: ReadonlyMap<string, readonly { readonly workload: Workload; readonly wanted: number }[]>;
  /** By pod: restarts of its containers. */
  readonly restarts: ReadonlyMap<string, number>;
}
