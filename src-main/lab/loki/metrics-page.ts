import type { LokiTarget } from "../cluster/components.ts";
import type { MetricName } from "../metrics/metric-families.ts";
import { expositionText, type Labels } from "../metrics/series-registry.ts";
import type { LogStore } from "../store/tenant-store.ts";
import type { DeleteCounts } from "./delete-requests.ts";

/** Labels of a request in `loki_request_duration_seconds`. */
export function requestLabels(method: string, path: string, status: number): Labels & { readonly route: string } {
  // Loki names a route by its path; values of label names would be one series each, so they are left out.
  const route =
    path
      .replace(/^\//, "")
      .replace(/\/label\/[^/]+\//, "/label/name/")
      .replace(/[^a-zA-Z0-9]+/g, "_") || "other";
  return { method, route, status_code: String(status), ws: "false" };
}

/** What a pod's metrics tell of things that really happen in the lab. */
export interface LivingCounts {
  readonly activeTails: number;
  readonly deletes: DeleteCounts;
}

/** `/metrics` of a pod: what the simulation says, and the tails and delete requests that there really are. */
export function podMetricsText(
  families: ReadonlyMap<MetricName, readonly string[]>,
  target: LokiTarget,
  { activeTails, deletes }: LivingCounts,
): string {
  const living = new Map<MetricName, readonly string[]>();
  if (target === "querier") living.set("loki_querier_tail_active", [`loki_querier_tail_active ${activeTails}`]);
  if (target === "compactor") {
    const gauge = (name: MetricName, value: number) => living.set(name, [`${name} ${value}`]);
    const byUser = (name: MetricName, counts: ReadonlyMap<string, number>) =>
      living.set(
        name,
        [...counts].map(([user, count]) => `${name}{user="${user}"} ${count}`),
      );
    gauge("loki_compactor_pending_delete_requests_count", deletes.pending);
    gauge("loki_compactor_oldest_pending_delete_request_age_seconds", deletes.oldestPendingSeconds);
    byUser("loki_compactor_delete_requests_received_total", deletes.received);
    byUser("loki_compactor_delete_requests_processed_total", deletes.processed);
  }
  return expositionText(families, living);
}

/** Counts requests of one server by route and status, for its own metrics. */
export class RequestCounter {
  private readonly counts = new Map<string, { readonly labels: string; count: number; seconds: number }>();

  record(method: string, path: string, status: number, seconds: number): void {
    const { route } = requestLabels(method, path, status);
    const labels = `method="${method}",route="${route}",status_code="${status}",ws="false"`;
    const known = this.counts.get(labels) ?? { labels, count: 0, seconds: 0 };
    known.count += 1;
    known.seconds += seconds;
    this.counts.set(labels, known);
  }

  lines(): string[] {
    return [...this.counts.values()].flatMap(({ labels, count, seconds }) => [
      `loki_request_duration_seconds_bucket{${labels},le="+Inf"} ${count}`,
      `loki_request_duration_seconds_sum{${labels}} ${seconds}`,
      `loki_request_duration_seconds_count{${labels}} ${count}`,
    ]);
  }
}

export interface MetricsInput {
  readonly target: LokiTarget;
  readonly store: LogStore;
  readonly requests: RequestCounter;
  readonly startedMs: number;
  readonly activeTails: number;
}

/** `/metrics` of the lab's own Loki: what it really knows of itself. The rest of Loki's families are not there. */
export function metricsText(input: MetricsInput): string {
  const { target, store } = input;
  const is = (...targets: readonly LokiTarget[]) => target === "all" || targets.includes(target);
  const lines = [
    ...family(
      "loki_build_info",
      "gauge",
      "A metric with a constant '1' value labeled by version, revision, branch, goversion from which loki was built.",
      [
        'loki_build_info{branch="",goarch="amd64",goos="linux",goversion="go1.26.10",revision="",tags="unknown",version=""} 1',
      ],
    ),
    ...family("process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.", [
      `process_start_time_seconds ${input.startedMs / 1_000}`,
    ]),
    ...family(
      "loki_request_duration_seconds",
      "histogram",
      "Time (in seconds) spent serving HTTP requests.",
      input.requests.lines(),
    ),
    ...family(
      "loki_runtime_config_last_reload_successful",
      "gauge",
      "Whether the last runtime-config reload attempt was successful.",
      ['loki_runtime_config_last_reload_successful{config="loki"} 1'],
    ),
  ];
  if (is("distributor", "ingester", "querier", "ruler")) {
    const states = { ACTIVE: 3, JOINING: 0, LEAVING: 0, PENDING: 0, Unhealthy: 0 };
    lines.push(
      ...family(
        "loki_ring_members",
        "gauge",
        "Number of members in the ring",
        Object.entries(states).map(([state, count]) => `loki_ring_members{name="ingester",state="${state}"} ${count}`),
      ),
    );
  }
  if (is("ingester")) {
    const streams = store
      .names()
      .map((tenant) => `loki_ingester_memory_streams{tenant="${tenant}"} ${store.peek(tenant)?.streams().length ?? 0}`);
    lines.push(
      ...family("loki_ingester_memory_streams", "gauge", "The total number of streams in memory per tenant.", streams),
    );
  }
  if (is("querier")) {
    lines.push(
      ...family("loki_querier_tail_active", "gauge", "Number of active tailers", [
        `loki_querier_tail_active ${input.activeTails}`,
      ]),
    );
  }
  return `${lines.join("\n")}\n`;
}

function family(name: string, type: string, help: string, samples: readonly string[]): string[] {
  return samples.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples];
}
