import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { Duplex } from "node:stream";
import { HttpProblem, NOT_FOUND_PAGE, type Reply, writeReply } from "../http/reply.ts";
import { type ApiTarget, parseApiPath, proxyTarget } from "./api-path.ts";
import type { Authorizer, KubeUser } from "./authorizer.ts";
import { podIsReady, podsOfService, targetPort } from "./endpoint-objects.ts";
import { type KubeObject, listAt, numberAt, textAt } from "./kube-object.ts";
import { methodNotAllowed, ObjectApi, type ObjectApiParts, type ObjectTarget } from "./object-api.ts";
import { openApi } from "./openapi.ts";
import type { ComponentBackends } from "./pod-backends.ts";
import { PortForwardUpgrade } from "./port-forward-upgrade.ts";
import { isTrue, readReview } from "./request-body.ts";
import { discover, knownResource } from "./resources.ts";
import { proxyRequest, proxyUpgrade, unreachable } from "./reverse-proxy.ts";
import { answerReview } from "./reviews.ts";
import type { ServerIdentity } from "./self-signed.ts";
import { badRequest, jsonReply, problemReply, StatusProblem } from "./status.ts";

const PODS = knownResource("", "pods");

export interface KubernetesParts extends ObjectApiParts {
  readonly backends: ComponentBackends;
  readonly authorizer: Authorizer;
  readonly identity: ServerIdentity;
}

/** The API server: authenticates, authorises, and serves what `LabCluster` holds. */
export class KubernetesServer {
  readonly server: Server;
  private readonly parts: KubernetesParts;
  private readonly objects: ObjectApi;
  private readonly forwards = new PortForwardUpgrade();

  constructor(parts: KubernetesParts) {
    this.parts = parts;
    this.objects = new ObjectApi(parts);
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
    const page = url.pathname.replace(/\/$/, "") || "/";
    const discovery = request.method === "GET" ? (discover(page) ?? openApi(page)) : null;
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
    switch (target.kind) {
      case "review": {
        if (request.method !== "POST") throw methodNotAllowed();
        const body = await readReview(request);
        const { authorizer, clock } = this.parts;
        return jsonReply(201, answerReview(target.review.kind, body, user, authorizer, clock.nowMs()));
      }
      case "collection":
        return this.objects.collection(request, response, target, query);
      case "object":
        return this.objects.object(request, response, target, query);
    }
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
