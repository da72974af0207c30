import type { EvidenceHistory } from "../../../src-shared/model/health/instance-details.ts";
import type { Topology } from "../../../src-shared/model/health/topology.ts";
import type { EvidenceKind } from "../../../src-shared/model/health/verdict.ts";
import type { ScrapeRound } from "./detection/scrape.ts";
import type { SeriesHistory } from "./history/series-history.ts";
import type { RoundReport } from "./scraping/scraper.ts";
import type { ExpectedReplicas, SiteVerdicts } from "./verdicts/site-verdicts.ts";

/** Thinks of one site, round after round. */
export interface RoundJudge {
  /** What Kubernetes says now; `null` when it cannot be asked. */
  expect(replicas: ExpectedReplicas | null): void;
  round(report: RoundReport): SiteVerdicts;
  /** A round of the history. */
  replay(round: ScrapeRound): SiteVerdicts;
}

/** Measures what flows between the components, round after round. */
export interface RoundMeter {
  take(round: ScrapeRound): void;
  topology(): Topology;
}

export interface EvidenceQuestion {
  readonly instance: string;
  readonly kind: EvidenceKind;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What thinks about rounds; tests of the service hand in their own. */
export interface HealthParts {
  makeJudge(): RoundJudge;
  makeMeter(): RoundMeter;
  evidenceHistory(
    history: SeriesHistory,
    verdicts: SiteVerdicts | null,
    question: EvidenceQuestion,
  ): Promise<EvidenceHistory>;
}
