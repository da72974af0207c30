import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { Duplex } from "node:stream";
import { z } from "zod";
import { NS_PER_MS } from "../../../src-shared/model/nano-time.ts";
import type { Clock } from "../../core/common/clock.ts";
import { readBody } from "../http/read-body.ts";
import { HttpProblem, NOT_FOUND_PAGE, type Reply, writeReply } from "../http/reply.ts";
import { type ApiTarget, parseApiPath, proxyTarget } from "./api-path.ts";
import type { Authorizer, KubeUser } from "./authorizer.ts";
import { listReply, patched, readObject, requireValidName, scaleOf } from "./collections.ts";
import { podIsReady, podsOfService, targetPort } from "./endpoint-objects.ts";
import { type KubeObject, listAt, numberAt, textAt } from "./kube-object.ts";
import { knownResource, type LabCluster } from "./lab-cluster.ts";
import type { ComponentBackends } from "./pod-backends.ts";
import { containerOf, parsePodLogOptions, type PodStreams, streamPodLog } from "./pod-logs.ts";
import { PortForwardUpgrade } from "./port-forward-upgrade.ts";
import { discover } from "./resources.ts";
import { readProtobufReview } from "./review-protobuf.ts";
import { proxyRequest, proxyUpgrade, unreachable } from "./reverse-proxy.ts";
import { answerReview } from "./reviews.ts";
import { requestFilter } from "./selectors.ts";
import type { ServerIdentity } from "./self-signed.ts";
import { badRequest, jsonReply, notFound, problemReply, StatusProblem } from "./status.ts";
import { tableOf, wantsTable } from "./tables.ts";
import { streamWatch } from "./watch-stream.ts";

const MAX_BODY_BYTES = 3 * 1024 * 1024;
const PODS = knownResource("", "pods");

export interface KubernetesParts {
  readonly cluster: LabCluster;
  readonly backends: ComponentBackends;
  readonly authorizer: Authorizer;
  readonly podStreams: PodStreams;
  readonly clock: Clock;
  readonly identity: ServerIdentity;
}

type ObjectTarget = Extract<ApiTarget, { kind: "object" }>;

/** The API server: authenticates, authorises, and serves what `LabCluster` holds. */
export class KubernetesServer {
  readonly server: Server;
  private readonly parts: KubernetesParts;
  private readonly forwards = new PortForwardUpgrade();

  constructor(parts: KubernetesParts) {
    this.parts = parts;
    this.server = createServer({ key: parts.identity.key, cert: parts.identity.cert }, (request, response) => {
      this.handle(request, response).catch((error: unknown) => fail(response, error));
    });
    this.server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      try {
        this.upgrade(request, socket, head);
      } catch (error) {
        refuseUpgrade(socket, error);
      }
    });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (["/healthz", "/livez", "/readyz"].includes(url.pathname)) {
      writeReply(response, { status: 200, contentType: "text/plain; charset=utf-8", body: "ok" });
      return;
    }
    const user = this.parts.authorizer.authenticate(request);
    if (url.pathname === "/version") {
      writeReply(response, jsonReply(200, VERSION));
      return;
    }
    const discovery = request.method === "GET" ? discover(url.pathname.replace(/\/$/, "") || "/") : null;
    if (discovery !== null) {
      writeReply(response, jsonReply(200, discovery));
      return;
    }
    const target = parseApiPath(url.pathname);
    if (target === null) {
      writeReply(response, NOT_FOUND_PAGE);
      return;
    }
    this.authorise(user, request.method ?? "GET", target, url.searchParams);
    if (target.kind === "object" && target.subresource === "proxy") {
      const { port, where } = this.proxyBackend(target);
      proxyRequest(request, response, port, `${target.rest || "/"}${url.search}`, where);
      return;
    }
    const reply = await this.answer(request, response, target, url.searchParams, user);
    if (reply !== null) writeReply(response, reply);
  }

  private authorise(user: KubeUser, method: string, target: ApiTarget, query: URLSearchParams): void {
    if (target.kind === "review") return;
    const named = target.kind === "object";
    const reading = named ? "get" : isTrue(query.get("watch")) ? "watch" : "list";
    const verbs: Readonly<Record<string, string>> = {
      GET: reading,
      HEAD: reading,
      POST: "create",
      PUT: "update",
      PATCH: "patch",
      DELETE: "delete",
    };
    this.parts.authorizer.require(user, {
      verb: verbs[method] ?? method.toLowerCase(),
      group: target.resource.group,
      resource: target.resource.plural,
      subresource: named ? target.subresource : "",
      namespace: target.namespace ?? "",
      name: named ? target.name : "",
    });
  }

  private async answer(
    request: IncomingMessage,
    response: ServerResponse,
    target: ApiTarget,
    query: URLSearchParams,
    user: KubeUser,
  ): Promise<Reply | null> {
    const nowMs = this.parts.clock.nowMs();
    if (target.kind === "review") {
      if (request.method !== "POST") throw methodNotAllowed();
      const body = await readReview(request);
      return jsonReply(201, answerReview(target.review.kind, body, user, this.parts.authorizer, nowMs));
    }
    const accept = request.headers.accept ?? "";
    if (target.kind === "object") return this.answerObject(request, response, target, query);
    const { store } = this.parts.cluster;
    const { resource, namespace } = target;
    const method: string = request.method ?? "GET";
    switch (method) {
      case "GET": {
        if (!isTrue(query.get("watch"))) return listReply(store, resource, namespace, query, accept, nowMs);
        const include = query.get("includeObject") ?? "Metadata";
        const table = wantsTable(accept);
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
                    nowMs: this.parts.clock.nowMs(),
                    columns: first,
                  })
                : object,
          },
          store,
          this.parts.clock,
        );
        return null;
      }
      case "POST": {
        const object = readObject(await readJson(request), resource, namespace);
        const name =
          object.metadata.name === ""
            ? `${textAt(object, "metadata.generateName")}${nowMs.toString(36).slice(-5)}`
            : object.metadata.name;
        requireValidName(resource, name);
        const named = { ...object, metadata: { ...object.metadata, name } };
        return jsonReply(201, isDryRun(query) ? named : store.create(resource, named));
      }
      default:
        throw methodNotAllowed();
    }
  }

  private async answerObject(
    request: IncomingMessage,
    response: ServerResponse,
    target: ObjectTarget,
    query: URLSearchParams,
  ): Promise<Reply | null> {
    const { store } = this.parts.cluster;
    const { resource, namespace, name, subresource } = target;
    if (subresource === "log") return this.podLog(response, target, query);
    if (subresource === "scale") return this.scale(request, target, query);
    if (subresource === "portforward") throw badRequest("Upgrade request required");
    if (subresource !== "" && subresource !== "status") throw notFound(resource.plural, resource.group, name);
    const method: string = request.method ?? "GET";
    switch (method) {
      case "GET": {
        const object = store.get(resource, namespace, name);
        if (!wantsTable(request.headers.accept ?? "")) return jsonReply(200, object);
        const listMetadata = { resourceVersion: object.metadata.resourceVersion };
        const include = query.get("includeObject") ?? "Metadata";
        return jsonReply(
          200,
          tableOf([object], {
            kind: resource.kind,
            listMetadata,
            include,
            nowMs: this.parts.clock.nowMs(),
            columns: true,
          }),
        );
      }
      case "PUT": {
        const object = readObject(await readJson(request), resource, namespace);
        if (object.metadata.name !== name)
          throw badRequest("the name of the object does not match the name on the URL");
        return jsonReply(200, isDryRun(query) ? object : store.update(resource, object));
      }
      case "PATCH": {
        const after = patched(
          store.get(resource, namespace, name),
          request.headers["content-type"] ?? "",
          await readJson(request),
          resource,
        );
        return jsonReply(200, isDryRun(query) ? after : store.update(resource, after));
      }
      case "DELETE":
        await readBody(request, MAX_BODY_BYTES);
        if (isDryRun(query)) return jsonReply(200, store.get(resource, namespace, name));
        if (resource === PODS) return jsonReply(200, await this.parts.cluster.deletePod(namespace ?? "", name));
        store.delete(resource, namespace, name);
        return jsonReply(200, {
          kind: "Status",
          apiVersion: "v1",
          metadata: {},
          status: "Success",
          details: { name, kind: resource.plural },
        });
      default:
        throw methodNotAllowed();
    }
  }

  private podLog(response: ServerResponse, { namespace, name }: ObjectTarget, query: URLSearchParams): null {
    const pod = this.parts.cluster.store.get(PODS, namespace, name);
    const container = containerOf(pod, query.get("container"));
    const nowNs = BigInt(Math.floor(this.parts.clock.nowMs())) * NS_PER_MS;
    const stream = this.parts.podStreams(namespace ?? "", name);
    streamPodLog(response, pod, container, stream, parsePodLogOptions(query, nowNs), this.parts.clock);
    return null;
  }

  private async scale(request: IncomingMessage, target: ObjectTarget, query: URLSearchParams): Promise<Reply> {
    const { store } = this.parts.cluster;
    const before = store.get(target.resource, target.namespace, target.name);
    if (request.method === "GET") return jsonReply(200, scaleOf(before));
    const wanted = z
      .object({ spec: z.object({ replicas: z.number().int().min(0) }) })
      .safeParse(await readJson(request));
    if (!wanted.success) throw badRequest("spec.replicas is required");
    const after = { ...before, spec: { ...before.spec, replicas: wanted.data.spec.replicas } };
    return jsonReply(200, scaleOf(isDryRun(query) ? after : store.update(target.resource, after)));
  }

  /** The port on loopback behind `services/{name}/proxy` or `pods/{name}/proxy`. */
  private proxyBackend(target: ObjectTarget): { readonly port: number; readonly where: string } {
    const { store } = this.parts.cluster;
    const wanted = proxyTarget(target.name);
    if (target.resource === PODS) {
      const pod = store.get(PODS, target.namespace, wanted.name);
      const containerPort = wanted.port === "" ? firstPort(pod) : namedPort(pod, wanted.port);
      return this.backendOf(pod, containerPort);
    }
    const service = store.get(knownResource("", "services"), target.namespace, wanted.name);
    const ports = listAt(service, "spec.ports");
    const port =
      wanted.port === ""
        ? ports[0]
        : ports.find((each) => textAt(each, "name") === wanted.port || textAt(each, "port") === wanted.port);
    const ready = podsOfService(service, store.list(PODS, target.namespace)).filter(podIsReady);
    const pod = ready[Math.floor(Math.random() * ready.length)];
    if (port === undefined || pod === undefined) {
      throw new StatusProblem(503, "ServiceUnavailable", `no endpoints available for service "${target.name}"`);
    }
    return this.backendOf(pod, targetPort(port, pod));
  }

  private backendOf(pod: KubeObject, containerPort: number): { readonly port: number; readonly where: string } {
    const where = `${textAt(pod, "status.podIP")}:${containerPort}`;
    const port = this.parts.backends.portOf(pod.metadata.uid ?? "", containerPort);
    if (port === null) throw unreachable(where, "connect: connection refused");
    return { port, where };
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? "/", "http://localhost");
    const user = this.parts.authorizer.authenticate(request);
    const target = parseApiPath(url.pathname);
    if (target === null || target.kind !== "object") throw new HttpProblem(404, "404 page not found\n");
    if (target.subresource === "proxy") {
      this.authorise(user, "GET", target, url.searchParams);
      const { port, where } = this.proxyBackend(target);
      proxyUpgrade(request, socket, head, port, `${target.rest || "/"}${url.search}`, where);
      return;
    }
    if (target.resource !== PODS || target.subresource !== "portforward")
      throw badRequest("unable to upgrade this request");
    this.authorise(user, "POST", target, url.searchParams);
    const pod = this.parts.cluster.store.get(PODS, target.namespace, target.name);
    this.forwards.upgrade(request, socket, head, url.searchParams, (containerPort) =>
      this.parts.backends.portOf(pod.metadata.uid ?? "", containerPort),
    );
  }
}

const VERSION = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.0",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2026-04-22T00:00:00Z",
  goVersion: "go1.26.2",
  compiler: "gc",
  platform: "linux/amd64",
};

function firstPort(pod: KubeObject): number {
  return numberAt(listAt(listAt(pod, "spec.containers")[0], "ports")[0], "containerPort") || 80;
}

function namedPort(pod: KubeObject, port: string): number {
  return /^\d+$/.test(port) ? Number(port) : targetPort({ targetPort: port }, pod);
}

function isTrue(value: string | null): boolean {
  return value === "true" || value === "1";
}

function isDryRun(query: URLSearchParams): boolean {
  return query.get("dryRun") === "All";
}

function methodNotAllowed(): StatusProblem {
  return new StatusProblem(
    405,
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
    {},
  );
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request, MAX_BODY_BYTES);
  try {
    return JSON.parse(body.toString());
  } catch {
    throw badRequest("the object provided is unrecognized (must be of JSON)");
  }
}

async function readReview(request: IncomingMessage): Promise<unknown> {
  if (request.headers["content-type"] !== "application/vnd.kubernetes.protobuf") return readJson(request);
  const review = readProtobufReview(await readBody(request, MAX_BODY_BYTES));
  if (review === null) throw badRequest("the object provided is unrecognized (must be a review)");
  return review;
}

function replyFor(error: unknown): Reply | null {
  if (error instanceof StatusProblem) return problemReply(error);
  if (error instanceof HttpProblem) return error.reply;
  return null;
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const reply = replyFor(error);
  if (reply === null) {
    writeReply(
      response,
      problemReply(new StatusProblem(500, "InternalError", `Internal error occurred: ${String(error)}`)),
    );
    return;
  }
  writeReply(response, reply);
}

function refuseUpgrade(socket: Duplex, error: unknown): void {
  const reply = replyFor(error) ?? problemReply(new StatusProblem(500, "InternalError", "Internal error occurred"));
  const body = reply.body.toString();
  socket.end(
    `HTTP/1.1 ${reply.status} Refused\r\nContent-Type: ${reply.contentType ?? "text/plain"}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
