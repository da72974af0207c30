import type { PodIdentity } from "../cluster/components.ts";
import type { RingProcess } from "./ingester-ring.ts";

/** A process that was told to end; what follows is by the seconds since. */
export interface Shutdown {
  readonly atMs: number;
  /** Whether its container is started again; not when its pod goes with it. */
  readonly again: boolean;
  readonly deletesTokens: boolean;
}

/** How a shutdown is asked for. */
export interface ShutdownWish {
  readonly flush: boolean;
  readonly deletesTokens: boolean;
}

/** What can be seen of a process from outside. */
export interface SeenProcess {
  readonly running: boolean;
  readonly startedMs: number;
  readonly ready: boolean;
  /** Whether any of that is about to change by itself. */
  readonly changing: boolean;
}

export const LEAVING_AFTER_MS = 1_000;
export const LEFT_AFTER_MS = 4_300;
export const ENDED_AFTER_MS = 5_100;
/** A process that has nothing to flush ends sooner. */
export const SIMPLE_END_MS = 200;
/** The kubelet starts the container again. */
export const STARTED_AGAIN_AFTER_MS = 8_000;

/** What the lifecyclers of the ingesters that run do now: they join when their WAL is replayed, and leave on their way out. */
export function ringProcesses(
  ingesters: readonly {
    readonly identity: PodIdentity;
    readonly startedMs: number;
    replaying(atMs: number): boolean;
  }[],
  down: ReadonlySet<string>,
  shutdowns: ReadonlyMap<string, Shutdown>,
  nowMs: number,
): RingProcess[] {
  return ingesters.flatMap((pod) => {
    const { identity, startedMs } = pod;
    if (down.has(identity.name)) return [];
    const shutdown = shutdowns.get(identity.name);
    const sinceMs = shutdown === undefined ? Number.NEGATIVE_INFINITY : nowMs - shutdown.atMs;
    const joined = !pod.replaying(nowMs) && sinceMs < LEFT_AFTER_MS;
    return [{ identity, startedMs, joined, leaving: sinceMs >= LEAVING_AFTER_MS }];
  });
}
