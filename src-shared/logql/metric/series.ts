import type { LabelSet } from "../../model/labels.ts";

/** A series over the steps of a grid; `present[i]` is 0 where it has no point. */
export interface Series {
  readonly labels: LabelSet;
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

export function emptySeries(labels: LabelSet, steps: number): Series {
  return { labels, values: new Float64Array(steps), present: new Uint8Array(steps) };
}

export function setPoint({ values, present }: Series, step: number, value: number): void {
  values[step] = value;
  present[step] = 1;
}

function byName([left]: readonly [string, string], [right]: readonly [string, string]): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Label sets are equal when their keys are. */
export function labelsKey(labels: LabelSet): string {
  let key = "";
  for (const [name, value] of Object.entries(labels).toSorted(byName)) key += `${name}\u0000${value}\u0001`;
  return key;
}

export function sortedLabels(pairs: Iterable<readonly [string, string]>): LabelSet {
  return Object.fromEntries([...pairs].toSorted(byName));
}

export function keepLabels(labels: LabelSet, names: readonly string[]): LabelSet {
  return sortedLabels(Object.entries(labels).filter(([name]) => names.includes(name)));
}

export function dropLabels(labels: LabelSet, names: readonly string[]): LabelSet {
  return sortedLabels(Object.entries(labels).filter(([name]) => !names.includes(name)));
}

/** One label set to a value, or taken away with "". */
export function withLabel(labels: LabelSet, name: string, value: string): LabelSet {
  const rest = Object.entries(labels).filter(([own]) => own !== name);
  return sortedLabels(value === "" ? rest : [...rest, [name, value]]);
}
