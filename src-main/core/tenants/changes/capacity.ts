import type { z } from "zod";
import type { LimitYaml } from "../../../../src-shared/model/tenants/limit.ts";
import type { capacityUseSchema, LimitProblem } from "../../../../src-shared/model/tenants/limit-change.ts";
import { blastRadius, type CapacityUse, type TenantIngestion } from "../limits/blast-radius.ts";
import { limitOf } from "../limits/limit-table.ts";
import { readLimit } from "../limits/limit-value.ts";
import type { RuntimeOverrides } from "../limits/runtime-overrides.ts";
import type { SiteLimitFacts, WeighedCluster } from "./change-facts.ts";
import { warns } from "./draft.ts";
import { overrideIn, type ChangedValue } from "./override-values.ts";

export type PlannedCapacity = z.output<typeof capacityUseSchema>;

/** The limits that add up to what the write path has to take. */
const INGESTION: ReadonlySet<string> = new Set([
  "ingestion_rate_mb",
  "max_global_streams_per_user",
  "max_streams_per_user",
]);

const FROM = {
  "distributor-rate": "distributorRate",
  "ingester-rate": "ingesterRate",
  "ingester-memory": "ingesterMemory",
} as const;

/**
 * What all tenants' limits add up to, before and after, against what the cluster takes. Nothing where no limit of the kind
 * changes, or where the members of the cluster or the limits of `limits_config` are not known.
 */
export function capacityOf(
  values: readonly ChangedValue[],
  before: RuntimeOverrides,
  after: RuntimeOverrides,
  facts: SiteLimitFacts,
): { readonly capacity: readonly PlannedCapacity[]; readonly problems: readonly LimitProblem[] } {
  const changed = values.filter(({ key }) => INGESTION.has(key));
  if (changed.length === 0) return { capacity: [], problems: [] };
  const { cluster, config } = facts;
  if (cluster === null || config === null) return { capacity: [], problems: [warns("capacity-unknown", { of: "" })] };
  const names = new Set([...facts.tenants, ...before.tenants.keys(), ...after.tenants.keys()]);
  const uses = (overrides: RuntimeOverrides) =>
    blastRadius(
      [...names].map((tenant) => ingestionOf(tenant, overrides, config)),
      cluster,
    ).uses;
  const old = uses(before);
  const capacity = uses(after).map((use, at) => planned(use, old[at], cluster));
  return { capacity, problems: capacity.flatMap(problemOf) };
}

function planned(after: CapacityUse, before: CapacityUse | undefined, cluster: WeighedCluster): PlannedCapacity {
  const { of, allowed, capacity, reason } = after;
  return { of, before: before?.allowed ?? null, after: allowed, capacity, reason, from: cluster.from[FROM[of]] };
}

/** Only what the change makes worse: what was over before is no reason against less of it. */
function problemOf({ of, before, after, capacity, reason }: PlannedCapacity): readonly LimitProblem[] {
  const grows = after === null ? before !== null : before !== null && after > before;
  if (!grows) return [];
  if (reason === "unlimited") return [warns("capacity-exceeded", { of, share: "∞" })];
  if (reason === "over" && after !== null && capacity !== null) {
    return [warns("capacity-exceeded", { of, share: `${Math.round((after / capacity) * 100)} %` })];
  }
  return reason === "unknown" ? [warns("capacity-unknown", { of })] : [];
}

function ingestionOf(
  tenant: string,
  overrides: RuntimeOverrides,
  config: Readonly<Record<string, LimitYaml>>,
): TenantIngestion {
  const numberOf = (key: string): number =>
    overrideIn(overrides, tenant, key)?.number ?? configuredNumber(key, config) ?? 0;
  return {
    tenant,
    rateBytesPerSecond: numberOf("ingestion_rate_mb"),
    globalStreams: numberOf("max_global_streams_per_user"),
    localStreams: numberOf("max_streams_per_user"),
  };
}

/** What a tenant without an override has; `null` where the configuration is not known. */
export function configuredNumber(key: string, config: SiteLimitFacts["config"]): number | null {
  const limit = limitOf(key);
  if (limit === null || config === null) return null;
  const reading = readLimit(limit, Object.hasOwn(config, key) ? (config[key] ?? null) : limit.builtIn);
  return reading.ok ? reading.value.number : null;
}
