import { LAB_NODES } from "../../cluster/components.ts";
import { goRfc3339Seconds } from "../../format/go-text.ts";
import { isRecord } from "../field-set.ts";
import { type KubeObject, type OwnerReference, textAt } from "../kube-object.ts";
import type { ObjectStore } from "../object-store.ts";
import { qosClassOf } from "../pod-status.ts";
import { knownResource } from "../resources.ts";
import { stableUid } from "../workload-objects.ts";

const PODS = knownResource("", "pods");
/** Components that the chart's values bind to the nodes of the write pool. */
const WRITE_PATH: ReadonlySet<string> = new Set(["ingester", "distributor"]);
const FIRST_HOST = 100;
const HOSTS = 150;

/** What a controller wants a pod to be. */
export interface PodOrder {
  readonly namespace: string;
  readonly name: string;
  readonly generateName: string;
  readonly template: Readonly<Record<string, unknown>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner: OwnerReference;
  /** Added to the pod's spec. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** Makes pods from templates, and is their scheduler: the zone with the fewest of their kind, then the emptiest node. */
export class PodFactory {
  readonly #store: ObjectStore;
  readonly #nowMs: () => number;
  #made = 0;

  constructor(store: ObjectStore, nowMs: () => number) {
    this.#store = store;
    this.#nowMs = nowMs;
  }

  create(order: PodOrder): KubeObject {
    const { namespace, name, template } = order;
    this.#made += 1;
    const stamp = goRfc3339Seconds(this.#nowMs());
    const metadata = isRecord(template.metadata) ? template.metadata : {};
    const labels = { ...labelsIn(metadata.labels), ...order.labels };
    const spec = isRecord(template.spec) ? template.spec : {};
    const node = this.#place(namespace, labels, order.owner.uid);
    const annotations = isRecord(metadata.annotations) ? { annotations: labelsIn(metadata.annotations) } : {};
    return this.#store.create(PODS, {
      metadata: {
        name,
        generateName: order.generateName,
        namespace,
        uid: stableUid(`Pod/${namespace}/${name}/${this.#nowMs()}/${this.#made}`),
        generation: 1,
        creationTimestamp: stamp,
        labels: { ...labels, "topology.kubernetes.io/zone": LAB_NODES[node] ?? "a" },
        ...annotations,
        ownerReferences: [order.owner],
      },
      spec: {
        ...spec,
        ...order.spec,
        nodeName: node,
        priority: 0,
        enableServiceLinks: true,
        preemptionPolicy: "PreemptLowerPriority",
      },
      status: {
        phase: "Pending",
        conditions: [{ type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: stamp }],
        podIP: this.#address(),
        qosClass: qosClassOf(spec),
      },
    });
  }

  #place(namespace: string, labels: Readonly<Record<string, string>>, ownerUid: string): string {
    const writes = namespace === "loki" && WRITE_PATH.has(labels["app.kubernetes.io/component"] ?? "");
    const nodes = Object.keys(LAB_NODES).filter((name) => !writes || name.startsWith("node-w"));
    const pods = this.#store.list(PODS, null);
    const kin = pods.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === ownerUid));
    const zoneOf = (node: string) => LAB_NODES[node] ?? "";
    const inZone = (node: string) => kin.filter((pod) => zoneOf(textAt(pod, "spec.nodeName")) === zoneOf(node)).length;
    const onNode = (node: string) => pods.filter((pod) => textAt(pod, "spec.nodeName") === node).length;
    const ranked = nodes.toSorted((a, b) => inZone(a) - inZone(b) || onNode(a) - onNode(b));
    return ranked[0] ?? "node-w1";
  }

  /** An address that no pod has. */
  #address(): string {
    const taken = new Set(this.#store.list(PODS, null).map((pod) => textAt(pod, "status.podIP")));
    for (let n = this.#made; ; n += 1) {
      const address = `10.244.${Math.floor(n / HOSTS) % 256}.${FIRST_HOST + (n % HOSTS)}`;
      if (!taken.has(address)) return address;
    }
  }
}

function labelsIn(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, String(each)]));
}
