import type {
  LimitGauge,
  OverrideExpiry,
  RuntimePlace,
  TenantLimit,
  TenantLimits,
  TenantRow,
  TenantsBoard,
} from "../../src-shared/model/tenants/board.ts";
import { INGESTION_LIMITS } from "../../src-main/core/tenants/limits/ingestion-limits.ts";
import { OTHER_LIMITS } from "../../src-main/core/tenants/limits/other-limits.ts";
import { QUERY_LIMITS } from "../../src-main/core/tenants/limits/query-limits.ts";
import { RETENTION_AND_RULE_LIMITS } from "../../src-main/core/tenants/limits/retention-and-rule-limits.ts";
import { readLimit } from "../../src-main/core/tenants/limits/limit-value.ts";
import type { LimitDefinition } from "../../src-shared/model/tenants/limit.ts";
import { CLUSTER_SITE } from "./site-examples.ts";

export const BOARD_AT_MS = Date.UTC(2026, 10, 22, 12);
const MINUTE_MS = 60_000;
const MIB = 1_048_576;

/** Every limit that the table of 3.7.6 has. */
export const ALL_LIMITS: readonly LimitDefinition[] = [
  ...INGESTION_LIMITS,
  ...QUERY_LIMITS,
  ...RETENTION_AND_RULE_LIMITS,
  ...OTHER_LIMITS,
];

/** Use of the ingestion rate that grows to `share` of 4 MiB/s. */
export function aGauge(tenant: string, share: number, overrides: Partial<LimitGauge> = {}): LimitGauge {
  const limit = 4 * MIB;
  const used = share * limit;
  return {
    tenant,
    key: "ingestion_rate_mb",
    unit: "bytes-per-second",
    used,
    limit,
    unlimited: false,
    share,
    trendPerHour: 0.1 * limit,
    trendOverMs: 30 * MINUTE_MS,
    reachesLimitInMs: share >= 1 ? 0 : ((1 - share) / 0.1) * 60 * MINUTE_MS,
    points: Array.from({ length: 30 }, (_, at) => ({
      atMs: BOARD_AT_MS - (29 - at) * MINUTE_MS,
      used: used * (0.7 + (0.3 * at) / 29) * (1 + 0.04 * Math.sin(at * 2.3)),
    })),
    ...overrides,
  };
}

/** Use of the streams. */
export function aStreamsGauge(tenant: string, share: number): LimitGauge {
  return aGauge(tenant, share, {
    key: "max_global_streams_per_user",
    unit: "count",
    used: Math.round(5_000 * share),
    limit: 5_000,
    trendPerHour: 2,
    reachesLimitInMs: null,
    points: Array.from({ length: 30 }, (_, at) => ({
      atMs: BOARD_AT_MS - (29 - at) * MINUTE_MS,
      used: Math.round(5_000 * share) - (at % 3),
    })),
  });
}

export function aTenantRow(tenant: string, share: number | null, overrides: Partial<TenantRow> = {}): TenantRow {
  const gauges = share === null ? [] : [aGauge(tenant, share), aStreamsGauge(tenant, share / 2)];
  return {
    tenant,
    nearest: gauges[0] ?? null,
    gauges,
    discards: [],
    overrides: 0,
    expiring: 0,
    overdue: 0,
    ...overrides,
  };
}

export function aDiscard(tenant: string, reason: string, linesPerSecond: number): TenantRow["discards"][number] {
  return {
    tenant,
    reason,
    linesPerSecond,
    bytesPerSecond: linesPerSecond * 180,
    points: Array.from({ length: 30 }, (_, at) => ({
      atMs: BOARD_AT_MS - (29 - at) * MINUTE_MS,
      linesPerSecond: at < 18 ? 0 : linesPerSecond * ((at - 17) / 12),
    })),
  };
}

export function anExpiry(tenant: string, overrides: Partial<OverrideExpiry> = {}): OverrideExpiry {
  return {
    tenant,
    key: "ingestion_rate_mb",
    value: "8",
    restores: "4",
    expiresAtMs: BOARD_AT_MS + 60 * MINUTE_MS,
    by: "olga",
    overdue: false,
    ...overrides,
  };
}

export const A_PLACE: RuntimePlace = {
  namespace: "loki",
  name: "loki-runtime",
  key: "runtime-config.yaml",
  resourceVersion: "48211",
  mountedBy: ["StatefulSet loki-ingester", "Deployment loki-distributor", "Deployment loki-querier"],
  managedBy: null,
  file: "/etc/loki/runtime-config/runtime-config.yaml",
};

function aSource(source: TenantsBoard["sources"][number]["source"]): TenantsBoard["sources"][number] {
  return { source, state: "read", readAtMs: BOARD_AT_MS, from: "loki-ingester-0" };
}

/** Three tenants: over, near, and calm. */
export function aTenantsBoard(overrides: Partial<TenantsBoard> = {}): TenantsBoard {
  return {
    site: CLUSTER_SITE.id,
    atMs: BOARD_AT_MS,
    state: "live",
    sources: (["config", "defaults", "overrides", "published", "metrics"] as const).map(aSource),
    tenants: [
      aTenantRow("payments", 1.04, { overrides: 3, discards: [aDiscard("payments", "rate_limited", 212)] }),
      aTenantRow("cards", 0.87),
      aTenantRow("batch", 0.2),
    ],
    more: 0,
    disagreements: [],
    expiries: [],
    place: A_PLACE,
    ...overrides,
  };
}

/** A limit as a Loki without overrides has it. */
export function aLimit(key: string, overrides: Partial<TenantLimit> = {}): TenantLimit {
  const definition = ALL_LIMITS.find((one) => one.key === key);
  if (definition === undefined) throw new Error(`no limit ${key}`);
  const read = readLimit(definition, definition.builtIn);
  const text = read.ok ? read.value.text : "";
  const number = read.ok ? read.value.number : null;
  return {
    key,
    area: definition.area,
    type: definition.type,
    unit: definition.unit,
    value: text,
    number,
    unlimited: definition.zero === "unlimited" && number === 0,
    source: "built-in",
    builtIn: text,
    configured: null,
    disagrees: null,
    choices: definition.choices === null ? null : [...definition.choices],
    perTenant: definition.perTenant,
    deprecated: definition.deprecated,
    gauge: null,
    discardReason: definition.discardReason,
    expiry: null,
    ...overrides,
  };
}

/** All limits of a tenant whose ingestion rate is overridden and nearly used up. */
export function aTenantsLimits(tenant: string, overrides: Partial<TenantLimits> = {}): TenantLimits {
  const changed = new Map<string, Partial<TenantLimit>>([
    [
      "ingestion_rate_mb",
      { value: "4", number: 4 * MIB, source: "override", configured: "10", gauge: aGauge(tenant, 0.97) },
    ],
    ["max_global_streams_per_user", { source: "config", value: "5000", gauge: aStreamsGauge(tenant, 0.4) }],
    ["max_query_series", { disagrees: "1000" }],
    ["retention_period", { source: "unknown", value: null, number: null, unlimited: false }],
  ]);
  return {
    site: CLUSTER_SITE.id,
    tenant,
    atMs: BOARD_AT_MS,
    version: "3.7.6",
    limits: ALL_LIMITS.map(({ key }) => aLimit(key, changed.get(key))),
    sources: [],
    disagreements: [],
    ...overrides,
  };
}
