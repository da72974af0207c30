import type { FindingFilter } from "../../../../src-shared/model/storage/scan.ts";

export const NO_FILTER: FindingFilter = {};

/** The filter with some parts set anew; `undefined`, an empty text or no kinds leave a part out. */
export function withFilter(
  filter: FindingFilter,
  part: { readonly [Name in keyof FindingFilter]?: FindingFilter[Name] | undefined },
): FindingFilter {
  return Object.fromEntries(
    Object.entries({ ...filter, ...part }).filter(
      ([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

export function isFiltering(filter: FindingFilter): boolean {
  return Object.keys(withFilter(filter, {})).length > 0;
}
