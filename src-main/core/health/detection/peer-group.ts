import type { InstanceWindow } from "./instance-findings.ts";
import { PeerSample, type DeviationScale, type PeerDeviation } from "./peer-deviation.ts";

/** A process younger than this is still catching up: its rates are not its mates'. */
export const YOUNG_SECONDS = 60;
const MIN_PUTS = 3;

interface PeerFigure extends DeviationScale {
  /** `null` where this window does not tell. */
  readonly pick: (window: InstanceWindow) => number | null;
}

const enoughPuts = ({ rates }: InstanceWindow) => rates.puts >= MIN_PUTS;

/**
 * What mates are compared by. `noise` is the natural spread between healthy ones, in ln, of a 30 s window; measured on
 * recordings of healthy clusters.
 */
const FIGURES = {
  put: { pick: (one) => (enoughPuts(one) ? one.rates.putMeanSeconds : null), floor: 0.005, noise: 0.12 },
  anyPut: { pick: ({ rates }) => rates.putMeanSeconds, floor: 0.001, noise: 0.12 },
  putRate: { pick: (one) => (enoughPuts(one) ? one.rates.puts / one.rates.seconds : null), floor: 0.01, noise: 0.1 },
  putFailures: { pick: ({ rates }) => rates.putFailures / Math.max(1, rates.puts), floor: 0.01, noise: 0.5 },
  flushQueue: { pick: ({ rates }) => rates.flushQueue, floor: 20, noise: 0.5 },
  pushRate: { pick: ({ rates }) => rates.pushRate, floor: 0.05, noise: 0.08 },
  push: { pick: ({ rates }) => rates.pushMeanSeconds, floor: 0.0002, noise: 0.12 },
  pushesInFlight: { pick: ({ rates }) => rates.pushesInFlight, floor: 1, noise: 0.4 },
  appendTimeouts: { pick: ({ appendTimeouts }) => appendTimeouts, floor: 0.02, noise: 0.5 },
  scrape: { pick: ({ rates }) => rates.scrapeSeconds, floor: 0.005, noise: 0.35 },
} as const satisfies Readonly<Record<string, PeerFigure>>;
export type PeerFigureName = keyof typeof FIGURES;

/** The ring mates of one round that are grown, with what each figure is for all of them. */
export class PeerGroup {
  readonly #grown: ReadonlySet<InstanceWindow>;
  readonly #samples = new Map<PeerFigureName, PeerSample>();
  #tallest: readonly InstanceWindow[] | null = null;

  constructor(windows: Iterable<InstanceWindow>) {
    this.#grown = new Set([...windows].filter(({ upSeconds }) => upSeconds === null || upSeconds >= YOUNG_SECONDS));
  }

  /** Grown mates of an instance. */
  matesOf(self: InstanceWindow): number {
    return this.#grown.size - (this.#grown.has(self) ? 1 : 0);
  }

  /** Those of them that tell the figure. */
  telling(self: InstanceWindow, name: PeerFigureName): number {
    return this.#sample(name).size - (this.#among(self, name) ? 1 : 0);
  }

  /** `null` where it does not tell the figure itself, or no mate does. */
  deviation(self: InstanceWindow, name: PeerFigureName): PeerDeviation | null {
    const own = FIGURES[name].pick(self);
    return own === null ? null : this.#sample(name).deviation(own, this.#among(self, name));
  }

  /** What the mates are at, of one that need not tell the figure itself. */
  medianFor(self: InstanceWindow, name: PeerFigureName): number | null {
    const own = FIGURES[name].pick(self);
    return this.#sample(name).deviation(own ?? 0, this.#among(self, name))?.matesMedian ?? null;
  }

  /** The longest flush queue of its mates. */
  longestQueue(self: InstanceWindow): number {
    this.#tallest ??= [...this.#grown]
      .toSorted((a, b) => (b.rates.flushQueue ?? 0) - (a.rates.flushQueue ?? 0))
      .slice(0, 2);
    return this.#tallest.find((one) => one !== self)?.rates.flushQueue ?? 0;
  }

  #among(self: InstanceWindow, name: PeerFigureName): boolean {
    return this.#grown.has(self) && FIGURES[name].pick(self) !== null;
  }

  #sample(name: PeerFigureName): PeerSample {
    let sample = this.#samples.get(name);
    if (sample === undefined) {
      const { pick, floor, noise } = FIGURES[name];
      sample = new PeerSample(
        [...this.#grown].flatMap((window) => pick(window) ?? []),
        { floor, noise },
      );
      this.#samples.set(name, sample);
    }
    return sample;
  }
}
