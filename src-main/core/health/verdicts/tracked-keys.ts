import { parseSeriesKey } from "../detection/series-key.ts";

export type Labels = Readonly<Record<string, string>>;

export interface TrackedKey {
  readonly family: string;
  readonly labels: Labels;
  /** How long the growth of a counter is remembered; 0 for a gauge, whose growth nobody asks for. */
  readonly windowMs: number;
}

/** Names of families, and the longest window that anybody looks at each through. */
export type FamilyWindows = ReadonlyMap<string, number>;

/** Of several uses of one family, the longest. */
export function familyWindows(uses: Iterable<readonly [family: string, windowMs: number]>): FamilyWindows {
  const windows = new Map<string, number>();
  for (const [family, windowMs] of uses) windows.set(family, Math.max(windows.get(family) ?? 0, windowMs));
  return windows;
}

/** Which series are of the families that somebody asks for, remembered by key: the same come back from every pod. */
export class TrackedKeys {
  readonly #families: FamilyWindows;
  readonly #max: number;
  readonly #known = new Map<string, TrackedKey | null>();

  constructor(families: FamilyWindows, max = 200_000) {
    this.#families = families;
    this.#max = max;
  }

  /** `null` for a series of another family. */
  get(key: string): TrackedKey | null {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const brace = key.indexOf("{");
    const family = brace < 0 ? key : key.slice(0, brace);
    const windowMs = this.#families.get(family);
    const tracked = windowMs === undefined ? null : { family, labels: parseSeriesKey(key).labels, windowMs };
    if (this.#known.size >= this.#max) this.#known.clear();
    this.#known.set(key, tracked);
    return tracked;
  }
}
