import { podIsReady } from "../endpoint-objects.ts";
import { isRecord } from "../field-set.ts";
import { fieldAt, type KubeObject, numberAt, type OwnerReference, textAt } from "../kube-object.ts";
import { apiVersionOf, type KubeResource } from "../resources.ts";

export function ownerReference(resource: KubeResource, { metadata }: KubeObject): OwnerReference {
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    name: metadata.name,
    uid: metadata.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The controller of an object; `null` for one that belongs to nobody. */
export function controllerOf({ metadata }: KubeObject): OwnerReference | null {
  return metadata.ownerReferences?.find(({ controller }) => controller) ?? null;
}

export function isOwnedBy(object: KubeObject, owner: KubeObject): boolean {
  return object.metadata.namespace === owner.metadata.namespace && controllerOf(object)?.uid === owner.metadata.uid;
}

export function isTerminating({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** Runs, is ready, and is not being stopped. */
export function isHealthy(pod: KubeObject): boolean {
  return podIsReady(pod) && !isTerminating(pod);
}

export function wantedReplicas(object: KubeObject): number {
  return numberAt(object, "spec.replicas");
}

/** `spec.template` of a controller. */
export function templateOf(object: KubeObject): Record<string, unknown> {
  const template = fieldAt(object, "spec.template");
  return isRecord(template) ? template : {};
}

/** A number, or a percentage of `of` rounded the given way; `null` for what is neither. */
export function countOf(value: unknown, of: number, round: "up" | "down"): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || !/^\d+%$/.test(value)) return null;
  const share = (Number(value.slice(0, -1)) * of) / 100;
  return round === "up" ? Math.ceil(share) : Math.floor(share);
}

/** The ordinal of a StatefulSet's pod; `null` when the name is not one of its. */
export function ordinalOf(pod: KubeObject, setName: string): number | null {
  const name = textAt(pod, "metadata.name");
  const text = name.startsWith(`${setName}-`) ? name.slice(setName.length + 1) : "";
  return /^\d+$/.test(text) ? Number(text) : null;
}
