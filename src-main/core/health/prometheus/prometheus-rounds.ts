import type { Clock } from "../../common/clock.ts";
import type { RoundSource } from "../scraping/round-source.ts";
import type { RoundReport } from "../scraping/scraper.ts";
import type { TargetSource } from "../scraping/scrape-target.ts";
import type { PrometheusQuery } from "./prometheus-query.ts";

export interface PrometheusRoundsOptions {
  readonly prometheus: PrometheusQuery;
  /** The namespace that Loki runs in; `null` where that is not known: then all of what exports `loki_build_info`. */
  readonly namespace: string | null;
  readonly clock: Clock;
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  /** Processes whose ring pages can be read besides: Prometheus knows how many members a ring has and not who they are. */
  readonly targets?: TargetSource;
}

/** Rounds out of a site's Prometheus instead of its pods. */
export declare class PrometheusRounds implements RoundSource {
  constructor(options: PrometheusRoundsOptions);
  round(signal: AbortSignal): Promise<RoundReport>;
  rounds(signal: AbortSignal): AsyncGenerator<RoundReport, void, void>;
}
