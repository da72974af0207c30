import { SeriesTableBuilder } from "../../src-main/core/tenants/cardinality/series-table-builder.ts";
import type { SeriesTable } from "../../src-main/core/tenants/cardinality/series-table.ts";

export type SomeLabels = Readonly<Record<string, string>>;

/** What Loki answers to `/loki/api/v1/series`. */
export function seriesAnswer(all: readonly SomeLabels[]): Uint8Array {
  return Buffer.from(JSON.stringify({ status: "success", data: all }));
}

/** Room for what tests make; the real bounds are hundreds of megabytes. */
export const SMALL = { series: 1e6, cells: 1e6, valueBytes: 1e6 };

export function tableOf(all: readonly SomeLabels[], seed = 7): SeriesTable {
  const builder = new SeriesTableBuilder(seed, SMALL);
  builder.addAnswer(seriesAnswer(all));
  return builder.build();
}

/** Label sets that are different, whatever order their labels stand in. */
export function distinct(all: readonly SomeLabels[], without: readonly string[] = []): number {
  const kept = all.map((labels) =>
    Object.entries(labels)
      .filter(([name]) => !without.includes(name))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  return new Set(kept.map((pairs) => JSON.stringify(pairs))).size;
}
