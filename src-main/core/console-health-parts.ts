import type { HealthParts } from "./health/health-parts.ts";
import { EdgeMeter } from "./health/topology/edge-meter.ts";
import { SiteJudge } from "./health/verdicts/site-judge.ts";

/** What thinks about rounds, in the window and on the command line. */
export const HEALTH_PARTS: HealthParts = {
  makeJudge: () => new SiteJudge(),
  makeMeter: () => new EdgeMeter(),
};
