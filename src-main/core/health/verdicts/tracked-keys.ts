import { parseSeriesKey } from "../detection/series-key.ts";

export type Labels = Readonly<Record<string, string>>;

export interface TrackedKey {
  readonly family: string;
  readonly labels: Labels;
  readonly counter: boolean;
}

/** Which series are of the families that somebody asks for, remembered by key: the same come back from every pod. */
export class TrackedKeys {
  readonly #families: ReadonlyMap<string, "counter" | "gauge">;
  readonly #max: number;
  readonly #known = new Map<string, TrackedKey | null>();

  constructor(families: ReadonlyMap<string, "counter" | "gauge">, max = 200_000) {
    this.#families = families;
    this.#max = max;
  }

  /** `null` for a series of another family. */
  get(key: string): TrackedKey | null {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const brace = key.indexOf("{");
    const family = brace < 0 ? key : key.slice(0, brace);
    const kind = this.#families.get(family);
    const tracked =
      kind === undefined ? null : { family, labels: parseSeriesKey(key).labels, counter: kind === "counter" };
    if (this.#known.size >= this.#max) this.#known.clear();
    this.#known.set(key, tracked);
    return tracked;
  }
}
