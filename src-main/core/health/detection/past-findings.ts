import type { Finding } from "./evidence.ts";
import type { InstanceWindow } from "./instance-findings.ts";
import { OwnPast } from "./own-past.ts";
import type { DeviationScale, PeerDeviation } from "./peer-deviation.ts";

interface PastFigure extends DeviationScale {
  readonly name: string;
  readonly metric: string;
  readonly pick: (window: InstanceWindow) => number | null;
  /** Seconds more than before that matter at all. */
  readonly least: number;
}

const MIN_PUTS = 5;
const MIN_PUSHES = 20;

/** `noise` is how far windows of 30 s of a healthy process are apart over hours, in ln: more than mates at one time. */
const FIGURES: readonly PastFigure[] = [
  {
    name: "put",
    metric: 'loki_s3_request_duration_seconds{operation="S3.PutObject"}',
    pick: ({ rates }) => (rates.puts >= MIN_PUTS ? rates.putMeanSeconds : null),
    floor: 0.01,
    noise: 0.25,
    least: 0.1,
  },
  {
    name: "push",
    metric: 'loki_request_duration_seconds{route="/logproto.Pusher/Push"}',
    pick: ({ rates }) => ((rates.pushRate ?? 0) * rates.seconds >= MIN_PUSHES ? rates.pushMeanSeconds : null),
    floor: 0.002,
    noise: 0.25,
    least: 0.02,
  },
  {
    name: "answer",
    metric: "scrape_duration_seconds",
    pick: ({ rates }) => rates.scrapeSeconds,
    floor: 0.02,
    noise: 0.4,
    least: 0.5,
  },
];

const RATIO = 3;
const SCORE = 6;
const CATCHING_UP_SECONDS = 180;

/**
 * What speaks against an instance compared with its own last hours: for those whose mates are all slow in their own way, or
 * that have none. A change that at least half of the mates show as well, half as far, is a common one and blames nobody;
 * so does one that no more than follows its load.
 */
export class PastFindings {
  readonly #pasts = new Map<string, ReadonlyMap<string, OwnPast>>();
  readonly #loads = new Map<string, OwnPast>();
  readonly #goneMs = new Map<string, number>();

  /** By instance. `quiet`: the object store or the load as a whole is in trouble, and nobody's past is a measure. */
  round(
    windows: ReadonlyMap<string, InstanceWindow>,
    atMs: number,
    quiet: boolean,
  ): ReadonlyMap<string, readonly Finding[]> {
    for (const instance of this.#pasts.keys()) {
      if (windows.has(instance)) this.#goneMs.delete(instance);
      else this.#forget(instance, atMs);
    }
    const found = new Map<string, Finding[]>();
    const loads = this.#loadsOf(windows, atMs);
    for (const figure of FIGURES) {
      const deviations = new Map<string, PeerDeviation>();
      for (const [instance, window] of windows) {
        const own = figure.pick(window);
        if (own === null || !settled(window)) continue;
        const deviation = this.#past(instance, figure).deviation(own, atMs);
        if (deviation !== null) deviations.set(instance, deviation);
      }
      const logs = [...deviations.values()].map(({ ratio }) => Math.log(ratio)).toSorted((a, b) => b - a);
      for (const [instance, window] of windows) {
        const own = figure.pick(window);
        if (own === null || !settled(window)) continue;
        const deviation = deviations.get(instance);
        const load = Math.max(1, loads.get(instance) ?? 1);
        const differs = deviation !== undefined && deviates(deviation, figure, load);
        this.#past(instance, figure).add(own, atMs, differs);
        if (!differs || quiet || isCommon(deviation, logs)) continue;
        const { matesMedian, spread, score } = deviation;
        const finding: Finding = {
          kind: "past-slower",
          metric: figure.metric,
          unit: "seconds",
          own,
          matesMedian,
          spread,
          score,
          params: { figure: figure.name },
        };
        // One is enough to say so: the one furthest from its past.
        const known = found.get(instance)?.[0];
        if (known === undefined || (known.score ?? 0) < score) found.set(instance, [finding]);
      }
    }
    return found;
  }

  #past(instance: string, figure: PastFigure): OwnPast {
    let pasts = this.#pasts.get(instance);
    if (pasts === undefined) {
      pasts = new Map(FIGURES.map((one) => [one.name, new OwnPast(one)]));
      this.#pasts.set(instance, pasts);
    }
    // The map holds all of them.
    return pasts.get(figure.name) ?? new OwnPast(figure);
  }

  /** How many times its usual load each takes; 1 where that is not known. */
  #loadsOf(windows: ReadonlyMap<string, InstanceWindow>, atMs: number): ReadonlyMap<string, number> {
    const loads = new Map<string, number>();
    for (const [instance, { rates }] of windows) {
      if (rates.pushRate === null) continue;
      let past = this.#loads.get(instance);
      if (past === undefined) {
        past = new OwnPast({ floor: 0.1, noise: 0.1 });
        this.#loads.set(instance, past);
      }
      loads.set(instance, past.deviation(rates.pushRate, atMs)?.ratio ?? 1);
      past.add(rates.pushRate, atMs, false);
    }
    return loads;
  }

  /** A pod that comes back under its name within the hour has its past still. */
  #forget(instance: string, atMs: number): void {
    const sinceMs = this.#goneMs.get(instance) ?? atMs;
    this.#goneMs.set(instance, sinceMs);
    if (atMs - sinceMs < 3_600_000) return;
    this.#pasts.delete(instance);
    this.#loads.delete(instance);
    this.#goneMs.delete(instance);
  }
}

function settled({ upSeconds }: InstanceWindow): boolean {
  return upSeconds === null || upSeconds >= CATCHING_UP_SECONDS;
}

function deviates({ own, matesMedian, ratio, score }: PeerDeviation, { least }: PastFigure, load: number): boolean {
  return ratio >= RATIO * load && score >= SCORE && own - matesMedian >= least;
}

/** `logs` are those of all, greatest first, its own among them. */
function isCommon({ ratio }: PeerDeviation, logs: readonly number[]): boolean {
  const mates = logs.length - 1;
  if (mates <= 0) return false;
  const alike = logs.filter((log) => log >= Math.log(ratio) / 2).length - 1;
  return alike * 2 >= mates;
}
