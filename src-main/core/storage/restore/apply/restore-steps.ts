import type { PlanStep } from "../../../../../src-shared/model/health/operation.ts";

/** Steps of a restore, `storage.step.<key>`, in the order in which they are done. */
export const RESTORE_STEPS = [
  "restore-preflight",
  "restore-lease",
  "restore-count-before",
  "restore-pause-compactor",
  "restore-chunks",
  "restore-index",
  "restore-verify",
  "restore-caches",
  "restore-resume-compactor",
  "restore-canaries",
] as const;
export type RestoreStepKey = (typeof RESTORE_STEPS)[number];

/** What the steps of a plan are made of. */
export interface RestoreStepFacts {
  /** `s3://bucket`, or a folder's path, where it is written to. */
  readonly target: string;
  /** Where it comes from. */
  readonly source: string;
  /** Whether the store itself copies: versions of the same bucket. */
  readonly copiesInside: boolean;
  readonly chunks: number;
  readonly indexFiles: number;
  readonly bytes: number;
  /** `StatefulSet/namespace/name` and its replicas; `null` where none is paused: a drill, no site, no compactor of its own. */
  readonly compactor: { readonly workload: string; readonly replicas: number } | null;
  readonly canaries: number;
  /** Whether a Loki reads the bucket that is written to. */
  readonly live: boolean;
}

/**
 * The steps that `RestoreRun` carries out, for a plan to show. It finds them by their keys: those that a plan leaves out are not
 * done, but chunks, index and verification.
 */
export function restoreSteps(facts: RestoreStepFacts): PlanStep[] {
  const { target, source, chunks, indexFiles, bytes, compactor, canaries } = facts;
  const put = facts.copiesInside ? "PUT <key> x-amz-copy-source: <key>?versionId=<version>" : "PUT <key>";
  const step = (
    key: RestoreStepKey,
    kind: PlanStep["kind"],
    params: PlanStep["params"] = {},
    request: string | null = null,
  ): PlanStep => ({ key, kind, params, request });
  const scaling = (to: number): string | null =>
    compactor === null ? null : `PATCH ${compactor.workload}/scale {"spec":{"replicas":${to}}}`;
  return [
    step("restore-preflight", "check"),
    step("restore-lease", "act", { store: target }, "PUT __kubemate__/lease.json If-None-Match: *"),
    ...(canaries > 0 ? [step("restore-count-before", "check", { queries: canaries })] : []),
    ...(compactor === null ? [] : [step("restore-pause-compactor", "act", { ...compactor }, scaling(0))]),
    step("restore-chunks", "act", { chunks, bytes, source }, put),
    step("restore-index", "act", { files: indexFiles, source }, put),
    step("restore-verify", "verify", { objects: chunks + indexFiles }),
    ...(facts.live ? [step("restore-caches", "act")] : []),
    ...(compactor === null
      ? []
      : [step("restore-resume-compactor", "act", { ...compactor }, scaling(compactor.replicas))]),
    ...(canaries > 0 ? [step("restore-canaries", "verify", { queries: canaries })] : []),
  ];
}
