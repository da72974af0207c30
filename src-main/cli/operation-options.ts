import type { OutputFormat } from "./command-context.ts";

/** Options of `health plan` and `health apply` as commander hands them on. */
export interface OperationOptions {
  readonly site: string;
  readonly output: OutputFormat;
  readonly instance?: string;
  readonly tenant?: string;
  readonly request?: string;
  readonly ring: string;
  readonly member?: string;
  readonly workload?: string;
  readonly namespace?: string;
  readonly replicas?: string;
  readonly level?: string;
  readonly minutes: string;
  readonly unset?: boolean;
  readonly deleteRingTokens?: boolean;
  readonly yes?: boolean;
  readonly reason?: string;
}
