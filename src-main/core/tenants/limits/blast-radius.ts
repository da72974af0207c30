/** Limits of a tenant that together say how much it may send. */
export interface TenantIngestion {
  readonly tenant: string;
  readonly rateBytesPerSecond: number;
  /** `max_global_streams_per_user`; 0 for no limit. */
  readonly globalStreams: number;
  /** `max_streams_per_user`, of each ingester; 0 for no limit. */
  readonly localStreams: number;
}

/** What the cluster is and takes. Capacities are measured or given by a person; `null` where nobody knows. */
export interface IngestCluster {
  readonly strategy: "global" | "local";
  readonly distributors: number;
  readonly ingesters: number;
  readonly replicationFactor: number;
  /** What one distributor takes of all tenants together. */
  readonly distributorBytesPerSecond: number | null;
  /** What one ingester takes; each line goes to as many of them as the replication factor says. */
  readonly ingesterBytesPerSecond: number | null;
  /** Memory of one ingester that streams may have. */
  readonly ingesterStreamBytes: number | null;
  /** What one stream with its open chunk costs in an ingester. An estimate, as are all figures made of it. */
  readonly bytesPerStream: number;
}

export interface TenantShare {
  readonly tenant: string;
  /** What one distributor lets through: the limit over the healthy distributors, or all of it when they do not share. */
  readonly perDistributorBytesPerSecond: number;
  /** What all distributors together let through. */
  readonly clusterBytesPerSecond: number;
  /** Streams that one ingester may hold of the tenant; `null` without a limit. */
  readonly streamsPerIngester: number | null;
  /** Memory of one ingester for them; `null` without a limit. */
  readonly bytesPerIngester: number | null;
}

export interface CapacityUse {
  readonly of: "distributor-rate" | "ingester-rate" | "ingester-memory";
  /** If every tenant used its limits at once; `null` where a limit is missing. */
  readonly allowed: number | null;
  /** `null` where nobody knows it. */
  readonly capacity: number | null;
  /** 1 is all of it. */
  readonly share: number | null;
  /**
   * `fits`; `over`: the limits promise more than there is; `unlimited`: a tenant has no limit; `unknown`: no capacity was given;
   * `no-members`: nobody is there to take it.
   */
  readonly reason: "fits" | "over" | "unlimited" | "unknown" | "no-members";
}

export interface BlastRadius {
  readonly tenants: readonly TenantShare[];
  readonly uses: readonly CapacityUse[];
}

/**
 * What limits add up to against what a cluster takes. Formulas of Loki 3.7.6: with the strategy `global` a distributor enforces
 * rate ÷ healthy distributors, with `local` each the whole rate; an ingester's share of streams is global × replication factor
 * ÷ ingesters (`pkg/ingester/limiter.go`), also where there are fewer ingesters than replicas, and the smaller of it and the
 * local limit.
 */
export function blastRadius(tenants: readonly TenantIngestion[], cluster: IngestCluster): BlastRadius {
  const shares = tenants.map((tenant) => shareOf(tenant, cluster));
  const { distributors, ingesters, replicationFactor } = cluster;
  const copies = Math.min(replicationFactor, ingesters);
  const perDistributor = sum(shares.map((share) => share.perDistributorBytesPerSecond));
  const inCluster = sum(shares.map((share) => share.clusterBytesPerSecond));
  const perIngester = ingesters > 0 && inCluster !== null ? (inCluster * copies) / ingesters : 0;
  return {
    tenants: shares,
    uses: [
      useOf("distributor-rate", perDistributor, cluster.distributorBytesPerSecond, distributors),
      useOf("ingester-rate", perIngester, cluster.ingesterBytesPerSecond, ingesters),
      useOf(
        "ingester-memory",
        sum(shares.map((share) => share.bytesPerIngester)),
        cluster.ingesterStreamBytes,
        ingesters,
      ),
    ],
  };
}

function shareOf(tenant: TenantIngestion, cluster: IngestCluster): TenantShare {
  const { strategy, distributors, bytesPerStream } = cluster;
  const rate = tenant.rateBytesPerSecond;
  const perDistributor = strategy === "global" ? (distributors > 0 ? rate / distributors : 0) : rate;
  const streams = streamsPerIngester(tenant, cluster);
  return {
    tenant: tenant.tenant,
    perDistributorBytesPerSecond: perDistributor,
    clusterBytesPerSecond: perDistributor * distributors,
    streamsPerIngester: streams,
    bytesPerIngester: streams === null ? null : streams * bytesPerStream,
  };
}

function streamsPerIngester(
  { globalStreams, localStreams }: TenantIngestion,
  { ingesters, replicationFactor }: IngestCluster,
): number | null {
  const limits: number[] = [];
  if (globalStreams > 0 && ingesters > 0) {
    limits.push(Math.floor((globalStreams * replicationFactor) / ingesters));
  }
  if (localStreams > 0) limits.push(localStreams);
  return limits.length === 0 ? null : Math.min(...limits);
}

function useOf(of: CapacityUse["of"], allowed: number | null, capacity: number | null, members: number): CapacityUse {
  if (members <= 0) return { of, allowed, capacity, share: null, reason: "no-members" };
  if (allowed === null) return { of, allowed, capacity, share: null, reason: "unlimited" };
  if (capacity === null || capacity <= 0) return { of, allowed, capacity, share: null, reason: "unknown" };
  return { of, allowed, capacity, share: allowed / capacity, reason: allowed > capacity ? "over" : "fits" };
}

/** `null` as soon as one of them has no bound. */
function sum(values: readonly (number | null)[]): number | null {
  let total = 0;
  for (const value of values) {
    if (value === null) return null;
    total += value;
  }
  return total;
}
