import type { FieldStat } from "../../../../src-shared/api/logs.api.ts";

/**
 * The fields whose name holds the text, and of the others those values that do; in the order: fields in the most rows
 * first, and of equals by name.
 */
export function searchFacets(fields: readonly FieldStat[], search: string): readonly FieldStat[] {
  const needle = search.trim().toLowerCase();
  return fields
    .flatMap((field) => {
      if (needle === "" || field.name.toLowerCase().includes(needle)) return [field];
      const top = field.top.filter(({ value }) => value.toLowerCase().includes(needle));
      return top.length === 0 ? [] : [{ ...field, top }];
    })
    .toSorted((a, b) => b.rows - a.rows || (a.name < b.name ? -1 : 1));
}
