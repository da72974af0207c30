import { goRfc3339Seconds } from "../../format/go-text.ts";
import { isRecord } from "../field-set.ts";
import { fieldAt, type KubeObject, listAt, numberAt, textAt } from "../kube-object.ts";
import { knownResource } from "../resources.ts";
import type { ControllerParts } from "./controller-parts.ts";
import { countOf, isOwnedBy, isTerminating, ownerReference, templateOf, wantedReplicas } from "./ownership.ts";
import { safeHash, templateText } from "./template-hash.ts";

const DEPLOYMENTS = knownResource("apps", "deployments");
const REPLICA_SETS = knownResource("apps", "replicasets");
const REVISION = "deployment.kubernetes.io/revision";

interface Sets {
  readonly newest: KubeObject;
  readonly old: readonly KubeObject[];
}

/** Keeps the ReplicaSets of Deployments: a new one for a new template, filled as the old ones are emptied. */
export class DeploymentController {
  readonly #parts: ControllerParts;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
  }

  reconcile(namespace: string, name: string): void {
    const { store } = this.#parts;
    const deployment = store.find(DEPLOYMENTS, namespace, name);
    if (deployment === null || isTerminating(deployment)) return;
    const sets = this.#setsOf(deployment);
    if (fieldAt(deployment, "spec.paused") !== true) this.#roll(deployment, sets);
    this.#writeStatus(namespace, name, sets.newest.metadata.name);
  }

  #owned(deployment: KubeObject): KubeObject[] {
    const sets = this.#parts.store.list(REPLICA_SETS, deployment.metadata.namespace ?? null);
    return sets.filter((each) => isOwnedBy(each, deployment)).toSorted((a, b) => revisionOf(a) - revisionOf(b));
  }

  #setsOf(deployment: KubeObject): Sets {
    const { store } = this.#parts;
    const owned = this.#owned(deployment);
    const text = templateText(templateOf(deployment));
    const same = owned.findLast((each) => templateText(templateOf(each)) === text);
    const last = owned.at(-1);
    const revision = (last === undefined ? 0 : revisionOf(last)) + 1;
    let newest = same;
    if (newest === undefined) newest = store.create(REPLICA_SETS, newReplicaSet(deployment, text, revision));
    else if (newest !== last) newest = store.update(REPLICA_SETS, withRevision(newest, revision));
    this.#recordRevision(deployment, revisionOf(newest));
    const { uid } = newest.metadata;
    return { newest, old: owned.filter(({ metadata }) => metadata.uid !== uid) };
  }

  #recordRevision({ metadata }: KubeObject, revision: number): void {
    const { store } = this.#parts;
    const deployment = store.get(DEPLOYMENTS, metadata.namespace ?? null, metadata.name);
    if (revisionOf(deployment) !== revision) store.update(DEPLOYMENTS, withRevision(deployment, revision));
  }

  #roll(deployment: KubeObject, { newest, old }: Sets): void {
    const wanted = wantedReplicas(deployment);
    const filled = old.filter((each) => wantedReplicas(each) > 0);
    if (filled.length === 0) {
      this.#scale(deployment, newest, wanted);
      return;
    }
    if (textAt(deployment, "spec.strategy.type") === "Recreate") {
      for (const each of filled) this.#scale(deployment, each, 0);
      return;
    }
    const surge = countOf(fieldAt(deployment, "spec.strategy.rollingUpdate.maxSurge"), wanted, "up") ?? 1;
    const missing = countOf(fieldAt(deployment, "spec.strategy.rollingUpdate.maxUnavailable"), wanted, "down") ?? 0;
    // Both at nought would never move; the API server lets the controller take one away then.
    const maxMissing = surge === 0 && missing === 0 ? 1 : missing;
    const all = sum([newest, ...filled].map(wantedReplicas));
    const room = wanted + surge - all;
    const more = Math.min(room, wanted - wantedReplicas(newest));
    if (more > 0) {
      this.#scale(deployment, newest, wantedReplicas(newest) + more);
      return;
    }
    const unready = wantedReplicas(newest) - numberAt(newest, "status.availableReplicas");
    let spare = all - (wanted - maxMissing) - unready;
    for (const each of filled) {
      const less = Math.min(spare, wantedReplicas(each));
      if (less <= 0) return;
      this.#scale(deployment, each, wantedReplicas(each) - less);
      spare -= less;
    }
  }

  #scale(deployment: KubeObject, set: KubeObject, replicas: number): void {
    const { store, event } = this.#parts;
    const before = wantedReplicas(set);
    if (before === replicas) return;
    const { name } = set.metadata;
    store.update(REPLICA_SETS, { ...set, spec: { ...set.spec, replicas } });
    const how = replicas > before ? "up" : "down";
    event(deployment, "ScalingReplicaSet", `Scaled ${how} replica set ${name} from ${before} to ${replicas}`);
  }

  #writeStatus(namespace: string, name: string, newestName: string): void {
    const { store, nowMs } = this.#parts;
    const deployment = store.find(DEPLOYMENTS, namespace, name);
    if (deployment === null) return;
    const wanted = wantedReplicas(deployment);
    const sets = this.#owned(deployment);
    const total = (path: string) => sum(sets.map((each) => numberAt(each, path)));
    const newest = sets.find(({ metadata }) => metadata.name === newestName);
    const updated = newest === undefined ? 0 : numberAt(newest, "status.replicas");
    const available = total("status.availableReplicas");
    const replicas = total("status.replicas");
    const maxMissing = countOf(fieldAt(deployment, "spec.strategy.rollingUpdate.maxUnavailable"), wanted, "down") ?? 0;
    const enough = available >= wanted - maxMissing;
    const complete = updated === wanted && replicas === updated && available === updated;
    const stamp = goRfc3339Seconds(nowMs());
    const missing = Math.max(0, wanted - available);
    store.update(DEPLOYMENTS, {
      ...deployment,
      status: {
        observedGeneration: deployment.metadata.generation ?? 1,
        replicas,
        updatedReplicas: updated,
        readyReplicas: total("status.readyReplicas"),
        availableReplicas: available,
        ...(missing === 0 ? {} : { unavailableReplicas: missing }),
        terminatingReplicas: total("status.terminatingReplicas"),
        conditions: [
          condition(deployment, "Available", enough, stamp, [
            enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
          ]),
          condition(deployment, "Progressing", true, stamp, [
            complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
            `ReplicaSet "${newestName}" ${complete ? "has successfully progressed." : "is progressing."}`,
          ]),
        ],
      },
    });
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, each) => all + each, 0);
}

function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.[REVISION] ?? "0");
}

function withRevision(object: KubeObject, revision: number): KubeObject {
  const annotations = { ...object.metadata.annotations, [REVISION]: String(revision) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function newReplicaSet(deployment: KubeObject, text: string, revision: number): KubeObject {
  const { name, namespace = "", annotations } = deployment.metadata;
  const hash = safeHash(text);
  const template = templateOf(deployment);
  const metadata = isRecord(template.metadata) ? template.metadata : {};
  const own = isRecord(metadata.labels) ? metadata.labels : {};
  const labels = {
    ...Object.fromEntries(Object.entries(own).map(([key, value]) => [key, String(value)])),
    "pod-template-hash": hash,
  };
  const {
    [REVISION]: _revision,
    "kubectl.kubernetes.io/last-applied-configuration": _applied,
    ...kept
  } = annotations ?? {};
  const wanted = wantedReplicas(deployment);
  return {
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: {
        ...kept,
        "deployment.kubernetes.io/desired-replicas": String(wanted),
        "deployment.kubernetes.io/max-replicas": String(wanted + 1),
        [REVISION]: String(revision),
      },
      ownerReferences: [ownerReference(DEPLOYMENTS, deployment)],
    },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { ...template, metadata: { ...metadata, labels } },
    },
    status: { replicas: 0 },
  };
}

function condition(
  deployment: KubeObject,
  type: string,
  ok: boolean,
  stamp: string,
  [reason, message]: readonly [string, string],
): Record<string, unknown> {
  const status = ok ? "True" : "False";
  const known = listAt(deployment, "status.conditions").find((each) => textAt(each, "type") === type);
  const same = textAt(known, "status") === status;
  const unchanged = same && textAt(known, "reason") === reason;
  return {
    type,
    status,
    lastUpdateTime: unchanged ? textAt(known, "lastUpdateTime") : stamp,
    lastTransitionTime: same ? textAt(known, "lastTransitionTime") : stamp,
    reason,
    message,
  };
}
