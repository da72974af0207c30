/** One answer of one target's `/metrics`, or the lack of one. */
export interface Scrape {
  /** Pod name, or what stands for it; the same over restarts. */
  readonly instance: string;
  /** `ingester`, `distributor`, `querier` … */
  readonly component: string;
  /** When the round of scraping began, milliseconds since the epoch, by this console's clock and nobody else's. */
  readonly atMs: number;
  /** How long the answer took, seconds; also of one that failed. */
  readonly tookSeconds: number;
  /** `null` when there was none. Keys as in the exposition format: `name{label="value"}`. */
  readonly series: Readonly<Record<string, number>> | null;
  /** Whether `/ready` said 200; `null` when it was not asked. */
  readonly ready: boolean | null;
}

/** A member of the ingester ring as a ring page tells it. */
export interface RingMember {
  readonly id: string;
  /** `host:port` of its gRPC, by which distributors name it in their metrics. */
  readonly address: string;
  readonly state: string;
  readonly zone: string;
}

export interface ScrapeRound {
  readonly atMs: number;
  readonly scrapes: readonly Scrape[];
  /** `null` when no ring page was read in this round; the last one then still holds. */
  readonly ring: readonly RingMember[] | null;
}
