import type { PlanStep } from "../../../../src-shared/model/health/operation.ts";
import type { RuntimePlace } from "../../../../src-shared/model/tenants/board.ts";
import { FIELD_MANAGER, mapPath } from "./runtime-map-store.ts";

/** Texts are `limits.step.<key>`. `put-back` is done only when a component refuses the file. */
export const CHANGE_STEPS = ["look-again", "write-map", "converge", "verify-values", "put-back"] as const;
export type ChangeStepKey = (typeof CHANGE_STEPS)[number];

/** What is done, in this order. */
export function changeSteps(place: RuntimePlace, values: number): PlanStep[] {
  const object = `${place.namespace}/${place.name}`;
  const request = `PATCH ${mapPath(place)}?fieldManager=${FIELD_MANAGER} (application/merge-patch+json, resourceVersion ${place.resourceVersion}, data.${place.key})`;
  return [
    { key: "look-again", params: { object, version: place.resourceVersion }, kind: "check", request: null },
    { key: "write-map", params: { object, file: place.key }, kind: "act", request },
    { key: "converge", params: { object }, kind: "wait", request: null },
    { key: "verify-values", params: { count: values }, kind: "verify", request: null },
    { key: "put-back", params: { object }, kind: "act", request: null },
  ];
}
