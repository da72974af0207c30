import type { LabelSet } from "../../../../src-shared/model/labels.ts";

/** Labels that get columns of their own (label → column): the most common of these streams, at most 24. */
export function chooseLabelColumns(streams: readonly LabelSet[]): LabelSet {
  throw new Error(`in the making: ${streams.length}`);
}
