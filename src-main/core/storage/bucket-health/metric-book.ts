import type { MetricGeneration } from "../../../../src-shared/model/storage/bucket-health.ts";

/** One sample of an exposition, its key taken apart. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The names of one figure in each generation, where it was renamed newest first. */
export type MetricNames = Readonly<Partial<Record<MetricGeneration, readonly string[]>>>;

/** How samples of one figure become one: the whole cluster tells it alike, or every node or drive its share. */
export type Combine = "any" | "sum" | "max" | "min";

const GENERATIONS: readonly MetricGeneration[] = ["v3", "v2", "v1"];

/**
 * All samples that were read, by generation and name. The same series from two pages counts once: MinIO's version 2 tells
 * every peer's figures on every peer.
 */
export class MetricBook {
  readonly #families = new Map<string, Map<string, MetricSample>>();

  add(generation: MetricGeneration, samples: Iterable<MetricSample>): void {
    for (const sample of samples) {
      if (!Number.isFinite(sample.value)) continue;
      const family = `${generation} ${sample.name}`;
      const series = this.#families.get(family) ?? new Map<string, MetricSample>();
      const labels = Object.entries(sample.labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
      series.set(JSON.stringify(labels), sample);
      this.#families.set(family, series);
    }
  }

  /** Samples of the newest generation that tells the figure; none where nobody does. */
  samples(names: MetricNames): readonly MetricSample[] {
    return this.#tellings(names)[0] ?? [];
  }

  /**
   * A figure that every node tells of itself, by the generation that tells it of the most nodes: version 3 only of the node
   * that was asked, version 2 of all of its peers.
   */
  nodeFigure(names: MetricNames, combine: Combine): number | null {
    let best: readonly MetricSample[] = [];
    let bestServers = -1;
    for (const samples of this.#tellings(names)) {
      const servers = new Set(samples.map(({ labels }) => labels["server"] ?? "")).size;
      if (servers > bestServers) [best, bestServers] = [samples, servers];
    }
    return combined(best, combine);
  }

  /** Samples by a label's value, for each value those of the newest generation that tells of it. */
  byLabel(names: MetricNames, label: string): ReadonlyMap<string, readonly MetricSample[]> {
    const table = new Map<string, MetricSample[]>();
    for (const samples of this.#tellings(names)) {
      const newer = new Set(table.keys());
      for (const sample of samples) {
        const value = sample.labels[label] ?? "";
        if (value === "" || newer.has(value)) continue;
        const entry = table.get(value);
        if (entry === undefined) table.set(value, [sample]);
        else entry.push(sample);
      }
    }
    return table;
  }

  /** One entry a generation that tells the figure, newest first. */
  #tellings(names: MetricNames): readonly (readonly MetricSample[])[] {
    return GENERATIONS.flatMap((generation) => {
      for (const name of names[generation] ?? []) {
        const series = this.#families.get(`${generation} ${name}`);
        if (series !== undefined) return [[...series.values()]];
      }
      return [];
    });
  }

  figure(names: MetricNames, combine: Combine): number | null {
    return combined(this.samples(names), combine);
  }

  /**
   * As `figure`, but zero where version 3 leaves it out and tells its companion: that version writes no gauge that is zero,
   * so a full cluster has no free bytes and no series of them.
   */
  figureBeside(names: MetricNames, companion: MetricNames, combine: Combine): number | null {
    const told = this.figure(names, combine);
    if (told !== null) return told;
    return (companion.v3 ?? []).some((name) => this.#families.has(`v3 ${name}`)) ? 0 : null;
  }
}

export function combined(samples: readonly MetricSample[], combine: Combine): number | null {
  const [first] = samples;
  if (first === undefined) return null;
  const values = samples.map(({ value }) => value);
  if (combine === "sum") return values.reduce((sum, value) => sum + value, 0);
  if (combine === "max") return values.reduce((most, value) => Math.max(most, value));
  return combine === "min" ? values.reduce((least, value) => Math.min(least, value)) : first.value;
}
