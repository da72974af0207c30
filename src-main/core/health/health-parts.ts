import type { EvidenceHistory, InstanceDetails } from "../../../src-shared/model/health/instance-details.ts";
import type { RingName, RingView } from "../../../src-shared/model/health/ring.ts";
import type { Topology } from "../../../src-shared/model/health/topology.ts";
import type { EvidenceKind } from "../../../src-shared/model/health/verdict.ts";
import type { ScrapeRound } from "./detection/scrape.ts";
import type { HealthSite } from "./health-site.ts";
import type { SeriesHistory } from "./history/series-history.ts";
import type { RoundReport } from "./scraping/scraper.ts";
import type { ExpectedReplicas, SiteVerdicts } from "./verdicts/site-verdicts.ts";

/** Thinks of one site, round after round. */
export interface RoundJudge {
  round(round: ScrapeRound, report: RoundReport | null, expected: ExpectedReplicas | null): SiteVerdicts;
}

/** Measures what flows between the components, round after round. */
export interface RoundMeter {
  round(round: ScrapeRound): void;
  topology(): Topology;
}

export interface ConfigText {
  readonly yaml: string;
  readonly cut: boolean;
}

/** What the service is made of besides sites and disks; tests hand in their own where the real ones need a Loki. */
export interface HealthParts {
  makeJudge(intervalMs: number): RoundJudge;
  makeMeter(): RoundMeter;
  evidenceHistory(
    history: SeriesHistory,
    verdicts: SiteVerdicts | null,
    question: {
      readonly instance: string;
      readonly kind: EvidenceKind;
      readonly fromMs: number;
      readonly toMs: number;
    },
  ): Promise<EvidenceHistory>;
  readRings(site: HealthSite, rings: readonly RingName[] | null, signal: AbortSignal): Promise<RingView[]>;
  readInstance(
    site: HealthSite,
    instance: string,
    latest: ScrapeRound | null,
    signal: AbortSignal,
  ): Promise<InstanceDetails>;
  /** Secrets are masked. */
  readConfig(site: HealthSite, instance: string, signal: AbortSignal): Promise<ConfigText>;
}
