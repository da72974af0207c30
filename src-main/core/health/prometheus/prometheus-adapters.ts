import type { throughClusterFailure } from "../../clusters/adapters/api-proxy-failure.ts";
import type { proxyRefusal } from "../../clusters/adapters/api-proxy-failure.ts";
import type { ClusterConnection } from "../../clusters/cluster-connection.ts";
import type { LokiTransport } from "../../clusters/loki-transport.ts";
import type { PrometheusQuery } from "./prometheus-query.ts";

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

/** A Prometheus at a URL; `transport` is a direct one to that URL. */
export declare function directPrometheus(transport: LokiTransport): PrometheusQuery;

/** A Prometheus behind a service of the cluster, through the API server's proxy. */
export declare function clusterPrometheus(options: ClusterPrometheusOptions): PrometheusQuery;
