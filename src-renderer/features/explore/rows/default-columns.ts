import type { LabelSet } from "../../../../src-shared/model/labels.ts";

/** Labels that tell most of where a line comes from, the best first. */
const TELLING = ["pod", "service_name", "app", "job", "container", "instance", "host", "filename"] as const;

/** The column a list begins with: the first telling label that the streams have, and none where they differ in none. */
export function defaultColumns(labels: LabelSet | undefined): readonly string[] {
  if (labels === undefined) return [];
  const name = TELLING.find((candidate) => labels[candidate] !== undefined);
  return name === undefined ? [] : [name];
}
