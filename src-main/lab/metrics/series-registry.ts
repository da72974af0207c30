import { METRIC_FAMILIES, type MetricFamily, type MetricName } from "./metric-families.ts";

/** Label values by name; written in the order of the names, as Prometheus's client does. */
export type Labels = Readonly<Record<string, string>>;

/** What was observed: how many, how many seconds together, and how many at most each bound (summed up over bounds). */
interface Histogram {
  count: number;
  sum: number;
  readonly below: number[];
}

/** Half of what is observed is below the mean × ln 2, as with waiting times. */
function shareBelow(bound: number, mean: number): number {
  return mean <= 0 ? 1 : 1 - Math.exp(-bound / mean);
}

/** Texts of label sets that this registry has written: the same few hundred come back every second. */
type LabelTexts = Map<string, string>;

/** Labels that are used again and again: their text is written once. */
export class FixedLabels {
  readonly text: string;

  constructor(labels: Labels) {
    this.text = writtenLabels(labels);
  }
}

const NO_LABELS = new FixedLabels({});

function labelText(labels: Labels | FixedLabels, known: LabelTexts): string {
  if (labels instanceof FixedLabels) return labels.text;
  let identity = "";
  for (const name in labels) identity += `${name}\u0000${labels[name]}\u0000`;
  const text = known.get(identity) ?? writtenLabels(labels);
  known.set(identity, text);
  return text;
}

function writtenLabels(labels: Labels): string {
  return Object.entries(labels)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (each) => (each === "\n" ? "\\n" : `\\${each}`))}"`)
    .join(",");
}

function key(name: string, labels: string): string {
  return labels === "" ? name : `${name}{${labels}}`;
}

/** The series of one process: they begin with it and end with it. */
export class SeriesRegistry {
  readonly #values = new Map<MetricName, Map<string, number>>();
  readonly #texts: LabelTexts = new Map();
  readonly #histograms = new Map<MetricName, Map<string, Histogram>>();

  set(name: MetricName, value: number, labels: Labels | FixedLabels = NO_LABELS): void {
    this.#family(name).set(labelText(labels, this.#texts), value);
  }

  /** Counts up; with 0 the series is there and says nothing happened. */
  add(name: MetricName, amount: number, labels: Labels | FixedLabels = NO_LABELS): void {
    const family = this.#family(name);
    const text = labelText(labels, this.#texts);
    family.set(text, (family.get(text) ?? 0) + amount);
  }

  /** So many events that took `meanSeconds` each on average; a part of an event counts with the next. */
  observe(name: MetricName, count: number, meanSeconds: number, labels: Labels | FixedLabels = NO_LABELS): void {
    const bounds = numbersOf(name);
    const family = this.#histograms.get(name) ?? new Map<string, Histogram>();
    this.#histograms.set(name, family);
    const text = labelText(labels, this.#texts);
    const histogram = family.get(text) ?? { count: 0, sum: 0, below: bounds.map(() => 0) };
    family.set(text, histogram);
    if (count === 0) return;
    histogram.count += count;
    histogram.sum += count * meanSeconds;
    for (let index = 0; index < bounds.length; index += 1) {
      const share = shareBelow(bounds[index] ?? 0, meanSeconds);
      histogram.below[index] = (histogram.below[index] ?? 0) + count * share;
    }
  }

  /** Whether a histogram with these labels has begun. */
  has(name: MetricName, labels: Labels | FixedLabels): boolean {
    return this.#histograms.get(name)?.has(labelText(labels, this.#texts)) === true;
  }

  /** Takes a series away, as when a label's value is replaced by another. */
  drop(name: MetricName, labels: Labels): void {
    this.#values.get(name)?.delete(labelText(labels, this.#texts));
  }

  /** Makes counters as high as after `factor` times as long; for a process that is older than what was played. */
  age(factor: number): void {
    for (const [name, family] of this.#values) {
      if (METRIC_FAMILIES[name].type !== "counter") continue;
      for (const [labels, value] of family) family.set(labels, value * factor);
    }
    for (const family of this.#histograms.values()) {
      for (const histogram of family.values()) {
        histogram.count *= factor;
        histogram.sum *= factor;
        for (const [index, value] of histogram.below.entries()) histogram.below[index] = value * factor;
      }
    }
  }

  /** The process has ended. */
  clear(): void {
    this.#values.clear();
    this.#histograms.clear();
  }

  /** Lines of samples by family, families by name. */
  families(): ReadonlyMap<MetricName, readonly string[]> {
    const names = [...this.#values.keys(), ...this.#histograms.keys()].toSorted();
    return new Map(names.map((name) => [name, this.#samples(name)]));
  }

  #family(name: MetricName): Map<string, number> {
    const family = this.#values.get(name) ?? new Map<string, number>();
    this.#values.set(name, family);
    return family;
  }

  #samples(name: MetricName): string[] {
    // Seconds are counted in parts, all else in wholes.
    const whole = METRIC_FAMILIES[name].type === "counter" && !name.endsWith("_seconds_total");
    const lines: string[] = [];
    for (const [labels, value] of this.#values.get(name) ?? []) {
      lines.push(`${key(name, labels)} ${whole ? Math.floor(value) : Math.round(value * 1e9) / 1e9}`);
    }
    const bounds = boundsOf(name);
    for (const [labels, { count, sum, below }] of this.#histograms.get(name) ?? []) {
      const prefix = labels === "" ? "" : `${labels},`;
      if (METRIC_FAMILIES[name].type === "summary") {
        const value = count < 1 ? "NaN" : String(sum / count);
        for (const quantile of ["0.5", "0.9", "0.99"]) lines.push(`${name}{${prefix}quantile="${quantile}"} ${value}`);
        lines.push(`${key(`${name}_sum`, labels)} ${sum}`, `${key(`${name}_count`, labels)} ${Math.floor(count)}`);
        continue;
      }
      for (const [index, bound] of bounds.entries()) {
        lines.push(`${name}_bucket{${prefix}le="${bound}"} ${Math.floor(below[index] ?? 0)}`);
      }
      lines.push(`${name}_bucket{${prefix}le="+Inf"} ${Math.floor(count)}`);
      lines.push(`${key(`${name}_sum`, labels)} ${sum}`);
      lines.push(`${key(`${name}_count`, labels)} ${Math.floor(count)}`);
    }
    return lines;
  }
}

const BOUND_NUMBERS: ReadonlyMap<MetricName, readonly number[]> = new Map(
  // The names are this object's keys.
  (Object.keys(METRIC_FAMILIES) as MetricName[]).map((name) => [name, boundsOf(name).map(Number)]),
);

function numbersOf(name: MetricName): readonly number[] {
  return BOUND_NUMBERS.get(name) ?? [];
}

function boundsOf(name: MetricName): readonly string[] {
  const family: MetricFamily = METRIC_FAMILIES[name];
  return family.bounds ?? [];
}

/** A page in the text format; `more` adds samples to families. */
export function expositionText(
  families: ReadonlyMap<MetricName, readonly string[]>,
  more: ReadonlyMap<MetricName, readonly string[]> = new Map(),
): string {
  const names = [...new Set([...families.keys(), ...more.keys()])].toSorted();
  const lines = names.flatMap((name) => {
    const samples = [...(families.get(name) ?? []), ...(more.get(name) ?? [])];
    const { help, type } = METRIC_FAMILIES[name];
    return samples.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples];
  });
  return `${lines.join("\n")}\n`;
}
