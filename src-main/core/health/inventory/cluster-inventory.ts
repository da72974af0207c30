import type { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Workload } from "../../../../src-shared/model/health/operation.ts";

/** A workload of Loki's as it stands. */
export interface WorkloadState {
  readonly workload: Workload;
  readonly component: string;
  readonly resourceVersion: string;
  readonly wanted: number;
  readonly ready: number;
  /** Pods of its newest revision; fewer than `wanted` while a rollout runs. */
  readonly updated: number;
  /** Whether the controller has seen the newest spec. */
  readonly observed: boolean;
  /** `OnDelete` StatefulSets do not restart by themselves. */
  readonly updateStrategy: string;
  /** Name of the autoscaler that would take a hand-made scale back; `null` without one. */
  readonly autoscaler: string | null;
  /** Mount paths on volumes that outlive the pod, with the volume's name. */
  readonly persistentMounts: readonly { readonly path: string; readonly volume: string }[];
  readonly podLabels: Readonly<Record<string, string>>;
  /** Condition types of `spec.template.spec.readinessGates`; left out where they were not read. */
  readonly readinessGates?: readonly string[];
  /** `spec.selector.matchLabels`; left out where it was not read. */
  readonly selector?: Readonly<Record<string, string>>;
  /** Containers with the CPU and memory they ask for, as the manifest words them; left out where they were not read. */
  readonly containers?: readonly {
    readonly name: string;
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  }[];
}

export interface PodState {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly component: string;
  /** The workload that made it; `null` for a pod by itself. */
  readonly workload: Workload | null;
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly restarts: number;
  readonly node: string | null;
  readonly zone: string | null;
  readonly qos: "Guaranteed" | "Burstable" | "BestEffort" | null;
  readonly image: string;
}

/** A PodDisruptionBudget that covers pods of Loki. */
export interface BudgetState {
  readonly name: string;
  readonly namespace: string;
  /** Names of the pods it selects. */
  readonly pods: readonly string[];
  readonly disruptionsAllowed: number;
}

/** What Kubernetes says of one Loki. A list that may not be read is `null` and its reason is among `gaps`. */
export interface ClusterInventory {
  readonly atMs: number;
  readonly namespace: string;
  readonly workloads: readonly WorkloadState[] | null;
  readonly pods: readonly PodState[] | null;
  readonly budgets: readonly BudgetState[] | null;
  readonly gaps: readonly {
    readonly what: "workloads" | "pods" | "budgets" | "autoscalers";
    readonly error: AppError;
  }[];
}
