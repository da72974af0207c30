import type { Expr } from "../../../src-shared/logql/ast.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";
import { lokiComponents, type LokiTarget, type PodIdentity, TARGET_SERVICES } from "../cluster/components.ts";
import { goJson } from "../format/go-json.ts";
import { errorReply, type Reply, textReply } from "../http/reply.ts";
import { configYaml } from "./config-page.ts";
import type { ClusterSimulation } from "../metrics/cluster-simulation.ts";
import type { RequestForm } from "./request-form.ts";
import { type RingMember, ringReply } from "./ring.ts";

/** Loki's ready page, which says `nosniff` even when all is well; 503 with the reason where there is one. */
export function readyReply(problem: string | null): Reply {
  return problem === null ? errorReply(200, "ready\n") : errorReply(503, `${problem}\n`);
}

/** `/services`: every module runs, unless `/ready` counts states of which that is not so; the target's own comes first then. */
export function servicesReply(target: LokiTarget, notReady: string | null): Reply {
  const modules = target === "gateway" ? [] : TARGET_SERVICES[target];
  const counted = [...(notReady ?? "").matchAll(/^([A-Z][a-z]+): (\d+)$/gm)];
  const states = counted.flatMap(([, state = "", count]) => Array.from({ length: Number(count) }, () => state));
  const ordered = modules.toSorted((a, b) => Number(b === target) - Number(a === target));
  const stateOf = new Map(ordered.map((name, index) => [name, states[index] ?? "Running"]));
  return textReply(modules.map((name) => `${name} => ${stateOf.get(name) ?? "Running"}\n`).join(""));
}

/** `/config`; the diff mode fails in this version of Loki, and so it does here. */
export function configReply(target: LokiTarget, mode: string): Reply {
  if (mode === "diff") return errorReply(500, "unsupported type <nil>\n");
  return textReply(mode === "defaults" ? configYaml("all", true) : configYaml(target));
}

export function buildinfoReply(): Reply {
  const body = goJson({
    version: "3.7.6",
    revision: "5003600d7c",
    branch: "HEAD",
    buildUser: "",
    buildDate: "2026-08-05T00:00:00Z",
    goVersion: "go1.26.10",
  });
  return { status: 200, contentType: "application/json", body: `${body}\n` };
}

const LEVELS = ["debug", "info", "warn", "error"];

/** The log level of one process. */
export class LogLevel {
  private level = "info";

  reply(method: string, form: RequestForm): Reply {
    const contentType = "application/json; charset=utf-8";
    if (method !== "POST")
      return { status: 200, contentType, body: `${goJson({ message: `Current log level is ${this.level}` })}\n` };
    const wanted = form.get("log_level");
    if (!LEVELS.includes(wanted)) {
      return {
        status: 400,
        contentType,
        body: `${goJson({ status: "failed", message: `unrecognized log level "${wanted}"` })}\n`,
      };
    }
    this.level = wanted;
    return {
      status: 200,
      contentType,
      body: `${goJson({ status: "success", message: `Log level set to ${wanted}` })}\n`,
    };
  }
}

/** `format_query`; `print` breaks lines as Loki does. */
export function formatQueryReply(query: string, print: (expr: Expr) => string): Reply {
  const contentType = "application/json; charset=utf-8";
  const parsed = parseLogQl(query);
  if (!parsed.ok)
    return { status: 400, contentType, body: `${goJson({ status: "invalid-query", error: parsed.error.text })}\n` };
  return { status: 200, contentType, body: `${goJson({ status: "success", data: print(parsed.expr) })}\n` };
}

/** Which component is in a ring other than the ingesters'. */
const OTHER_RINGS: Readonly<Record<string, PodIdentity["target"]>> = {
  compactor: "compactor",
  distributor: "distributor",
  "index-gateway": "index-gateway",
  ruler: "ruler",
  scheduler: "query-scheduler",
};

/** Components that take part in memberlist. */
const GOSSIPS: ReadonlySet<string> = new Set(
  lokiComponents().flatMap(({ target, memberlist }) => (memberlist ? [target] : [])),
);

/** The members of one of the rings, with the addresses of the cluster's pods; the ingesters' as the simulation has it. */
export function ringMembers(
  ring: string,
  simulation: ClusterSimulation,
  nowMs: number,
  startedMs: number,
): readonly RingMember[] {
  if (ring === "ingester") return simulation.ring(nowMs);
  const target = OTHER_RINGS[ring];
  const pods = target === undefined ? [] : simulation.podsOf(target);
  return pods
    .filter(({ name }) => simulation.answers(name, nowMs))
    .map(({ name, address }) => ({ id: name, address, zone: "", registeredMs: startedMs - 86_400_000 }));
}

export function clusterRingReply(
  ring: string,
  members: readonly RingMember[],
  acceptsJson: boolean,
  nowMs: number,
): Reply {
  return ringReply({ members, tokensEach: ring === "ingester" ? 128 : 1 }, acceptsJson, nowMs);
}

/** `/memberlist`: everybody alive, under Go's field names. */
export function memberlistReply(simulation: ClusterSimulation, acceptsJson: boolean, nowMs: number): Reply {
  const members = simulation
    .pods()
    .filter(({ name, target }) => GOSSIPS.has(target) && simulation.answers(name, nowMs))
    .map(({ name, address }) => ({
      Name: name,
      Addr: address.slice(0, address.lastIndexOf(":")),
      Port: 7946,
      Meta: null,
      State: 0,
      PMin: 1,
      PMax: 5,
      PCur: 5,
      DMin: 0,
      DMax: 0,
      DCur: 0,
    }));
  if (acceptsJson) {
    const body = {
      Now: new Date(nowMs).toISOString(),
      Memberlist: {},
      SortedMembers: members,
      Store: {},
      StoreSizes: {},
      TotalStoreSize: 0,
      MessageHistoryBufferBytes: 0,
      SentMessages: [],
      ReceivedMessages: [],
      ZoneAwareRouting: false,
    };
    return { status: 200, contentType: "application/json", body: `${goJson(body)}\n` };
  }
  const rows = members.map(({ Name, Addr }) => `<tr><td>${Name}</td><td>${Addr}:7946</td><td>alive</td></tr>`);
  return {
    status: 200,
    contentType: "text/html",
    body: `<!DOCTYPE html>\n<html>\n<head><title>Memberlist Status</title></head>\n<body>\n<h1>Memberlist Status</h1>\n<table>${rows.join("")}</table>\n</body>\n</html>`,
  };
}
