import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { ForeignColumns } from "../archive-block.ts";
import { foreignTextReader } from "./foreign-text.ts";
import type { RowGroupColumns } from "./open-parquet-file.ts";
import type { ParquetFooter } from "./parquet-footer.ts";

/** The streams of rows whose labels are columns: one for each combination of values. Empty values are no labels. */
export function foreignStreams(
  columns: RowGroupColumns,
  footer: ParquetFooter,
  foreign: ForeignColumns,
  rows: number,
): { readonly streams: readonly LabelSet[]; readonly streamRefs: Uint32Array } {
  let streams: LabelSet[] = [foreign.fixedLabels];
  let refs = new Uint32Array(rows);
  const refine = (added: (row: number) => { readonly key: string; readonly labels: LabelSet }): void => {
    const next: LabelSet[] = [];
    const known = new Map<string, number>();
    refs = refs.map((ref, row) => {
      const { key, labels } = added(row);
      const combined = `${ref}:${key}`;
      const place = known.get(combined);
      if (place !== undefined) return place;
      known.set(combined, next.length);
      // What a person said, and the folders, win over what a column says.
      return next.push({ ...labels, ...streams[ref] }) - 1;
    });
    streams = next;
  };
  for (const { name, column } of foreign.labels) {
    const text = foreignTextReader(columns, footer, column);
    refine((row) => {
      const value = text(row) ?? "";
      return { key: value, labels: value === "" ? {} : { [name]: value } };
    });
  }
  for (const { becomes, keys, values } of foreign.maps) {
    if (becomes !== "labels") continue;
    const map = columns.map(keys, values);
    refine((row) => {
      const labels = map.at(row) ?? {};
      return { key: JSON.stringify(labels), labels };
    });
  }
  return { streams: streams.length === 0 ? [foreign.fixedLabels] : streams, streamRefs: refs };
}
