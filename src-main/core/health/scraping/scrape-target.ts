import { RING_PAGES } from "../../../../src-shared/model/health/ring.ts";

/** What a component's pod answered, bounded and read to its end. */
export interface TargetAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/**
 * All that is ever asked of a pod: some of Loki's GET routes act (`/ingester/shutdown`) and are none of these. The ring
 * pages act on a POST alone.
 */
export const READING_PATHS = [
  "/metrics",
  "/ready",
  "/services",
  "/config",
  // What a Loki of that version has without a configuration.
  "/config?mode=defaults",
  "/memberlist",
  // Both tell by GET and act by POST and DELETE alone (recorded of Loki 3.7.6); `/flush` and `/ingester/shutdown` do not.
  "/ingester/prepare_shutdown",
  "/log_level",
  "/loki/api/v1/status/buildinfo",
  ...Object.values(RING_PAGES),
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
