import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { goRfc3339Seconds } from "../format/go-text.ts";
import { appliedFields, type FieldSet, isRecord, leavesOf, pathText, valueAtPath, withoutPath } from "./field-set.ts";
import { type ManagedFields, managedFieldsOf, takenOver } from "./managed-fields.ts";
import type { KubeObject } from "./kube-object.ts";
import { strategicPatch } from "./patch.ts";
import { apiVersionOf, type KubeResource } from "./resources.ts";
import { badRequest, StatusProblem } from "./status.ts";

export interface ApplyRequest {
  readonly fieldManager: string;
  readonly force: boolean;
  readonly text: string;
  readonly nowMs: number;
}

/**
 * Server-side apply (`application/apply-patch+yaml`): what the manager applies is merged in, what it applied before and no
 * longer does is taken out, and what another manager holds otherwise is a conflict unless it is forced.
 * @throws StatusProblem 422 without a manager, 409 on a conflict
 */
export function applied(before: KubeObject | null, request: ApplyRequest, resource: KubeResource): unknown {
  const { fieldManager, force, nowMs } = request;
  if (fieldManager === "") throw managerRequired();
  const config = parsedConfig(request.text);
  const fields = appliedFields(config);
  const known = managedFieldsOf(before);
  const isOwn = ({ manager, operation }: ManagedFields) => manager === fieldManager && operation === "Apply";
  const others = known.filter((each) => !isOwn(each));
  if (!force) refuseConflicts(before, config, fields, others);
  const kept = force ? takenOver(others, fields) : others;
  const ownBefore = known.find(isOwn);
  const base = ownBefore === undefined ? before : withoutAbandoned(before, ownBefore.fieldsV1, fields, kept);
  const entry: ManagedFields = {
    manager: fieldManager,
    operation: "Apply",
    apiVersion: apiVersionOf(resource),
    time: goRfc3339Seconds(nowMs),
    fieldsType: "FieldsV1",
    fieldsV1: fields,
  };
  const merged = strategicPatch(base ?? {}, config);
  if (!isRecord(merged)) throw badRequest("the applied configuration is no object");
  const unchanged = ownBefore !== undefined && isDeepStrictEqual(ownBefore.fieldsV1, fields);
  const metadata = isRecord(merged.metadata) ? merged.metadata : {};
  return { ...merged, metadata: { ...metadata, managedFields: [...kept, unchanged ? ownBefore : entry] } };
}

function parsedConfig(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = parse(text);
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isRecord(parsed)) throw badRequest("error decoding YAML: no object");
  return parsed;
}

function refuseConflicts(
  before: KubeObject | null,
  config: Readonly<Record<string, unknown>>,
  fields: FieldSet,
  others: readonly ManagedFields[],
): void {
  const causes = others.flatMap(({ manager, fieldsV1 }) => {
    const theirs = new Set(leavesOf(fieldsV1).map(pathText));
    return leavesOf(fields)
      .filter((path) => theirs.has(pathText(path)))
      .filter((path) => !isDeepStrictEqual(valueAtPath(before, path), valueAtPath(config, path)))
      .map((path) => ({
        reason: "FieldManagerConflict",
        message: `conflict with "${manager}"`,
        field: pathText(path),
      }));
  });
  const [first] = causes;
  if (first === undefined) return;
  const message =
    causes.length === 1
      ? `Apply failed with 1 conflict: ${first.message}: ${first.field}`
      : `Apply failed with ${causes.length} conflicts: ${causes.map((each) => `${each.message}: ${each.field}`).join("\n")}`;
  throw new StatusProblem(409, "Conflict", message, { causes });
}

function withoutAbandoned(
  before: KubeObject | null,
  was: FieldSet,
  now: FieldSet,
  others: readonly ManagedFields[],
): unknown {
  const held = new Set([now, ...others.map(({ fieldsV1 }) => fieldsV1)].flatMap((set) => leavesOf(set).map(pathText)));
  let left: unknown = before;
  for (const path of leavesOf(was)) if (!held.has(pathText(path))) left = withoutPath(left, path);
  return left;
}

function managerRequired(): StatusProblem {
  const why = "is required for apply patch";
  return new StatusProblem(
    422,
    "Invalid",
    `PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: ${why}`,
    {
      group: "meta.k8s.io",
      kind: "PatchOptions",
      causes: [{ reason: "FieldValueRequired", message: `Required value: ${why}`, field: "fieldManager" }],
    },
  );
}
