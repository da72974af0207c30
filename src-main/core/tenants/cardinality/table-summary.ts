import type { LabelChange } from "../../../../src-shared/model/tenants/cardinality.ts";
import type { FieldProfiler } from "./field-profile.ts";
import { labelCombinations } from "./label-combinations.ts";
import { profileLabels } from "./label-profile.ts";
import type { SeriesTable } from "./series-table.ts";
import { streamsWithout } from "./streams-without.ts";
import type { TableSummary } from "./table-protocol.ts";

/** Labels that are told of; Loki takes 15 of a stream unless it is told otherwise. */
const MOST_LABELS = 200;
const MOST_COMBINATIONS = 20;
/** Suggestions that can be looked at. */
const MOST_SUGGESTED = 8;
/** Fewer streams harm nobody. */
const WORTH_STREAMS = 100;

type Label = TableSummary["labels"][number];

/** All that a report says of a table and of the fields of lines. */
export function summarise(table: SeriesTable, fields: FieldProfiler): TableSummary {
  const left = streamsWithout(table);
  const leftOf = new Map(table.labels.map(({ name }, at) => [name, left[at] ?? 0]));
  const labels: Label[] = profileLabels(table)
    .slice(0, MOST_LABELS)
    .map(({ top, samples, ...rest }) => ({
      ...rest,
      top: [...top],
      samples: [...samples],
      valuesDayBefore: null,
      streamsWithout: leftOf.get(rest.label) ?? table.size,
    }));
  return {
    series: table.size,
    share: table.share,
    labelCount: table.labels.length,
    fieldsCut: fields.cut,
    labels,
    combinations: labelCombinations(table, MOST_COMBINATIONS).map(({ labels: names, series }) => ({
      labels: [...names],
      series,
    })),
    fields: fields.fields(new Set(table.labels.map(({ name }) => name))),
    suggested: suggestedChanges(labels, table.size),
  };
}

/**
 * Labels that should be fields: their values are ids, which are worth keeping beside the line; or taking one away alone would
 * at least halve the streams. Ids come first, those with the most values before others: where two labels are
 * ids, neither saves anything without the other, so what each saves alone says little.
 */
export function suggestedChanges(labels: readonly Label[], series: number): LabelChange[] {
  if (series < WORTH_STREAMS) return [];
  return labels
    .filter(({ streamsWithout: left, idLike, shape, values }) => {
      if (idLike && shape !== null) return true;
      return values >= WORTH_STREAMS && left <= series / 2;
    })
    .toSorted((a, b) => Number(b.shape !== null) - Number(a.shape !== null) || b.values - a.values)
    .slice(0, MOST_SUGGESTED)
    .map(({ label }) => ({ kind: "metadata", label }));
}
