import type { IncomingMessage, ServerResponse } from "node:http";
import { NS_PER_MS } from "../../../src-shared/model/nano-time.ts";
import type { Clock } from "../../core/common/clock.ts";
import type { Reply } from "../http/reply.ts";
import type { ApiTarget } from "./api-path.ts";
import { listReply, patched, readObject, requireValidName } from "./collections.ts";
import { type KubeObject, textAt } from "./kube-object.ts";
import type { LabCluster } from "./lab-cluster.ts";
import { type FieldWriter, updatedFields } from "./managed-fields.ts";
import { withDefaults } from "./object-defaults.ts";
import { containerOf, parsePodLogOptions, type PodStreams, streamPodLog } from "./pod-logs.ts";
import { isDryRun, isTrue, readDeleteOptions, readJson, readText } from "./request-body.ts";
import { hasStatus, knownResource, type KubeResource } from "./resources.ts";
import { scaled, scaleOf } from "./scale.ts";
import { requestFilter } from "./selectors.ts";
import { applied } from "./server-side-apply.ts";
import { badRequest, conflict, jsonReply, notFound, StatusProblem } from "./status.ts";
import { tableOf, wantsTable } from "./tables.ts";
import { streamWatch } from "./watch-stream.ts";

const PODS = knownResource("", "pods");
const APPLY = "application/apply-patch+yaml";

export type ObjectTarget = Extract<ApiTarget, { kind: "object" }>;
export type CollectionTarget = Extract<ApiTarget, { kind: "collection" }>;

export interface ObjectApiParts {
  readonly cluster: LabCluster;
  readonly podStreams: PodStreams;
  readonly clock: Clock;
}

/** The verbs of the API on what is stored: lists, watches, objects, and their subresources. */
export class ObjectApi {
  readonly #parts: ObjectApiParts;

  constructor(parts: ObjectApiParts) {
    this.#parts = parts;
  }

  /** Answers a request for a collection; `null` when it writes its answer itself. */
  async collection(
    request: IncomingMessage,
    response: ServerResponse,
    { resource, namespace }: CollectionTarget,
    query: URLSearchParams,
  ): Promise<Reply | null> {
    const { cluster, clock } = this.#parts;
    const accept = request.headers.accept ?? "";
    switch (request.method ?? "GET") {
      case "GET":
        if (!isTrue(query.get("watch")))
          return listReply(cluster.store, resource, namespace, query, accept, clock.nowMs());
        this.#watch(response, resource, namespace, query, wantsTable(accept));
        return null;
      case "POST": {
        const object = readObject(await readJson(request), resource, namespace);
        return this.#create(resource, object, query, this.#writer(request, query));
      }
      default:
        throw methodNotAllowed();
    }
  }

  /** Answers a request for an object or one of its subresources; `null` when it writes its answer itself. */
  async object(
    request: IncomingMessage,
    response: ServerResponse,
    target: ObjectTarget,
    query: URLSearchParams,
  ): Promise<Reply | null> {
    const { resource, name, subresource } = target;
    if (subresource === "log") return this.#podLog(response, target, query);
    if (subresource === "portforward") throw badRequest("Upgrade request required");
    if (subresource === "eviction" && resource === PODS) return this.#evict(request, target, query);
    if (subresource === "scale") return this.#scale(request, target, query);
    if (subresource !== "" && !(subresource === "status" && hasStatus(resource)))
      throw notFound(resource.plural, resource.group, name);
    switch (request.method ?? "GET") {
      case "GET":
        return this.#get(target, request.headers.accept ?? "", query.get("includeObject") ?? "Metadata");
      case "PUT":
        return this.#put(request, target, query);
      case "PATCH":
        return this.#patch(request, target, query);
      case "DELETE":
        if (subresource !== "") throw methodNotAllowed();
        return this.#delete(request, target, query);
      default:
        throw methodNotAllowed();
    }
  }

  #watch(
    response: ServerResponse,
    resource: KubeResource,
    namespace: string | null,
    query: URLSearchParams,
    table: boolean,
  ): void {
    const { cluster, clock } = this.#parts;
    const include = query.get("includeObject") ?? "Metadata";
    streamWatch(
      response,
      {
        resource,
        namespace,
        filter: requestFilter(query, resource.kind),
        resourceVersion: query.get("resourceVersion") ?? "",
        bookmarks: isTrue(query.get("allowWatchBookmarks")),
        timeoutSeconds: Number(query.get("timeoutSeconds") ?? "0") || 1_800,
        render: (object, first) =>
          table
            ? tableOf([object], {
                kind: resource.kind,
                listMetadata: {},
                include,
                nowMs: clock.nowMs(),
                columns: first,
              })
            : object,
      },
      cluster.store,
      clock,
    );
  }

  /** Who writes: the field manager that is named, or the first word of the client's name. */
  #writer(request: IncomingMessage, query: URLSearchParams): FieldWriter {
    const agent = (request.headers["user-agent"] ?? "").split("/")[0]?.trim() ?? "";
    const manager = query.get("fieldManager") ?? "";
    return { manager: manager || agent || "unknown", nowMs: this.#parts.clock.nowMs() };
  }

  /** `writer` is `null` for what was applied: its entries are made already. */
  #create(resource: KubeResource, object: KubeObject, query: URLSearchParams, writer: FieldWriter | null): Reply {
    const { cluster, clock } = this.#parts;
    const name =
      object.metadata.name === ""
        ? `${textAt(object, "metadata.generateName")}${clock.nowMs().toString(36).slice(-5)}`
        : object.metadata.name;
    requireValidName(resource, name);
    // A status is not the client's to begin with.
    const { status, ...rest } = object;
    const own = hasStatus(resource) || status === undefined ? rest : { ...rest, status };
    const named = managed(
      null,
      withDefaults(resource, { ...own, metadata: { ...object.metadata, name } }),
      writer,
      resource,
    );
    return jsonReply(201, isDryRun(query) ? named : cluster.store.create(resource, named));
  }

  #get({ resource, namespace, name }: ObjectTarget, accept: string, include: string): Reply {
    const object = this.#parts.cluster.store.get(resource, namespace, name);
    if (!wantsTable(accept)) return jsonReply(200, object);
    const listMetadata = { resourceVersion: object.metadata.resourceVersion };
    const nowMs = this.#parts.clock.nowMs();
    return jsonReply(200, tableOf([object], { kind: resource.kind, listMetadata, include, nowMs, columns: true }));
  }

  async #put(request: IncomingMessage, target: ObjectTarget, query: URLSearchParams): Promise<Reply> {
    const { resource, namespace, name } = target;
    const object = readObject(await readJson(request), resource, namespace);
    if (object.metadata.name !== name) throw badRequest("the name of the object does not match the name on the URL");
    const before = this.#parts.cluster.store.get(resource, namespace, name);
    return this.#store(target, before, object, query, this.#writer(request, query));
  }

  async #patch(request: IncomingMessage, target: ObjectTarget, query: URLSearchParams): Promise<Reply> {
    const { resource, namespace, name } = target;
    const { cluster, clock } = this.#parts;
    const type = request.headers["content-type"] ?? "";
    if (type.split(";")[0]?.trim() !== APPLY) {
      const body = await readJson(request);
      const before = cluster.store.get(resource, namespace, name);
      return this.#store(target, before, patched(before, type, body, resource), query, this.#writer(request, query));
    }
    const text = await readText(request);
    const before = cluster.store.find(resource, namespace, name);
    const fieldManager = query.get("fieldManager") ?? "";
    const force = isTrue(query.get("force"));
    const after = applied(before, { fieldManager, force, text, nowMs: clock.nowMs() }, resource);
    const object = readObject(after, resource, namespace);
    if (object.metadata.name !== name) throw badRequest("the name of the object does not match the name on the URL");
    return before === null
      ? this.#create(resource, object, query, null)
      : this.#store(target, before, object, query, null);
  }

  /** Writes the part of an object that the path names: its status, or all else. */
  #store(
    target: ObjectTarget,
    before: KubeObject,
    object: KubeObject,
    query: URLSearchParams,
    writer: FieldWriter | null,
  ): Reply {
    const { resource, subresource } = target;
    const { resourceVersion } = object.metadata;
    const version = resourceVersion === undefined ? {} : { resourceVersion };
    const after =
      subresource === "status"
        ? { ...withStatus(before, object.status), metadata: { ...before.metadata, ...version } }
        : hasStatus(resource)
          ? withDefaults(resource, withStatus(object, before.status))
          : object;
    const { resourceVersion: _seen, ...metadata } = after.metadata;
    // Whoever writes a status holds none of the rest.
    const told = subresource === "status" ? null : writer;
    const held = managed(before, { ...after, metadata: { ...metadata, ...version } }, told, resource);
    if (isDryRun(query)) return jsonReply(200, held);
    return jsonReply(200, this.#parts.cluster.store.update(resource, held));
  }

  async #delete(request: IncomingMessage, target: ObjectTarget, query: URLSearchParams): Promise<Reply> {
    const { cluster } = this.#parts;
    const { resource, namespace, name } = target;
    const options = await readDeleteOptions(request, query);
    const object = cluster.store.get(resource, namespace, name);
    const { uid, resourceVersion } = options.preconditions ?? {};
    if (uid !== undefined && uid !== object.metadata.uid) {
      const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${object.metadata.uid ?? ""}`;
      throw conflict(resource.plural, resource.group, name, why);
    }
    if (resourceVersion !== undefined && resourceVersion !== object.metadata.resourceVersion) {
      const why = `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${object.metadata.resourceVersion ?? ""}`;
      throw conflict(resource.plural, resource.group, name, why);
    }
    if (isDryRun(query)) return jsonReply(200, object);
    if (resource === PODS)
      return jsonReply(200, cluster.deletePod(namespace ?? "", name, options.gracePeriodSeconds ?? null));
    cluster.store.delete(resource, namespace, name);
    return jsonReply(200, {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Success",
      details: {
        name,
        ...(resource.group === "" ? {} : { group: resource.group }),
        kind: resource.plural,
        uid: object.metadata.uid,
      },
    });
  }

  /** Deletes a pod if its budgets allow it; 429 when they do not. */
  async #evict(request: IncomingMessage, { namespace, name }: ObjectTarget, query: URLSearchParams): Promise<Reply> {
    if (request.method !== "POST") throw methodNotAllowed();
    await readText(request);
    const { cluster } = this.#parts;
    const pod = cluster.store.get(PODS, namespace, name);
    cluster.requireDisruptable(pod);
    if (!isDryRun(query)) cluster.deletePod(namespace ?? "", name, null);
    return jsonReply(201, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 });
  }

  async #scale(request: IncomingMessage, target: ObjectTarget, query: URLSearchParams): Promise<Reply> {
    const { store } = this.#parts.cluster;
    const { resource, namespace, name } = target;
    if (!resource.subresources.some((each) => each.name === "scale"))
      throw notFound(resource.plural, resource.group, name);
    if (request.method === "GET") return jsonReply(200, scaleOf(store.get(resource, namespace, name)));
    if (request.method !== "PUT" && request.method !== "PATCH") throw methodNotAllowed();
    const body = await readJson(request);
    const before = store.get(resource, namespace, name);
    const patchType = request.method === "PATCH" ? (request.headers["content-type"] ?? "") : null;
    const after = scaled(before, body, patchType);
    return jsonReply(200, scaleOf(isDryRun(query) ? after : store.update(resource, after)));
  }

  #podLog(response: ServerResponse, { namespace, name }: ObjectTarget, query: URLSearchParams): null {
    const { cluster, clock, podStreams } = this.#parts;
    const pod = cluster.store.get(PODS, namespace, name);
    const container = containerOf(pod, query.get("container"));
    const nowNs = BigInt(Math.floor(clock.nowMs())) * NS_PER_MS;
    const stream = podStreams(namespace ?? "", name);
    streamPodLog(response, pod, container, stream, parsePodLogOptions(query, nowNs), clock);
    return null;
  }
}

function managed(
  before: KubeObject | null,
  after: KubeObject,
  writer: FieldWriter | null,
  resource: KubeResource,
): KubeObject {
  if (writer === null) return after;
  const { managedFields: _sent, ...metadata } = after.metadata;
  const fields = updatedFields(before, { ...after, metadata }, writer, resource);
  return { ...after, metadata: { ...metadata, ...(fields.length === 0 ? {} : { managedFields: fields }) } };
}

function withStatus({ status: _status, ...rest }: KubeObject, status: KubeObject["status"]): KubeObject {
  return status === undefined ? rest : { ...rest, status };
}

export function methodNotAllowed(): StatusProblem {
  const message = "the server does not allow this method on the requested resource";
  return new StatusProblem(405, "MethodNotAllowed", message, {});
}
