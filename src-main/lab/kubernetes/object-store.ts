import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/common/clock.ts";
import { goRfc3339Seconds } from "../format/go-text.ts";
import type { KubeObject } from "./kube-object.ts";
import { apiVersionOf, hasStatus, type KubeResource } from "./resources.ts";
import { conflict, notFound, StatusProblem } from "./status.ts";

/** One change, as a watch tells it. `before` is the object's state before, for selectors that it moved in or out of. */
export interface ObjectChange {
  readonly version: number;
  readonly resource: KubeResource;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: KubeObject;
  readonly before: KubeObject | null;
}

/** Changes that a watch can still begin at. */
const KEPT_CHANGES = 2_000;

/** The objects of the cluster, with one resource version for all, as etcd gives them. */
export class ObjectStore {
  private readonly objects = new Map<string, Map<string, KubeObject>>();
  private readonly changes: ObjectChange[] = [];
  private readonly listeners = new Set<(change: ObjectChange) => void>();
  private readonly clock: Clock;
  private readonly untold: ObjectChange[] = [];
  private telling = false;
  private version = 100;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get currentVersion(): number {
    return this.version;
  }

  /** The oldest version that a watch may begin after. */
  get oldestVersion(): number {
    return (this.changes[0]?.version ?? this.version + 1) - 1;
  }

  list(resource: KubeResource, namespace: string | null): KubeObject[] {
    const all = [...(this.objects.get(keyOf(resource))?.entries() ?? [])];
    return all
      .filter(([, object]) => namespace === null || object.metadata.namespace === namespace)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object);
  }

  find(resource: KubeResource, namespace: string | null, name: string): KubeObject | null {
    return this.objects.get(keyOf(resource))?.get(pathOf(namespace, name)) ?? null;
  }

  get(resource: KubeResource, namespace: string | null, name: string): KubeObject {
    const object = this.find(resource, namespace, name);
    if (object === null) throw notFound(resource.plural, resource.group, name);
    return object;
  }

  create(resource: KubeResource, object: KubeObject): KubeObject {
    const { name, namespace } = object.metadata;
    if (this.find(resource, namespace ?? null, name) !== null) {
      const where = resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`;
      throw new StatusProblem(409, "AlreadyExists", `${where} "${name}" already exists`, {
        name,
        kind: resource.plural,
      });
    }
    this.version += 1;
    const stored: KubeObject = {
      ...object,
      kind: resource.kind,
      apiVersion: apiVersionOf(resource),
      metadata: {
        ...object.metadata,
        uid: object.metadata.uid ?? randomUUID(),
        ...(hasStatus(resource) && object.spec !== undefined ? { generation: object.metadata.generation ?? 1 } : {}),
        resourceVersion: String(this.version),
        creationTimestamp: object.metadata.creationTimestamp ?? goRfc3339Seconds(this.clock.nowMs()),
      },
    };
    this.put(resource, "ADDED", stored, null);
    return stored;
  }

  /** Replaces an object; a `resourceVersion` in it must be the stored one. An equal object changes nothing. */
  update(resource: KubeResource, object: KubeObject): KubeObject {
    const { name, namespace, resourceVersion } = object.metadata;
    const before = this.get(resource, namespace ?? null, name);
    if (
      resourceVersion !== undefined &&
      resourceVersion !== "" &&
      resourceVersion !== before.metadata.resourceVersion
    ) {
      throw conflict(resource.plural, resource.group, name);
    }
    const { uid, creationTimestamp, generation } = before.metadata;
    const specChanged = object.spec !== undefined && JSON.stringify(object.spec) !== JSON.stringify(before.spec);
    const next: KubeObject = {
      ...object,
      kind: resource.kind,
      apiVersion: apiVersionOf(resource),
      metadata: {
        ...object.metadata,
        ...(uid === undefined ? {} : { uid }),
        ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
        ...(generation === undefined ? {} : { generation: specChanged ? generation + 1 : generation }),
        resourceVersion: before.metadata.resourceVersion ?? "",
      },
    };
    if (JSON.stringify(next) === JSON.stringify(before)) return before;
    this.version += 1;
    const stored = { ...next, metadata: { ...next.metadata, resourceVersion: String(this.version) } };
    this.put(resource, "MODIFIED", stored, before);
    return stored;
  }

  delete(resource: KubeResource, namespace: string | null, name: string): KubeObject {
    const before = this.get(resource, namespace, name);
    this.version += 1;
    const last = { ...before, metadata: { ...before.metadata, resourceVersion: String(this.version) } };
    this.objects.get(keyOf(resource))?.delete(pathOf(namespace, name));
    this.record({ version: this.version, resource, type: "DELETED", object: last, before });
    return last;
  }

  /** Changes after a version. Ask `oldestVersion` first: what was dropped is not here. */
  changesSince(version: number): readonly ObjectChange[] {
    return this.changes.filter((change) => change.version > version);
  }

  listen(listener: (change: ObjectChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private put(resource: KubeResource, type: "ADDED" | "MODIFIED", object: KubeObject, before: KubeObject | null): void {
    const key = keyOf(resource);
    const known = this.objects.get(key) ?? new Map<string, KubeObject>();
    known.set(pathOf(object.metadata.namespace ?? null, object.metadata.name), object);
    this.objects.set(key, known);
    this.record({ version: this.version, resource, type, object, before });
  }

  private record(change: ObjectChange): void {
    this.changes.push(change);
    if (this.changes.length > KEPT_CHANGES) this.changes.splice(0, this.changes.length - KEPT_CHANGES);
    this.untold.push(change);
    // Listeners that write make changes of their own: everybody is told of them in their order.
    if (this.telling) return;
    this.telling = true;
    try {
      for (let next = this.untold.shift(); next !== undefined; next = this.untold.shift()) {
        for (const listener of this.listeners) listener(next);
      }
    } finally {
      this.telling = false;
    }
  }
}

function keyOf(resource: KubeResource): string {
  return `${resource.group}/${resource.plural}`;
}

/** Sorts as etcd's keys do. */
function pathOf(namespace: string | null, name: string): string {
  return namespace === null ? name : `${namespace}/${name}`;
}
