import type { KubeObject } from "../kube-object.ts";
import type { ObjectStore } from "../object-store.ts";
import type { PodFactory } from "./pod-factory.ts";

/** What a controller works with. */
export interface ControllerParts {
  readonly store: ObjectStore;
  readonly pods: PodFactory;
  readonly nowMs: () => number;
  /** Deletes a pod as `kubectl delete` does. */
  readonly stopPod: (pod: KubeObject) => void;
  readonly event: (about: KubeObject, reason: string, message: string) => void;
}
