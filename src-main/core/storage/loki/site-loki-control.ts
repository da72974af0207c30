import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { HealthCluster } from "../../health/health-site.ts";
import { cacheNote } from "./cache-notes.ts";
import { compactorControl } from "./compactor-control.ts";
import type { LokiControl } from "./loki-control.ts";
import { readRetention, type TenantOverrides } from "./read-retention.ts";

/** What a site gives for its Loki to be controlled; reading its pages is other domains' work. */
export interface SiteLokiParts {
  /** `null` for a Loki known by its URL alone. */
  readonly cluster: Pick<HealthCluster, "inventory" | "workloads"> | null;
  /** `/config` of the process that knows most of the compactor, parsed from YAML; `null` where none tells. */
  readonly config: (signal: AbortSignal) => Promise<unknown>;
  /** Of the runtime configuration; empty where there is none or it cannot be read. */
  readonly overrides: (signal: AbortSignal) => Promise<TenantOverrides>;
  /** A duration as Loki prints it, in seconds. */
  readonly seconds: (text: string) => number | null;
  readonly countLines: LokiControl["countLines"];
  readonly clock: Clock;
}

/** The Loki of one site, for those who change its bucket. */
export function siteLokiControl(parts: SiteLokiParts): LokiControl {
  const { cluster, config, overrides, seconds, countLines, clock } = parts;
  const unscalable = () => Promise.reject(new AppError("storage.compactor-not-paused", { problem: "no cluster" }));
  const compactor =
    cluster === null
      ? { compactor: () => Promise.resolve(null), pauseCompactor: unscalable, resumeCompactor: unscalable }
      : compactorControl(cluster, clock);
  return {
    ...compactor,
    countLines,
    async retention(signal) {
      const read = await config(signal);
      return read === null ? null : readRetention(read, await overrides(signal), seconds);
    },
    async refreshCaches(signal) {
      const inventory = cluster === null ? null : await cluster.inventory(signal);
      const gateway = inventory?.workloads?.find(({ component }) => component === "index-gateway")?.workload;
      const restart =
        gateway === undefined
          ? null
          : `kubectl -n ${gateway.namespace} rollout restart ${gateway.kind.toLowerCase()}/${gateway.name}`;
      return [cacheNote(await config(signal), restart)];
    },
  };
}
