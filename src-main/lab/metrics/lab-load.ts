import { mix, textSeed } from "../traffic/seeded-random.ts";

/** What a tenant sends to the lab's cluster when all is calm. */
export interface TenantLoad {
  readonly tenant: string;
  readonly streams: number;
  readonly linesPerSecond: number;
  readonly bytesPerLine: number;
  readonly retentionHours: string;
}

/** Streams and lines of a cluster of the recordings' size: some 800 streams on each ingester, 2,000 lines a second. */
export const LAB_LOAD: readonly TenantLoad[] = [
  { tenant: "retail-bank", streams: 420, linesPerSecond: 1_200, bytesPerLine: 155, retentionHours: "744" },
  { tenant: "cards", streams: 290, linesPerSecond: 560, bytesPerLine: 120, retentionHours: "168" },
  { tenant: "treasury", streams: 110, linesPerSecond: 250, bytesPerLine: 130, retentionHours: "744" },
];

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
  /** Tenants that push 25 times as much as they may. */
  readonly storms: ReadonlySet<string>;
  /** Tenants that make a stream of every trace. */
  readonly explosions: ReadonlySet<string>;
}

/** A repeatable number in [−1, 1) for a quantity of a pod in a second. */
export function noise(seed: number, pod: string, what: string, second: number): number {
  return mix(seed, textSeed(pod), textSeed(what), second) / 2_147_483_648 - 1;
}
