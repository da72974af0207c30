import type { proxyRefusal, throughClusterFailure } from "../../clusters/adapters/api-proxy-failure.ts";
import type { ClusterConnection } from "../../clusters/cluster-connection.ts";
import type { LokiTransport } from "../../clusters/loki-transport.ts";
import { targetAnswer } from "../scraping/target-answer.ts";
import { prometheusFailure, prometheusJson } from "./prometheus-answer.ts";
import type { PrometheusQuery } from "./prometheus-query.ts";

const PATH = "/api/v1/query";
/** Between two pieces of an answer, and until the first. */
const TIMEOUT_MS = 15_000;
const MAX_BYTES = 64 * 2 ** 20;
const MAX_ERROR_BYTES = 2 ** 20;

/** A Prometheus at a URL; `transport` is a direct one to that URL, whatever it is called. */
export function directPrometheus(transport: LokiTransport): PrometheusQuery {
  return {
    describe: transport.describe("admin"),
    async query(promql, atMs, signal) {
      try {
        const answer = await transport.request({
          role: "admin",
          method: "POST",
          path: PATH,
          headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
          body: form(promql, atMs).toString(),
          signal,
          timeoutMs: TIMEOUT_MS,
        });
        return prometheusJson(await targetAnswer(answer, answer.status === 200 ? MAX_BYTES : MAX_ERROR_BYTES));
      } catch (error) {
        throw prometheusFailure(error);
      }
    },
  };
}

export interface ClusterPrometheusOptions {
  readonly connection: ClusterConnection;
  readonly namespace: string;
  readonly service: string;
  /** A number or a port's name. */
  readonly port: string;
  /** How failures on this way are worded: those of the transport through the API server's proxy. */
  readonly refusal: typeof proxyRefusal;
  readonly failure: typeof throughClusterFailure;
}

/**
 * A Prometheus behind a service of the cluster, through the API server's proxy. Asked by GET: the right to `get`
 * services/proxy is often given where that to `create` (a POST) is not.
 */
export function clusterPrometheus(options: ClusterPrometheusOptions): PrometheusQuery {
  const { connection, namespace, service, port, refusal, failure } = options;
  const way = `services/http:${encodeURIComponent(service)}:${encodeURIComponent(port)}`;
  const root = `/api/v1/namespaces/${encodeURIComponent(namespace)}/${way}/proxy`;
  const route = { kind: "service", namespace, service, port, component: null } as const;
  return {
    describe: `${namespace}/${service}:${port}`,
    async query(promql, atMs, signal) {
      try {
        const answer = await connection.send({
          method: "GET",
          path: `${root}${PATH}?${form(promql, atMs).toString()}`,
          headers: { accept: "application/json", "accept-encoding": "gzip" },
          signal,
          timeoutMs: TIMEOUT_MS,
          mapFailure: (error) => failure(error, connection.host),
        });
        const said = await targetAnswer(answer, answer.status === 200 ? MAX_BYTES : MAX_ERROR_BYTES);
        const refused = said.status < 400 ? null : refusal(said.status, said.body, "GET", route, connection.host);
        if (refused !== null) throw refused;
        return prometheusJson(said);
      } catch (error) {
        throw prometheusFailure(error);
      }
    },
  };
}

function form(promql: string, atMs: number | null): URLSearchParams {
  const query = new URLSearchParams({ query: promql });
  if (atMs !== null) query.set("time", (atMs / 1_000).toFixed(3));
  return query;
}
