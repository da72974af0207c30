import { goRfc3339Seconds } from "../format/go-text.ts";
import type { KubeObject } from "./kube-object.ts";
import type { ObjectStore } from "./object-store.ts";
import { knownResource } from "./resources.ts";
import { stableUid } from "./workload-objects.ts";

const EVENTS = knownResource("", "events");
/** A real cluster forgets events after an hour; a lab that runs for days keeps this many. */
const KEPT = 500;
const WARNINGS: ReadonlySet<string> = new Set(["BackOff", "Failed", "FailedKillPod", "FailedReconcile"]);
const KUBELET_REASONS: ReadonlySet<string> = new Set([
  "BackOff",
  "Created",
  "Failed",
  "FailedKillPod",
  "Killing",
  "Started",
]);

/** Writes the events of the cluster, and takes the oldest away. */
export class ClusterEvents {
  readonly #store: ObjectStore;
  readonly #nowMs: () => number;
  readonly #kept: { readonly namespace: string; readonly name: string }[] = [];
  #count = 0;

  constructor(store: ObjectStore, nowMs: () => number) {
    this.#store = store;
    this.#nowMs = nowMs;
  }

  write(about: KubeObject, reason: string, message: string): void {
    this.#count += 1;
    const { name, namespace = "", uid, resourceVersion } = about.metadata;
    const stamp = goRfc3339Seconds(this.#nowMs());
    const component = KUBELET_REASONS.has(reason) ? "kubelet" : "kube-controller-manager";
    const event = this.#store.create(EVENTS, {
      metadata: { name: `${name}.${stableUid(`${name}/${this.#count}`).replaceAll("-", "").slice(0, 16)}`, namespace },
      involvedObject: { kind: about.kind, namespace, name, uid, apiVersion: about.apiVersion, resourceVersion },
      reason,
      message,
      source: { component },
      firstTimestamp: stamp,
      lastTimestamp: stamp,
      count: 1,
      type: WARNINGS.has(reason) ? "Warning" : "Normal",
      eventTime: null,
      reportingComponent: component,
      reportingInstance: "",
    });
    this.#kept.push({ namespace, name: event.metadata.name });
    const oldest = this.#kept.length > KEPT ? this.#kept.shift() : undefined;
    if (oldest === undefined || this.#store.find(EVENTS, oldest.namespace, oldest.name) === null) return;
    this.#store.delete(EVENTS, oldest.namespace, oldest.name);
  }
}
