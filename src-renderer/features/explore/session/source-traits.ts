import type { LogTarget } from "../../../../src-shared/api/log-target.ts";
import type { CostEstimate } from "../../../../src-shared/api/logs.api.ts";

/** What a target can be asked, as the window offers it. */
export interface SourceTraits {
  /** New lines come: it can be followed. */
  readonly tail: boolean;
  /** Reading costs a server something; else it is this machine's own disk. */
  readonly costly: boolean;
  /** Its metric answers and streams come from Loki, with requests, retries and a queue. */
  readonly remote: boolean;
}

const TRAITS: Readonly<Record<LogTarget["kind"], SourceTraits>> = {
  loki: { tail: true, costly: true, remote: true },
  pods: { tail: true, costly: true, remote: true },
  archive: { tail: false, costly: false, remote: false },
};

export function traitsOf(target: LogTarget | null): SourceTraits {
  return TRAITS[target?.kind ?? "loki"];
}

/** An estimate as it concerns this source: what is read from one's own disk is no cost to be warned of. */
export function withoutCost(target: LogTarget, estimate: CostEstimate): CostEstimate {
  return traitsOf(target).costly ? estimate : { ...estimate, warnings: [], confirm: false };
}
