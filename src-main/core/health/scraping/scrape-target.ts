/** What a component's pod answered, bounded and read to its end. */
export interface TargetAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** All that is ever asked of a pod: some of Loki's GET routes act (`/ingester/shutdown`) and are none of these. */
export const READING_PATHS = [
  "/metrics",
  "/ready",
  "/services",
  "/config",
  "/ring",
  "/memberlist",
  "/loki/api/v1/status/buildinfo",
] as const;
export type ReadingPath = (typeof READING_PATHS)[number];

export interface TargetRequest {
  readonly path: ReadingPath;
  readonly accept?: string;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * One pod of a component and the way to its HTTP port: through the API server's proxy or a port-forward, never through the
 * chart's gateway, which answers for one random pod. A Loki reached by URL alone is one target, `all`.
 */
export interface ScrapeTarget {
  readonly instance: string;
  readonly component: string;
  readonly zone: string | null;
  readonly node: string | null;
  /** Rejects with an `AppError`: unreachable, forbidden, timed out, larger than `maxBytes`. Only GET is ever sent. */
  get(request: TargetRequest): Promise<TargetAnswer>;
}

/** The pods there are to ask at this moment; asked anew every minute, since pods come and go. */
export interface TargetSource {
  targets(signal: AbortSignal): Promise<readonly ScrapeTarget[]>;
}
