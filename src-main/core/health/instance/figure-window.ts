import type { Figure } from "../../../../src-shared/model/health/instance-details.ts";
import type { ScrapeRound } from "../detection/scrape.ts";
import { SeriesKeys } from "../detection/series-key.ts";
import { FIGURE_RULES, figureRules } from "./figure-rules.ts";
import { FigureSlots, type FigureSample } from "./figure-slots.ts";
import { measured, metricOf } from "./measure.ts";

/** What rates and means are taken over. */
const WINDOW_MS = 60_000;
/** Sources whose rounds are further apart than that have their last two compared. */
const FEWEST_SAMPLES = 2;

interface Process {
  readonly component: string;
  /** Oldest first. */
  readonly samples: readonly FigureSample[];
  /** Whether it answered in the last round. */
  readonly answered: boolean;
}

/** What the last minute of rounds says of each process in figures, beside the median of its mates of the same component. */
export class FigureWindow {
  readonly #slots = new FigureSlots(FIGURE_RULES);
  readonly #keys = new SeriesKeys();
  #processes: ReadonlyMap<string, Process> = new Map();

  /** Rounds come in the order of time. */
  take({ scrapes }: ScrapeRound): void {
    const processes = new Map<string, Process>();
    for (const scrape of scrapes) {
      const { instance, component } = scrape;
      const before = this.#processes.get(instance)?.samples ?? [];
      const sample = this.#slots.sample(scrape, this.#keys);
      const samples = sample === null ? before : withSample(before, sample);
      processes.set(instance, { component, samples, answered: sample !== null });
    }
    this.#processes = processes;
  }

  /** Those figures that it or a mate of it has; none for an instance that is not in the last round. */
  figures(instance: string): Figure[] {
    const own = this.#processes.get(instance);
    if (own === undefined) return [];
    const mates = [...this.#processes]
      .filter(([name, { component, answered }]) => name !== instance && component === own.component && answered)
      .map(([, { samples }]) => samples);
    return figureRules(own.component).flatMap(({ key, unit, measure }): Figure[] => {
      const value = own.answered ? measured(measure, own.samples, this.#slots) : null;
      const theirs = mates.map((samples) => measured(measure, samples, this.#slots)).filter((mate) => mate !== null);
      if (value === null && theirs.length === 0) return [];
      const metric = metricOf(measure, value === null ? (mates[0] ?? []) : own.samples, this.#slots);
      return [{ key, unit, value, matesMedian: median(theirs), metric }];
    });
  }
}

function withSample(before: readonly FigureSample[], sample: FigureSample): readonly FigureSample[] {
  const all = [...before.filter((earlier) => precedes(earlier, sample)), sample];
  const within = all.filter(({ atMs }) => atMs >= sample.atMs - WINDOW_MS);
  return within.length >= FEWEST_SAMPLES ? within : all.slice(-FEWEST_SAMPLES);
}

/** Whether two are of one life of a process. A clock that was set back makes what was before unusable, and a scrape told twice is one. */
function precedes(earlier: FigureSample, later: FigureSample): boolean {
  return earlier.atMs < later.atMs && Object.is(earlier.startedAtSeconds, later.startedAtSeconds);
}

function median(values: readonly number[]): number | null {
  const ordered = values.toSorted((a, b) => a - b);
  const middle = ordered.length >> 1;
  const upper = ordered[middle];
  if (upper === undefined) return null;
  return ordered.length % 2 === 1 ? upper : ((ordered[middle - 1] ?? upper) + upper) / 2;
}
