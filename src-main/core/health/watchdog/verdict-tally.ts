import type { CommonCause, Evidence, Verdict } from "../../../../src-shared/model/health/verdict.ts";
import type { VerdictChange } from "../detection/gray-failure-detector.ts";
import type { Scrape } from "../detection/scrape.ts";

export interface TalliedVerdict {
  readonly instance: string;
  readonly component: string;
  readonly verdict: Verdict;
  readonly evidence: readonly Evidence[];
}

/** What stands after the changes that the detector told, for the instances of the last round alone. */
export class VerdictTally {
  readonly #told = new Map<string, { readonly verdict: Verdict; readonly evidence: readonly Evidence[] }>();
  #round: readonly TalliedVerdict[] = [];
  #causes: readonly CommonCause[] = [];

  round(scrapes: readonly Scrape[], changes: readonly VerdictChange[]): void {
    for (const { scope, instance, verdict, evidence, causes } of changes) {
      if (scope === "component") this.#causes = causes;
      else this.#told.set(instance, { verdict, evidence });
    }
    this.#round = scrapes.map(({ instance, component, series }) => {
      // The detector tells no first healthy verdict; who never answered has none.
      const silent = { verdict: series === null ? ("unknown" as const) : ("healthy" as const), evidence: [] };
      return { instance, component, ...(this.#told.get(instance) ?? silent) };
    });
  }

  get verdicts(): readonly TalliedVerdict[] {
    return this.#round;
  }

  get causes(): readonly CommonCause[] {
    return this.#causes;
  }
}
