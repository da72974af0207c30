import { type KubeObject, textAt } from "./kube-object.ts";
import { badRequest } from "./status.ts";

export type ObjectFilter = (object: KubeObject) => boolean;

interface Requirement {
  readonly key: string;
  readonly accepts: (value: string | undefined) => boolean;
}

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k`: label selectors as the API server reads them. */
export function labelFilter(selector: string): ObjectFilter {
  const requirements = splitOutsideParentheses(selector).map(requirementOf);
  return ({ metadata }) => requirements.every(({ key, accepts }) => accepts(metadata.labels?.[key]));
}

function splitOutsideParentheses(text: string): string[] {
  return (text.match(/(?:[^,()]|\([^)]*\))+/g) ?? []).map((part) => part.trim()).filter((part) => part !== "");
}

const NAME = "[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?";
const SET = new RegExp(`^(${NAME})\\s+(in|notin)\\s*\\(([^)]*)\\)$`);
const EQUALITY = new RegExp(`^(${NAME})\\s*(==|!=|=)\\s*([A-Za-z0-9._-]*)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${NAME})$`);

function requirementOf(text: string): Requirement {
  const set = SET.exec(text);
  if (set !== null) {
    const values = new Set((set[4] ?? "").split(",").map((value) => value.trim()));
    const wanted = set[3] === "in";
    return { key: set[1] ?? "", accepts: (value) => (value === undefined ? !wanted : values.has(value) === wanted) };
  }
  const equality = EQUALITY.exec(text);
  if (equality !== null) {
    const [, key = "", , operator, expected] = equality;
    return { key, accepts: (value) => (value === expected) === (operator !== "!=") };
  }
  const exists = EXISTS.exec(text);
  if (exists === null) throw badRequest(`unable to parse requirement: found '${text}', expected: identifier`);
  const wanted = exists[1] !== "!";
  return { key: exists[2] ?? "", accepts: (value) => (value !== undefined) === wanted };
}

/** Fields that can be selected by, besides name and namespace. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "status.phase",
    "status.podIP",
    "status.nominatedNodeName",
  ],
  Event: [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "reason",
    "type",
    "source",
    "reportingComponent",
  ],
  Node: ["spec.unschedulable"],
  Namespace: ["status.phase"],
};

/** `status.phase=Running,spec.nodeName!=x`. */
export function fieldFilter(selector: string, kind: string): ObjectFilter {
  const terms = selector
    .split(",")
    .filter((term) => term !== "")
    .map((term) => {
      const [, field = "", operator = "", value = ""] = /^([^=!]+)(==|!=|=)(.*)$/.exec(term) ?? [];
      if (field === "") throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
      const known = ["metadata.name", "metadata.namespace", ...(FIELDS[kind] ?? [])];
      if (!known.includes(field)) throw badRequest(`field label not supported: ${field}`);
      return { field, value, equal: operator !== "!=" };
    });
  return (object) => terms.every(({ field, value, equal }) => (textAt(object, field) === value) === equal);
}

/** Both selectors of a request; no selector accepts all. */
export function requestFilter(query: URLSearchParams, kind: string): ObjectFilter {
  const labels = query.get("labelSelector") ?? "";
  const fields = query.get("fieldSelector") ?? "";
  const byLabels = labels === "" ? null : labelFilter(labels);
  const byFields = fields === "" ? null : fieldFilter(fields, kind);
  return (object) => (byLabels === null || byLabels(object)) && (byFields === null || byFields(object));
}
