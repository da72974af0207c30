import type { LimitGauge } from "../../../../src-shared/model/tenants/board.ts";
import type { LimitYaml } from "../../../../src-shared/model/tenants/limit.ts";
import type { IngestCluster } from "../limits/blast-radius.ts";

/** A cluster as its limits are weighed against it, with where each capacity comes from: `limits.capacity.<key>`. */
export interface WeighedCluster extends IngestCluster {
  readonly from: {
    readonly distributorRate: string;
    readonly ingesterRate: string;
    readonly ingesterMemory: string;
  };
}

/** What is known of a site's limits besides the file; each part is `null` where nobody tells. */
export interface SiteLimitFacts {
  /** Loki's version, `3.7.6`. */
  readonly version: string | null;
  /** `limits_config` of `/config`, and of `/config?mode=defaults`. */
  readonly config: Readonly<Record<string, LimitYaml>> | null;
  readonly defaults: Readonly<Record<string, LimitYaml>> | null;
  /** Present use, of all tenants that have any. */
  readonly gauges: readonly LimitGauge[];
  /** `null` where its members are not known. */
  readonly cluster: WeighedCluster | null;
  /** Tenants that have been seen, in metrics or by what was asked; empty where nobody tells any. */
  readonly tenants: readonly string[];
  /** Processes whose last reload failed. */
  readonly reloadFailing: readonly string[];
}

export const NO_FACTS: SiteLimitFacts = {
  version: null,
  config: null,
  defaults: null,
  gauges: [],
  cluster: null,
  tenants: [],
  reloadFailing: [],
};
