import { mergeKeyOf } from "./patch.ts";

/** Fields as `managedFields` writes them: `f:name` for a member, `k:{"name":"x"}` for an element, `{}` where a value ends. */
export interface FieldSet {
  readonly [path: string]: FieldSet;
}

/** One step into a value: a member's name, or the element of a list whose key has this value. */
export type FieldStep = string | { readonly key: string; readonly value: unknown };

/** Who owns the identity of an object is nobody. */
const IDENTITY: ReadonlySet<string> = new Set(["apiVersion", "kind"]);
const IDENTITY_METADATA: ReadonlySet<string> = new Set([
  "creationTimestamp",
  "generation",
  "managedFields",
  "name",
  "namespace",
  "resourceVersion",
  "uid",
]);

/** The fields that an applied configuration sets. */
export function appliedFields(config: Readonly<Record<string, unknown>>): FieldSet {
  const set: Record<string, FieldSet> = {};
  for (const [name, value] of Object.entries(config)) {
    if (IDENTITY.has(name)) continue;
    if (name !== "metadata" || !isRecord(value)) {
      set[`f:${name}`] = fieldsOf(value, name);
      continue;
    }
    const rest = Object.entries(value).filter(([key]) => !IDENTITY_METADATA.has(key));
    if (rest.length > 0) set["f:metadata"] = fieldsOf(Object.fromEntries(rest), name);
  }
  return set;
}

function fieldsOf(value: unknown, name: string): FieldSet {
  if (isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [`f:${key}`, fieldsOf(each, key)]));
  }
  if (!Array.isArray(value)) return {};
  const mergeKey = mergeKeyOf(name, value);
  if (mergeKey === undefined) return {};
  return Object.fromEntries(
    value.filter(isRecord).map((item) => {
      const own = fieldsOf(item, "");
      return [`k:${JSON.stringify({ [mergeKey]: item[mergeKey] })}`, { ".": {}, ...own }];
    }),
  );
}

/** The paths at which the set's values end. */
export function leavesOf(set: FieldSet, before: readonly FieldStep[] = []): FieldStep[][] {
  return Object.entries(set).flatMap(([text, below]) => {
    const step = stepOf(text);
    if (step === null) return [];
    const path = [...before, step];
    const own = Object.keys(below).filter((key) => key !== ".");
    return own.length === 0 ? [path] : leavesOf(below, path);
  });
}

function stepOf(text: string): FieldStep | null {
  if (text.startsWith("f:")) return text.slice(2);
  if (!text.startsWith("k:")) return null;
  const [[key, value] = ["", undefined]] = Object.entries(JSON.parse(text.slice(2)) as Record<string, unknown>);
  return { key, value };
}

/** `.spec.containers[name="x"].image`. */
export function pathText(path: readonly FieldStep[]): string {
  return path
    .map((step) => (typeof step === "string" ? `.${step}` : `[${step.key}=${JSON.stringify(step.value)}]`))
    .join("");
}

/** The value at a path; `undefined` where there is none. */
export function valueAtPath(value: unknown, path: readonly FieldStep[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof step === "string") at = isRecord(at) ? at[step] : undefined;
    else at = Array.isArray(at) ? at.find((item) => isRecord(item) && item[step.key] === step.value) : undefined;
  }
  return at;
}

/** The value without what is at a path; maps and lists that are empty then go too. */
export function withoutPath(value: unknown, path: readonly FieldStep[]): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return undefined;
  if (typeof step === "string") {
    if (!isRecord(value)) return value;
    const { [step]: own, ...others } = value;
    const left = withoutPath(own, rest);
    if (left !== undefined) return { ...others, [step]: left };
    return Object.keys(others).length === 0 ? undefined : others;
  }
  if (!Array.isArray(value)) return value;
  const items = value.flatMap((item: unknown) => {
    if (!isRecord(item) || item[step.key] !== step.value) return [item];
    const left = withoutPath(item, rest);
    // An element of which only its key is left was there for nobody else.
    return isRecord(left) && Object.keys(left).length > 1 ? [left] : [];
  });
  return items.length === 0 ? undefined : items;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
