import type { Figure } from "../../../../src-shared/model/health/instance-details.ts";
import type { ScrapeRound } from "../detection/scrape.ts";

/** What the last minute of rounds says of each process in figures. */
export declare class FigureWindow {
  take(round: ScrapeRound): void;
  /** None for an instance that is not in the last round. */
  figures(instance: string): Figure[];
}
