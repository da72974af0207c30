export interface SeriesKey {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

const LABEL = /([A-Za-z_:][A-Za-z0-9_:]*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { "\\\\": "\\", '\\"': '"', "\\n": "\n" };

/** Takes `name{label="value",…}` apart. Labels that do not parse are left out: a key is data of a server. */
export function parseSeriesKey(key: string): SeriesKey {
  const brace = key.indexOf("{");
  if (brace < 0) return { name: key, labels: {} };
  const labels: Record<string, string> = Object.create(null);
  for (const [, name = "", value = ""] of key.slice(brace).matchAll(LABEL)) {
    labels[name] = value.replace(/\\[\\"n]/g, (escape) => ESCAPES[escape] ?? escape);
  }
  return { name: key.slice(0, brace), labels };
}

/** Remembers what keys mean: the same two thousand come back every fifteen seconds from every pod. */
export class SeriesKeys {
  readonly #known = new Map<string, SeriesKey>();
  readonly #max: number;

  constructor(max = 200_000) {
    this.#max = max;
  }

  parse(key: string): SeriesKey {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#max) this.#known.clear();
    const parsed = parseSeriesKey(key);
    this.#known.set(key, parsed);
    return parsed;
  }
}
