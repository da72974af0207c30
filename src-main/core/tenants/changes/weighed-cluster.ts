import type { LimitYaml } from "../../../../src-shared/model/tenants/limit.ts";
import type { ScrapeRound } from "../../health/detection/scrape.ts";
import type { WorkloadState } from "../../health/inventory/cluster-inventory.ts";
import type { WeighedCluster } from "./change-facts.ts";

/** With fewer streams the memory of a process says nothing about what one of them costs. */
const FEWEST_STREAMS = 200;
const INGESTING: ReadonlySet<string> = new Set(["ingester", "write", "single-binary"]);
const DISTRIBUTING: ReadonlySet<string> = new Set(["distributor", "write", "single-binary"]);
/** Kubernetes' quantities of memory (`resource.Quantity`). */
const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

export interface ClusterSigns {
  /** The last round; `null` before there was one. */
  readonly round: ScrapeRound | null;
  readonly config: Readonly<Record<string, LimitYaml>> | null;
  /** `null` where it may not be read, or at a site without a cluster. */
  readonly workloads: readonly Pick<WorkloadState, "component" | "containers">[] | null;
}

/**
 * What the cluster is and takes, as far as the rounds and the workloads tell; `null` where its ingesters are not known. What a process
 * takes a second nobody tells: it stays unknown. The memory of a stream is the resident memory of an ingester over its streams,
 * all that it needs besides them included, of the ingester where that is the most.
 */
export function weighedCluster({ round, config, workloads }: ClusterSigns): WeighedCluster | null {
  if (round === null) return null;
  const answered = round.scrapes.filter(({ series }) => series !== null);
  const ingesters = answered.filter(({ component }) => INGESTING.has(component));
  const distributors = answered.filter(({ component }) => DISTRIBUTING.has(component));
  const factors = answered.flatMap(({ series }) => series?.["loki_distributor_replication_factor"] ?? []);
  if (ingesters.length === 0 || distributors.length === 0 || factors.length === 0) return null;
  const perStream = ingesters.flatMap(({ series }) => bytesPerStream(series ?? {}));
  const memory = workloads === null ? null : leastMemory(workloads);
  const known = perStream.length > 0 && memory !== null;
  return {
    strategy: config?.["ingestion_rate_strategy"] === "local" ? "local" : "global",
    distributors: distributors.length,
    ingesters: ingesters.length,
    replicationFactor: Math.min(...factors),
    distributorBytesPerSecond: null,
    ingesterBytesPerSecond: null,
    ingesterStreamBytes: known ? memory : null,
    bytesPerStream: perStream.length > 0 ? Math.max(...perStream) : 0,
    from: {
      distributorRate: "unknown",
      ingesterRate: "unknown",
      ingesterMemory: known ? "container-limit" : "unknown",
    },
  };
}

function bytesPerStream(series: Readonly<Record<string, number>>): readonly number[] {
  const resident = series["process_resident_memory_bytes"] ?? 0;
  const streams = Object.entries(series)
    .filter(([key]) => key.startsWith("loki_ingester_memory_streams"))
    .reduce((sum, [key, value]) => (/^loki_ingester_memory_streams(?:\{|$)/.test(key) ? sum + value : sum), 0);
  return resident > 0 && streams >= FEWEST_STREAMS ? [resident / streams] : [];
}

/** The memory limit of the smallest ingester; `null` where one of them has none. */
function leastMemory(workloads: NonNullable<ClusterSigns["workloads"]>): number | null {
  const limits = workloads
    .filter(({ component }) => INGESTING.has(component))
    .map(({ containers }) => {
      const sizes = (containers ?? []).flatMap(({ limits: amounts }) => quantityBytes(amounts["memory"] ?? "") ?? []);
      // Side cars have little: what counts is the container of the ingester itself.
      return sizes.length === 0 ? null : Math.max(...sizes);
    });
  const known = limits.filter((limit) => limit !== null);
  return known.length === 0 || known.length < limits.length ? null : Math.min(...known);
}

export function quantityBytes(text: string): number | null {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text) ?? [];
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  return number === undefined || factor === undefined ? null : Number(number) * factor;
}
