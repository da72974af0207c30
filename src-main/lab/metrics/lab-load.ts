import type { RuntimeOptions } from "../runtime/cluster-runtime.ts";
import { FixedLabels } from "./series-registry.ts";
import type { TenantLimits } from "../loki/tenant-limits.ts";
import { mix, textSeed } from "../traffic/seeded-random.ts";

/** What a tenant sends to the lab's cluster when all is calm. */
export interface TenantLoad {
  readonly tenant: string;
  readonly streams: number;
  readonly linesPerSecond: number;
  readonly bytesPerLine: number;
  /** Seconds between two backfills, each one large batch; 0 for none. */
  readonly backfillSeconds: number;
  /** Seconds between two bursts of one stream at 160 KB a second; 0 for none. */
  readonly hotStreamSeconds: number;
}

/**
 * Streams and lines of a cluster of the recordings' size: some 800 streams on each ingester, 2,000 lines a second. Treasury's
 * messages are XML of two kilobytes: with the limits that it has in the lab it stands at some 85 % of its ingestion rate.
 */
export const LAB_LOAD: readonly TenantLoad[] = [
  {
    tenant: "retail-bank",
    streams: 420,
    linesPerSecond: 1_200,
    bytesPerLine: 155,
    backfillSeconds: 0,
    hotStreamSeconds: 0,
  },
  { tenant: "cards", streams: 290, linesPerSecond: 560, bytesPerLine: 120, backfillSeconds: 0, hotStreamSeconds: 240 },
  {
    tenant: "treasury",
    streams: 110,
    linesPerSecond: 250,
    bytesPerLine: 1_780,
    backfillSeconds: 390,
    hotStreamSeconds: 0,
  },
  { tenant: "platform", streams: 24, linesPerSecond: 14, bytesPerLine: 420, backfillSeconds: 0, hotStreamSeconds: 0 },
];

/** New streams each second while a tenant's labels explode. */
export const BORN_PER_SECOND = 95;

/** `{tenant="…"}` of every tenant, written once. */
export const TENANT_LABELS: ReadonlyMap<string, FixedLabels> = new Map(
  LAB_LOAD.map(({ tenant }) => [tenant, new FixedLabels({ tenant })]),
);

/** Of one second's bytes of the busiest stream while it is hot, and how long that lasts. */
export const HOT_STREAM_BYTES = 160 * 1_024;
export const HOT_STREAM_SECONDS = 3;
/** The ingestion burst that a backfill all but uses up; a higher one takes it without harm. */
export const BACKFILL_BURST_BYTES = 2 ** 20;

/** Why simulated pushes of a tenant were refused in a second, with what its collector is told. */
export interface RefusedPush {
  readonly tenant: string;
  readonly reason: "rate_limited" | "per_stream_rate_limit" | "stream_limit" | "blocked_ingestion";
  readonly atMs: number;
  /** Of the batch that is told; more may have been refused. */
  readonly lines: number;
  readonly bytes: number;
  /** Bytes a second: of the distributor that refused, or of the stream. */
  readonly limit: number;
  readonly limits: TenantLimits;
}
export type TellRefusal = (refused: RefusedPush) => void;

/** What a tenant sends in a storm, bytes a second: more than it may when it begins; a limit that is raised enough lets it pass. */
export function stormBytes(tenant: string, limits: TenantLimits | undefined): number {
  const load = LAB_LOAD.find((each) => each.tenant === tenant);
  const calm = (load?.linesPerSecond ?? 0) * (load?.bytesPerLine ?? 0);
  return Math.max(25 * calm, 1.6 * (limits?.ingestion_rate_mb ?? 0) * 2 ** 20);
}

export interface SimulationOptions extends RuntimeOptions {
  /** Told of pushes that the tenants' collectors made and that were refused. */
  readonly refused?: TellRefusal;
}

/** What troubles the whole cluster or one of its ingesters at a moment. */
export interface Troubles {
  /** What part of all streams an ingester holds: every one of three, less of more. */
  readonly share: number;
  readonly slowFlush: boolean;
  readonly jitter: boolean;
  readonly starved: boolean;
  /** The object store takes its time with everybody. */
  readonly storeSlow: boolean;
  /** The object store does not take this ingester's puts. */
  readonly storeDown: boolean;
  /** Tenants that push more than they may, and what they push in all, bytes a second. */
  readonly storms: ReadonlyMap<string, number>;
  /** Tenants that make a stream of every trace. */
  readonly explosions: ReadonlySet<string>;
}

/** A repeatable number in [−1, 1) for a quantity of a pod in a second. */
export function noise(seed: number, pod: string, what: string, second: number): number {
  return mix(seed, textSeed(pod), textSeed(what), second) / 2_147_483_648 - 1;
}
