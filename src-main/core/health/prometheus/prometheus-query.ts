/** The way to a Prometheus. */
export interface PrometheusQuery {
  /** What a person would call it: `https://prometheus.example`, `monitoring/prometheus-operated:9090`. */
  readonly describe: string;
  /**
   * The answer to an instant query as JSON, whatever it is. Without `atMs` it is evaluated at Prometheus' own present.
   * @throws AppError `health.prometheus-failed`, `request.cancelled`, and `cluster.*` where a cluster is in the way
   */
  query(promql: string, atMs: number | null, signal: AbortSignal): Promise<unknown>;
}
