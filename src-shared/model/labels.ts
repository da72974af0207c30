import { z } from "zod";

/** A set of labels, stream labels, structured metadata or parsed ones. Never has a null prototype on the wire. */
export type LabelSet = Readonly<Record<string, string>>;

export const labelSetSchema = z.record(z.string(), z.string());

/** The labels in one canonical text, sorted by name: `{app="payments", level="error"}`, as Loki prints a label set. */
export function formatLabelSet(labels: LabelSet): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((name) => `${name}=${JSON.stringify(labels[name])}`);
  return `{${pairs.join(", ")}}`;
}
