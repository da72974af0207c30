import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { goRfc3339Seconds } from "../format/go-text.ts";
import {
  appliedFields,
  type FieldSet,
  type FieldStep,
  leavesOf,
  pathText,
  valueAtPath,
  withoutPath,
} from "./field-set.ts";
import type { KubeObject } from "./kube-object.ts";
import { apiVersionOf, type KubeResource } from "./resources.ts";

/** One entry of `metadata.managedFields`: who wrote which fields, and when last. */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly time: string;
  readonly fieldsType: "FieldsV1";
  readonly fieldsV1: FieldSet;
}

const managedFieldsSchema = z.array(
  z.looseObject({ manager: z.string(), operation: z.enum(["Apply", "Update"]), time: z.string().default("") }),
);

/** An object's entries; none where it has none that can be read. */
export function managedFieldsOf(object: KubeObject | null): ManagedFields[] {
  const parsed = managedFieldsSchema.safeParse(object?.metadata.managedFields ?? []);
  // Only this folder writes them; what a client sends is not stored.
  return parsed.success ? (parsed.data as unknown as ManagedFields[]) : [];
}

/** Entries without the fields that somebody else has written now; those that hold nothing any more are gone. */
export function takenOver(entries: readonly ManagedFields[], written: FieldSet): ManagedFields[] {
  const taken = new Set(leavesOf(written).map(pathText));
  return entries.flatMap((entry) => {
    const left = without(entry.fieldsV1, (path) => taken.has(pathText(path)));
    return left === null ? [] : [{ ...entry, fieldsV1: left }];
  });
}

export interface FieldWriter {
  readonly manager: string;
  readonly nowMs: number;
}

/**
 * The entries after a write that is no apply: the fields that it changed are the writer's, whoever had them, and those that
 * are gone are nobody's. `before` is `null` for a new object.
 */
export function updatedFields(
  before: KubeObject | null,
  after: KubeObject,
  { manager, nowMs }: FieldWriter,
  resource: KubeResource,
): ManagedFields[] {
  const known = managedFieldsOf(before).flatMap((entry) => {
    const left = without(entry.fieldsV1, (path) => valueAtPath(after, path) === undefined);
    return left === null ? [] : [{ ...entry, fieldsV1: left }];
  });
  const { status: _status, ...written } = after;
  const changed = without(appliedFields(written), (path) =>
    isDeepStrictEqual(valueAtPath(before, path), valueAtPath(after, path)),
  );
  if (changed === null) return known;
  const isOwn = (entry: ManagedFields) => entry.manager === manager && entry.operation === "Update";
  const own = known.find(isOwn);
  const entry: ManagedFields = {
    manager,
    operation: "Update",
    apiVersion: apiVersionOf(resource),
    time: goRfc3339Seconds(nowMs),
    fieldsType: "FieldsV1",
    fieldsV1: union(own?.fieldsV1 ?? {}, changed),
  };
  return [
    ...takenOver(
      known.filter((each) => !isOwn(each)),
      changed,
    ),
    entry,
  ];
}

/** `null` when nothing is left. */
function without(set: FieldSet, goes: (path: readonly FieldStep[]) => boolean): FieldSet | null {
  let left: unknown = set;
  for (const path of leavesOf(set)) {
    if (!goes(path)) continue;
    left = withoutPath(
      left,
      path.map((step) => (typeof step === "string" ? `f:${step}` : `k:${JSON.stringify({ [step.key]: step.value })}`)),
    );
  }
  // `withoutPath` takes members out and adds none.
  const rest = left as FieldSet | undefined;
  return rest === undefined || leavesOf(rest).length === 0 ? null : rest;
}

function union(one: FieldSet, other: FieldSet): FieldSet {
  const both: Record<string, FieldSet> = { ...one };
  for (const [key, value] of Object.entries(other)) both[key] = union(both[key] ?? {}, value);
  return both;
}
