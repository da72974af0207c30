import type { LokiRetention } from "../bucket-health/bucket-facts.ts";

/** A compactor that does not run because the console scaled it down, and what it was before. Plain data: checkpoints keep it. */
export interface PausedCompactor {
  /** `StatefulSet/namespace/name`, `Deployment/…`. */
  readonly workload: string;
  readonly replicas: number;
}

export interface CountedLines {
  readonly lines: number;
  /** Whether the answer is known to be all there is. */
  readonly complete: boolean;
}

/** What changing a bucket needs of the Loki that reads it. There is none for a folder, or a bucket without a site. */
export interface LokiControl {
  /** Replicas that the compactor's workload wants and has; `null` where there is none that can be told. */
  compactor(signal: AbortSignal): Promise<(PausedCompactor & { readonly running: number }) | null>;
  /**
   * Scales the compactor to zero and waits until no pod of it is left. `known` is one that was paused by a run that ended:
   * its workload is meant, also where it cannot be told from others while it has no pods. Gives what it had before.
   * @throws AppError `storage.compactor-not-paused`, `cluster.*`
   */
  pauseCompactor(signal: AbortSignal, known?: PausedCompactor): Promise<PausedCompactor>;
  /** Gives it its replicas back and waits for them to be ready. @throws AppError `storage.compactor-not-paused`, `cluster.*` */
  resumeCompactor(paused: PausedCompactor, signal: AbortSignal): Promise<void>;
  /** What retention would delete again; `null` where it cannot be read. */
  retention(signal: AbortSignal): Promise<LokiRetention | null>;
  /**
   * Lets those who cache index and answers see the bucket anew, as far as Loki has a way for it; tells what was done, by
   * `storage.detail.<key>`.
   */
  refreshCaches(
    signal: AbortSignal,
  ): Promise<readonly { readonly key: string; readonly params: Readonly<Record<string, string | number>> }[]>;
  /** Lines that a log selector has in `[fromMs, throughMs]`, past every results cache. Rejects with `loki.*`, `logs.*`. */
  countLines(
    question: { readonly tenant: string; readonly query: string; readonly fromMs: number; readonly throughMs: number },
    signal: AbortSignal,
  ): Promise<CountedLines>;
}
