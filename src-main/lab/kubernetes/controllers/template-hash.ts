import { mix, textSeed } from "../../traffic/seeded-random.ts";
import { isRecord } from "../field-set.ts";

const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** Ten letters as Kubernetes puts them into names, the same for the same text. */
export function safeHash(text: string, length = 10): string {
  const seed = textSeed(text);
  return Array.from({ length }, (_, index) => LETTERS[mix(seed, index, 13) % LETTERS.length]).join("");
}

/** JSON with members in the order of their names: equal for what is equal. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => `${JSON.stringify(name)}:${canonicalJson(each)}`);
  return `{${members.join(",")}}`;
}

/** A pod template as its revision is told by: without the label that the ReplicaSet adds. */
export function templateText(template: Readonly<Record<string, unknown>>): string {
  const metadata = isRecord(template.metadata) ? template.metadata : {};
  const labels = isRecord(metadata.labels) ? metadata.labels : {};
  const { "pod-template-hash": _hash, ...own } = labels;
  return canonicalJson({ ...template, metadata: { ...metadata, labels: own } });
}
