import { createServer, type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { LokiTarget, PodIdentity } from "../cluster/components.ts";
import { listenOnLoopback, type Listening } from "../http/listen.ts";
import { readBody } from "../http/read-body.ts";
import {
  BAD_GATEWAY_PAGE,
  emptyReply,
  errorReply,
  HttpProblem,
  NOT_FOUND_PAGE,
  type Reply,
  writeReply,
} from "../http/reply.ts";
import { formatLogQl } from "../../../src-shared/logql/formatter.ts";
import {
  buildinfoReply,
  clusterRingReply,
  configReply,
  formatQueryReply,
  memberlistReply,
  readyReply,
  ringMembers,
  servicesReply,
} from "./admin-handlers.ts";
import { flushReply, forgetMember, prepareShutdownReply, shutdownReply } from "./acting-pages.ts";
import { ComponentServer } from "./component-server.ts";
import { deletesReply, generationReply, uiDeletesReply } from "./delete-handlers.ts";
import { drilldownLimitsJson, limitsYaml } from "./limits-page.ts";
import { type DeleteRoute, findRoute, type PageRoute, type QueryRoute } from "./loki-routes.ts";
import { type LokiProcess, LokiProcesses, type LokiServerContext } from "./loki-processes.ts";
import { metricsText, podMetricsText, requestLabels } from "./metrics-page.ts";
import { decodeBody, parseLegacyPush, parsePushJson } from "./push-body.ts";
import { parseSelector } from "./parse-query.ts";
import { RequestForm } from "./request-form.ts";
import { TailServer } from "./tail-server.ts";
import { ingestionRateExceeded } from "./push-validation.ts";
import { requireTenant } from "./tenant-header.ts";
import { TokenBucket } from "./token-bucket.ts";

const MAX_FORM_BYTES = 10 * 1024 * 1024;
const MAX_PUSH_BYTES = 100 * 1024 * 1024;
const SLOW_MS = 8_000;
const TIMED_OUT =
  "request timed out, decrease the duration of the request or add more label matchers (prefer exact match over regex match) to reduce the amount of data processed";
/** What `rate-limit` lets through. */
const RATE_PER_SECOND = 1;
const RATE_BURST = 2;

/** The lab's Loki: one set of data, answered by as many servers as there are components. */
export class LokiServer {
  private readonly context: LokiServerContext;
  private readonly processes: LokiProcesses;
  private readonly tails: TailServer;
  private readonly startedMs: number;
  private readonly bucket: TokenBucket;
  private requests = 0;

  constructor(context: LokiServerContext) {
    this.context = context;
    this.processes = new LokiProcesses(context);
    this.tails = new TailServer(context);
    this.startedMs = context.clock.nowMs();
    this.bucket = new TokenBucket(context.clock);
  }

  /** A server that answers as one component does, on loopback. */
  start(target: LokiTarget, port: number): Promise<Listening> {
    return this.serve(new ComponentServer(target, null), port);
  }

  /** A server that answers as one pod does, whose process begins now if it does not run yet. */
  async startPod(identity: PodIdentity): Promise<Listening> {
    const { simulation, clock } = this.context;
    const listening = await this.serve(new ComponentServer(identity.target, identity.name), 0);
    simulation.start(identity, clock.nowMs());
    return listening;
  }

  private serve(component: ComponentServer, port: number): Promise<Listening> {
    const server = createServer((request, response) => {
      const began = performance.now();
      const url = new URL(request.url ?? "/", "http://localhost");
      if (!this.alive(component)) {
        // A killed process has no port; what is left of its connections is cut.
        request.socket.destroy();
        return;
      }
      this.held(component)
        .then(() => this.answer(component, request, url))
        .catch((error: unknown) => errorFor(error))
        .then((reply) => {
          this.count(
            component,
            request.method ?? "GET",
            url.pathname,
            reply.status,
            (performance.now() - began) / 1_000,
          );
          writeReply(response, reply);
        })
        .catch(() => response.destroy());
    });
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.upgrade(component, request, socket, head),
    );
    return listenOnLoopback(server, port);
  }

  close(): void {
    this.tails.close();
  }

  private alive({ pod, target }: ComponentServer): boolean {
    const { simulation, clock } = this.context;
    return pod === null || target === "gateway" || simulation.answers(pod, clock.nowMs());
  }

  /** Waits as a process does that is not given its CPU. */
  private async held({ pod }: ComponentServer): Promise<void> {
    const { simulation, clock } = this.context;
    const delayMs = pod === null ? 0 : simulation.answerDelayMs(pod, clock.nowMs());
    if (delayMs > 0) await clock.sleep(delayMs);
  }

  private count(
    { pod, requests }: ComponentServer,
    method: string,
    path: string,
    status: number,
    seconds: number,
  ): void {
    if (pod === null) requests.record(method, path, status, seconds);
    else this.context.simulation.recordRequest(pod, requestLabels(method, path, status), seconds);
  }

  private upgrade(component: ComponentServer, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? "/", "http://localhost");
    try {
      const route = findRoute(component.target, "GET", url.pathname);
      if (route === "not-found" || route === "wrong-method" || route.kind !== "tail")
        throw new HttpProblem(404, "404 page not found\n");
      this.tails.upgrade(request, socket, head, url, this.processes.answering(component, "querier").limits);
    } catch (error) {
      const reply = errorFor(error);
      const body = reply.body.toString();
      const status = `${reply.status} ${STATUS_CODES[reply.status] ?? ""}`.trim();
      socket.end(
        `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    }
  }

  private async answer(component: ComponentServer, request: IncomingMessage, url: URL): Promise<Reply> {
    const method = request.method ?? "GET";
    this.context.acting.record(method, url.pathname, component.pod);
    const route = findRoute(component.target, method, url.pathname);
    if (route === "not-found") return NOT_FOUND_PAGE;
    if (route === "wrong-method") return emptyReply(405);
    if (route.part === "page" && route.kind === "ring" && method === "POST") {
      const members = ringMembers(route.ring, this.context.simulation, this.context.clock.nowMs(), this.startedMs);
      return forgetMember(
        this.context,
        route.ring,
        members.map(({ id }) => id),
        await readForm(request, url),
      );
    }
    if (route.part === "page" && route.kind === "shutdown") return shutdownReply(this.context, component, url);
    if (route.part === "delete") return this.deletes(component, route, request, url);
    if (route.part === "page") return this.page(component, route, request, url);
    if (route.kind === "push" || route.kind === "legacy-push") {
      return this.push(this.processes.answering(component, "distributor"), request, route.kind === "legacy-push");
    }
    const form = await readForm(request, url);
    if (route.part === "form")
      return route.kind === "log-level"
        ? component.logLevel.reply(method, form)
        : formatQueryReply(form.get("query"), formatLogQl);
    const tenant = requireTenant(request, "query");
    const { limits, queries } = this.processes.answering(component, "query-frontend");
    const faulty = await this.playFaults(route, Number(limits.of(tenant).query_timeout / 1_000_000n));
    if (faulty !== null) return faulty;
    return queries.answer(route, tenant, form, request.headers);
  }

  private page(
    component: ComponentServer,
    route: Exclude<PageRoute, { kind: "shutdown" }>,
    request: IncomingMessage,
    url: URL,
  ): Reply {
    const { target } = component;
    const nowMs = this.context.clock.nowMs();
    const acceptsJson = (request.headers.accept ?? "").includes("application/json");
    switch (route.kind) {
      case "ready":
        return readyReply(this.notReady(component, nowMs));
      case "services":
        return servicesReply(target, this.notReady(component, nowMs));
      case "metrics":
        return metricsReply(
          request,
          component.pod === null
            ? metricsText({
                target,
                store: this.context.store,
                requests: component.requests,
                startedMs: this.startedMs,
                activeTails: this.tails.active,
              })
            : podMetricsText(this.context.simulation.families(component.pod, nowMs), target, {
                activeTails: this.tails.active,
                deletes: this.context.deletes.counts(),
              }),
        );
      case "config":
        return configReply(target, url.searchParams.get("mode") ?? "");
      case "tenant-limits":
        return {
          status: 200,
          contentType: "text/plain; charset=utf-8",
          body: limitsYaml(this.processes.of(component.pod).limits.of(requireTenant(request, "tail"))),
        };
      case "drilldown-limits":
        return {
          status: 200,
          contentType: "application/json",
          body: drilldownLimitsJson(this.processes.of(component.pod).limits.of(requireTenant(request, "tail"))),
        };
      case "buildinfo":
        return buildinfoReply();
      case "memberlist":
        return memberlistReply(this.context.simulation, acceptsJson, nowMs);
      case "ring": {
        const members = ringMembers(route.ring, this.context.simulation, nowMs, this.startedMs);
        return clusterRingReply(route.ring, members, acceptsJson, nowMs);
      }
      case "gateway-root":
        return { status: 200, contentType: "text/plain", body: "OK" };
      case "flush":
        return flushReply(this.context, component);
      case "prepare-shutdown":
        return prepareShutdownReply(this.context, component, request.method ?? "GET");
      case "tail":
        this.tails.read(request, url);
        return {
          ...errorReply(400, "Bad Request\n"),
          headers: { "X-Content-Type-Options": "nosniff", "Sec-Websocket-Version": "13" },
        };
    }
  }

  private notReady({ pod }: ComponentServer, nowMs: number): string | null {
    return pod === null ? null : this.context.simulation.notReady(pod, nowMs);
  }

  private deletes({ pod }: ComponentServer, { kind }: DeleteRoute, request: IncomingMessage, url: URL): Reply {
    const { deletes, clock, simulation } = this.context;
    const nowMs = clock.nowMs();
    // The gateway passes these on to the compactor, when there is one.
    if (pod === null && !simulation.runs("compactor", nowMs)) return BAD_GATEWAY_PAGE;
    if (kind === "ui-deletes") return uiDeletesReply(deletes, url.searchParams.get("status") ?? "");
    const tenant = requireTenant(request, "tail");
    if (this.processes.of(pod).limits.of(tenant).deletion_mode === "disabled")
      return errorReply(403, "deletion is not available for this tenant\n");
    if (kind === "generation") return generationReply(deletes, tenant);
    return deletesReply(deletes, request.method ?? "GET", tenant, url.searchParams, nowMs);
  }

  private async push({ pushes, limits }: LokiProcess, request: IncomingMessage, legacy: boolean): Promise<Reply> {
    const tenant = requireTenant(request, "push");
    if (this.context.faults.has("rate-limit")) {
      const rate = Math.floor(limits.of(tenant).ingestion_rate_mb * 2 ** 20);
      return errorReply(429, `${ingestionRateExceeded(tenant, rate, 1, rate + 1)}\n`);
    }
    const { simulation, clock } = this.context;
    const zones = simulation.livingZones(clock.nowMs());
    // Three replicas in three zones bear the loss of one.
    if (zones < 2) {
      const lost = simulation.lostIngesters(clock.nowMs());
      return errorReply(
        500,
        `at least 2 live replicas required across different availability zones, could only find ${zones} - unhealthy instances: ${lost.join(",")}\n`,
      );
    }
    const body = await readBody(request, MAX_PUSH_BYTES);
    const encoding = request.headers["content-encoding"] ?? "";
    const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim();
    // Anything that is not JSON is a snappy block of protobuf to Loki. The lab has no snappy: it refuses them all.
    if (type !== "application/json") return errorReply(400, "snappy: corrupt input\n");
    const decoded = decodeBody(body, encoding);
    const streams = legacy ? parseLegacyPush(decoded, legacyLabels) : parsePushJson(decoded);
    return pushes.push(tenant, streams);
  }

  /** Faults that stand before an answer: slowness, 429 for who asks too often, two of three requests failing, one as HTML. */
  private async playFaults(route: QueryRoute, timeoutMs: number): Promise<Reply | null> {
    const { faults, clock } = this.context;
    this.requests += 1;
    if (faults.has("slow-queries") && (route.kind === "query-range" || route.kind === "query")) {
      await clock.sleep(timeoutMs > 0 ? Math.min(SLOW_MS, timeoutMs) : SLOW_MS);
      if (timeoutMs > 0 && timeoutMs < SLOW_MS) return errorReply(504, TIMED_OUT);
    }
    if (faults.has("rate-limit") && !this.bucket.take(1, RATE_PER_SECOND, RATE_BURST)) {
      return errorReply(429, "too many outstanding requests");
    }
    if (!faults.has("server-errors") || this.requests % 3 === 0) return null;
    return this.requests % 3 === 1
      ? errorReply(500, "rpc error: code = Unavailable desc = error reading from server: EOF")
      : BAD_GATEWAY_PAGE;
  }
}

/** `{app="x"}` of a legacy push: equality matchers only. */
function legacyLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const { name, value } of parseSelector(text).selector.matchers) labels[name] = value;
  return labels;
}

async function readForm(request: IncomingMessage, url: URL): Promise<RequestForm> {
  if (request.method !== "POST") return new RequestForm(url.searchParams, new URLSearchParams());
  const body = await readBody(request, MAX_FORM_BYTES);
  return new RequestForm(url.searchParams, new URLSearchParams(body.toString()));
}

function metricsReply(request: IncomingMessage, text: string): Reply {
  const open = (request.headers.accept ?? "").includes("application/openmetrics-text");
  const contentType = open
    ? "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
    : "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
  return { status: 200, contentType, body: open ? `${text}# EOF\n` : text };
}

/** Loki's answer to an error of ours: known problems in their words, all else 500 without details. */
function errorFor(error: unknown): Reply {
  if (error instanceof HttpProblem) return error.reply;
  return errorReply(500, `lab: ${error instanceof Error ? error.message : "unknown error"}`);
}
