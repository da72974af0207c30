import { isRecord } from "../field-set.ts";
import { fieldAt, type KubeObject, numberAt } from "../kube-object.ts";
import type { ObjectStore } from "../object-store.ts";
import { knownResource } from "../resources.ts";
import { isOwnedBy, ownerReference, templateOf } from "./ownership.ts";
import { safeHash, templateText } from "./template-hash.ts";

const REVISIONS = knownResource("apps", "controllerrevisions");
const STATEFUL_SETS = knownResource("apps", "statefulsets");

/** The revisions of a StatefulSet, the oldest first. */
export function revisionsOf(store: ObjectStore, set: KubeObject): KubeObject[] {
  return store
    .list(REVISIONS, set.metadata.namespace ?? null)
    .filter((each) => isOwnedBy(each, set))
    .toSorted((a, b) => numberAt(a, "revision") - numberAt(b, "revision"));
}

/** A new revision of a StatefulSet's template; its data is the patch that brings the template back. */
export function revisionObject(set: KubeObject, hash: string, revision: number): KubeObject {
  const { name, namespace = "", labels } = set.metadata;
  const selector = fieldAt(set, "spec.selector.matchLabels");
  return {
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...labels, ...(isRecord(selector) ? textsOf(selector) : {}), "controller.kubernetes.io/hash": hash },
      ownerReferences: [ownerReference(STATEFUL_SETS, set)],
    },
    data: { spec: { template: { ...templateOf(set), $patch: "replace" } } },
    revision,
  };
}

/** The template that a revision holds. */
export function revisedTemplate(revision: KubeObject): Record<string, unknown> {
  const template = fieldAt(revision, "data.spec.template");
  if (!isRecord(template)) return {};
  const { $patch: _patch, ...own } = template;
  return own;
}

/** The revision of the template as it is: the one that has it, made the newest if it is an old one, or a new one. */
export function currentRevision(store: ObjectStore, set: KubeObject): KubeObject {
  const known = revisionsOf(store, set);
  const newest = known.at(-1);
  const text = templateText(templateOf(set));
  const same = known.findLast((each) => templateText(revisedTemplate(each)) === text);
  const next = (newest === undefined ? 0 : numberAt(newest, "revision")) + 1;
  if (same === undefined) return store.create(REVISIONS, revisionObject(set, safeHash(text), next));
  return same === newest ? same : store.update(REVISIONS, { ...same, revision: next });
}

function textsOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}
