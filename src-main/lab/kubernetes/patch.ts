import { isDeepStrictEqual } from "node:util";
import { badRequest, StatusProblem } from "./status.ts";

type Json = unknown;

/** RFC 7386: `null` removes, objects merge, all else replaces. */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isRecord(patch)) return patch;
  const result: Record<string, Json> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** The key by which elements of a list are the same one, by the list's name; lists that are not here are replaced whole. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: "name",
  initContainers: "name",
  ephemeralContainers: "name",
  volumes: "name",
  env: "name",
  volumeMounts: "mountPath",
  conditions: "type",
  readinessGates: "conditionType",
  ownerReferences: "uid",
  imagePullSecrets: "name",
  hostAliases: "ip",
  topologySpreadConstraints: "topologyKey",
};

/**
 * Kubernetes' strategic merge patch, with the merge keys of the core kinds: `$patch: delete|replace` and
 * `$setElementOrder/…` are understood, the latter by ignoring it. Ports merge by `containerPort` in containers and by `port`
 * in services.
 */
export function strategicPatch(target: Json, patch: Json): Json {
  if (!isRecord(patch)) return patch;
  if (patch.$patch === "replace") return withoutDirectives(patch);
  const result: Record<string, Json> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$")) continue;
    if (value === null) delete result[key];
    else if (Array.isArray(value)) result[key] = strategicList(result[key], value, key);
    else result[key] = strategicPatch(result[key], value);
  }
  return result;
}

/** The key by which a list's elements are told apart; `undefined` for a list that is replaced whole. */
export function mergeKeyOf(name: string, items: readonly Json[]): string | undefined {
  return name === "ports" ? portKey(items) : MERGE_KEYS[name];
}

function strategicList(target: Json, patch: readonly Json[], name: string): Json {
  const mergeKey = mergeKeyOf(name, patch);
  if (mergeKey === undefined || patch.some((item) => isRecord(item) && item.$patch === "replace")) {
    return patch.filter((item) => !(isRecord(item) && item.$patch === "replace")).map(withoutDirectives);
  }
  const result: Json[] = Array.isArray(target) ? [...target] : [];
  for (const item of patch) {
    if (!isRecord(item)) continue;
    const at = result.findIndex((known) => isRecord(known) && known[mergeKey] === item[mergeKey]);
    if (item.$patch === "delete") {
      if (at >= 0) result.splice(at, 1);
    } else if (at >= 0) result[at] = strategicPatch(result[at], item);
    else result.push(withoutDirectives(item));
  }
  return result;
}

function portKey(patch: readonly Json[]): string {
  return patch.some((item) => isRecord(item) && "containerPort" in item) ? "containerPort" : "port";
}

function withoutDirectives(value: Json): Json {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith("$")));
}

/** RFC 6902. A failing `test` is 422, in the API server's words. */
export function jsonPatch(target: Json, operations: Json): Json {
  if (!Array.isArray(operations)) throw badRequest("json patch must be an array of operations");
  let result: Json = structuredClone(target);
  for (const operation of operations) {
    if (!isRecord(operation) || typeof operation.op !== "string" || typeof operation.path !== "string") {
      throw badRequest("json patch operation without op or path");
    }
    result = applyOperation(result, operation.op, pointer(operation.path), operation);
  }
  return result;
}

function applyOperation(target: Json, op: string, path: readonly string[], operation: Record<string, Json>): Json {
  switch (op) {
    case "test":
      if (!isDeepStrictEqual(valueAt(target, path), operation.value)) throw rejected();
      return target;
    case "add":
      return edited(target, path, "add", operation.value);
    case "replace":
      if (valueAt(target, path) === undefined) throw rejected();
      return edited(target, path, "replace", operation.value);
    case "remove":
      if (valueAt(target, path) === undefined) throw rejected();
      return edited(target, path, "remove", undefined);
    case "copy":
    case "move": {
      const from = pointer(typeof operation.from === "string" ? operation.from : "");
      const value = valueAt(target, from);
      if (value === undefined) throw rejected();
      const rest = op === "move" ? edited(target, from, "remove", undefined) : target;
      return edited(rest, path, "add", structuredClone(value));
    }
    default:
      throw badRequest(`Unexpected kind: ${op}`);
  }
}

function rejected(): StatusProblem {
  return new StatusProblem(422, "Invalid", "the server rejected our request due to an error in our request", {});
}

function pointer(path: string): string[] {
  return path
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function valueAt(target: Json, path: readonly string[]): Json {
  let value = target;
  for (const key of path) {
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isRecord(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

function edited(target: Json, path: readonly string[], how: "add" | "replace" | "remove", value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (rest.length > 0) {
    if (Array.isArray(target)) {
      const copy = [...target];
      copy[Number(key)] = edited(copy[Number(key)], rest, how, value);
      return copy;
    }
    if (!isRecord(target) || !Object.hasOwn(target, key)) throw rejected();
    return { ...target, [key]: edited(target[key], rest, how, value) };
  }
  if (Array.isArray(target)) {
    const copy = [...target];
    const at = key === "-" ? copy.length : Number(key);
    copy.splice(at, how === "add" ? 0 : 1, ...(how === "remove" ? [] : [value]));
    return copy;
  }
  if (!isRecord(target)) throw rejected();
  const copy = { ...target };
  if (how === "remove") delete copy[key];
  else copy[key] = value;
  return copy;
}

function isRecord(value: Json): value is Record<string, Json> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
