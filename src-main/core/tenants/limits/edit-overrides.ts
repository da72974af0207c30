import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, parseDocument, type Document, type YAMLMap } from "yaml";
import type { LimitYaml } from "../../../../src-shared/model/tenants/limit.ts";
import { tenantIdProblem } from "../../../../src-shared/model/tenant-id.ts";
import { oneHunkDiff } from "./one-hunk-diff.ts";
import {
  addBelow,
  addMember,
  appendLines,
  pairOf,
  removeMember,
  replaceValue,
  spliced,
  type Splice,
} from "./yaml-splice.ts";

/** One value of one tenant; `yaml` undefined takes it out. */
export interface OverrideEdit {
  readonly tenant: string;
  readonly key: string;
  readonly yaml: LimitYaml | undefined;
}

export type OverrideEditing =
  | {
      readonly ok: true;
      readonly text: string;
      /** Unified, for a file of the given name; empty where nothing is to be done. */
      readonly diff: string;
    }
  /**
   * `unreadable`: no YAML. `shared`: the value comes by an alias, or others have it from here.
   * `not-a-map`: something else stands where the section or the tenant should. `no-place`: the text's style leaves no safe
   * place, or the name is given twice; it is to be edited by hand.
   */
  | { readonly ok: false; readonly reason: "unreadable" | "invalid-tenant" | "shared" | "not-a-map" | "no-place" };

const SECTION = "overrides";
const MAX_ALIASES = 1_000;

/**
 * Sets or removes one value in the text of a runtime configuration. Every other byte of it stays: comments, order, quotes, blank
 * lines. What comes out is read again; an edit that would change anything else is refused. Keys and values are not checked
 * against Loki's limits here. Never throws.
 */
export function editOverride(text: string, edit: OverrideEdit, file: string): OverrideEditing {
  if (tenantIdProblem(edit.tenant) !== null) return { ok: false, reason: "invalid-tenant" };
  const document = documentOf(text);
  const before = valuesOf(document);
  if (before === null) return { ok: false, reason: "unreadable" };
  const splices = splicesOf(text, document, edit);
  if (typeof splices === "string") return { ok: false, reason: splices };
  const after = splices.reduce(spliced, text);
  if (!isDeepStrictEqual(valuesOf(documentOf(after)), edited(before.value, edit))) {
    return { ok: false, reason: document.toString().includes("*") ? "shared" : "no-place" };
  }
  return { ok: true, text: after, diff: oneHunkDiff(file, text, after) };
}

function documentOf(text: string): Document.Parsed {
  return parseDocument(text, { prettyErrors: false, uniqueKeys: false, merge: true, logLevel: "silent" });
}

function valuesOf(document: Document.Parsed): { readonly value: unknown } | null {
  if (document.errors.length > 0) return null;
  try {
    return { value: document.toJS({ mapAsMap: true, maxAliasCount: MAX_ALIASES }) };
  } catch {
    // Too many aliases, or one of an anchor that is not there: such a text is not edited.
    return null;
  }
}

/** What the text is to say afterwards. */
function edited(value: unknown, { tenant, key, yaml }: OverrideEdit): { readonly value: unknown } {
  const root = new Map<unknown, unknown>(value instanceof Map ? value : []);
  const section = new Map<unknown, unknown>(mapAt(root, SECTION));
  const tenantName = nameIn(section, tenant);
  const limits = new Map<unknown, unknown>(mapAt(section, tenantName));
  if (yaml === undefined) {
    if (!limits.delete(key)) return { value };
  } else {
    limits.set(key, asMaps(yaml));
  }
  section.set(tenantName, limits);
  root.set(SECTION, section);
  return { value: root };
}

function mapAt(map: ReadonlyMap<unknown, unknown>, name: unknown): ReadonlyMap<unknown, unknown> {
  const value = map.get(name);
  return value instanceof Map ? value : new Map();
}

/** A tenant `7` is a number to YAML and the same tenant to Loki. */
function nameIn(map: ReadonlyMap<unknown, unknown>, name: string): unknown {
  for (const known of map.keys()) if (String(known) === name) return known;
  return name;
}

function asMaps(yaml: LimitYaml): unknown {
  if (yaml === null || typeof yaml !== "object") return yaml;
  if (Array.isArray(yaml)) return yaml.map(asMaps);
  return new Map(Object.entries(yaml).map(([name, value]) => [name, asMaps(value)]));
}

type Refused = "shared" | "not-a-map" | "no-place";

function splicesOf(text: string, document: Document.Parsed, edit: OverrideEdit): readonly Splice[] | Refused {
  const { tenant, key, yaml } = edit;
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null && root.range[0] === root.range[1])) {
    return yaml === undefined ? [] : [appendLines(text, [SECTION, tenant, key], yaml)];
  }
  if (!isMap(root)) return "not-a-map";
  let map: YAMLMap = root;
  const path = [SECTION, tenant, key];
  for (const [depth, name] of path.entries()) {
    const pair = pairOf(map, name);
    const rest = path.slice(depth);
    if (pair === null) return yaml === undefined ? [] : [addMember(text, map, rest, yaml)];
    if (depth === path.length - 1) {
      return yaml === undefined ? [] : [replaceValue(text, pair, yaml)];
    }
    const { value } = pair;
    if (value === null || (isScalar(value) && value.value === null)) {
      return yaml === undefined ? [] : [addBelow(text, pair, map.flow === true, rest.slice(1), yaml)];
    }
    if (!isMap(value)) return isScalar(value) ? "not-a-map" : "shared";
    if (yaml === undefined && depth === 1) {
      const target = pairOf(value, key);
      return target === null ? [] : (removeMember(text, value, target, pair) ?? "no-place");
    }
    map = value;
  }
  return "no-place";
}
