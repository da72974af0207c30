import type { Topology } from "../../../src-shared/model/health/topology.ts";
import type { ScrapeRound } from "./detection/scrape.ts";
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

/** What thinks about rounds; tests of the service may hand in their own. */
export interface HealthParts {
  makeJudge(): RoundJudge;
  makeMeter(): RoundMeter;
}
