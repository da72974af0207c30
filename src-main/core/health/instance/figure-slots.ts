import type { Scrape } from "../detection/scrape.ts";
import type { SeriesKeys } from "../detection/series-key.ts";
import type { FigureRule, SeriesSum } from "./figure-rule.ts";

/** Sums of one scrape by slot number; NaN for one of which no series was there. */
export interface FigureSample {
  readonly atMs: number;
  readonly tookSeconds: number;
  /** When the process began, by its own clock; NaN where it does not say. */
  readonly startedAtSeconds: number;
  readonly sums: Float64Array;
  /** Which of the slot's families was there, by its place in the list. */
  readonly families: Uint8Array;
}

interface Taker {
  readonly slot: number;
  readonly family: number;
  readonly where: SeriesSum["where"];
}

/** The sums that figures need, numbered, and who reads which family. */
export class FigureSlots {
  readonly #numbers = new Map<SeriesSum, number>();
  readonly #takers = new Map<string, Taker[]>();

  constructor(rules: readonly FigureRule[]) {
    for (const { measure } of rules) {
      if (measure.kind === "answer-time") continue;
      this.#add(measure.of);
      if ("by" in measure) this.#add(measure.by);
    }
  }

  number(sum: SeriesSum): number {
    return this.#numbers.get(sum) ?? -1;
  }

  /** Names of the families that are looked at. */
  get families(): readonly string[] {
    return [...this.#takers.keys()];
  }

  /** `null` for a scrape that was not answered. */
  sample({ atMs, tookSeconds, series }: Scrape, keys: SeriesKeys): FigureSample | null {
    if (series === null) return null;
    const sums = new Float64Array(this.#numbers.size).fill(Number.NaN);
    const families = new Uint8Array(this.#numbers.size);
    for (const key in series) {
      const brace = key.indexOf("{");
      const takers = this.#takers.get(brace < 0 ? key : key.slice(0, brace));
      if (takers === undefined) continue;
      const value = series[key] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      for (const { slot, family, where } of takers) {
        const before = sums[slot] ?? Number.NaN;
        // A family whose other label sets are there has this one at zero.
        const sum = Number.isNaN(before) ? 0 : before;
        const counts = where === undefined || where(keys.parse(key).labels);
        sums[slot] = counts ? sum + value : sum;
        if (counts) families[slot] = family;
      }
    }
    const startedAtSeconds = series["process_start_time_seconds"] ?? Number.NaN;
    return { atMs, tookSeconds, startedAtSeconds, sums, families };
  }

  #add(sum: SeriesSum): void {
    if (this.#numbers.has(sum)) return;
    const slot = this.#numbers.size;
    this.#numbers.set(sum, slot);
    for (const [family, name] of sum.families.entries()) {
      const takers = this.#takers.get(name) ?? [];
      takers.push({ slot, family, where: sum.where });
      this.#takers.set(name, takers);
    }
  }
}
