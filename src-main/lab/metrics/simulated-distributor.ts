import { LAB_LOAD, type Troubles } from "./lab-load.ts";
import { SimulatedPod } from "./simulated-pod.ts";

/** What a distributor sees of one ingester. */
export interface AppendTarget {
  readonly address: string;
  readonly alive: boolean;
  readonly jitter: boolean;
  /** Whether the ring still lets pushes go to it. */
  readonly inRing: boolean;
}

const APPENDS_PER_SECOND = 7;
const TIMEOUTS_PER_SECOND = 4.25;
const ERRORS_PER_SECOND = 4.5;
const STORM_LINES_PER_SECOND = 750;

/** A distributor: what tenants send through it, and how its appends to each ingester end. */
export class SimulatedDistributor extends SimulatedPod {
  tick(second: number, troubles: Troubles, ingesters: readonly AppendTarget[], mates: number, members: number): void {
    const { series } = this;
    this.tickProcess(second, 0.06, 96, 130e6);
    this.tickMemberlist(members);
    for (const load of LAB_LOAD) this.#tickTenant(second, load, mates, troubles.storms.has(load.tenant));
    const pushes = APPENDS_PER_SECOND * (1 + 0.05 * this.noise("push", second)) * (troubles.storms.size > 0 ? 0.86 : 1);
    const route = { method: "POST", route: "loki_api_v1_push", ws: "false" };
    const anyJitter = ingesters.some(({ jitter, alive }) => jitter && alive);
    const mean = 0.0055 * (1 + 0.1 * this.noise("push-mean", second));
    series.observe("loki_request_duration_seconds", pushes, mean, { ...route, status_code: "204" });
    if (troubles.storms.size > 0) {
      series.observe("loki_request_duration_seconds", troubles.storms.size, 0.001, { ...route, status_code: "429" });
    }
    series.set("loki_inflight_requests", this.noise("in-flight", second) > 0.7 ? 1 : 0, {
      method: "POST",
      route: "loki_api_v1_push",
    });
    series.set("loki_distributor_inflight_bytes", this.noise("bytes", second) > 0.7 ? 14_000 : 0);
    series.set("loki_distributor_replication_factor", 3);
    series.set("loki_distributor_ingester_clients", ingesters.filter(({ inRing }) => inRing).length * 2);
    series.set(
      "loki_rate_store_streams",
      LAB_LOAD.reduce((sum, { streams }) => sum + streams, 0),
    );
    series.add("loki_rate_store_refresh_failures_total", 0, { source: "ring" });
    for (const ingester of ingesters) this.#tickAppends(ingester, pushes, anyJitter);
  }

  #tickTenant(second: number, load: (typeof LAB_LOAD)[number], mates: number, storm: boolean): void {
    const { series } = this;
    const { tenant, bytesPerLine, retentionHours } = load;
    const common = { format: "loki", is_internal_stream: "false", policy: "", tenant };
    const lines = (load.linesPerSecond / mates) * (1 + 0.06 * this.noise(tenant, second)) * (storm ? 0.2 : 1);
    series.add("loki_distributor_lines_received_total", lines, common);
    series.add("loki_distributor_bytes_received_total", lines * bytesPerLine, {
      ...common,
      retention_hours: retentionHours,
    });
    if (!storm) return;
    const refused = { format: "loki", policy: "", reason: "rate_limited", retention_hours: retentionHours, tenant };
    series.add("loki_discarded_samples_total", STORM_LINES_PER_SECOND, refused);
    series.add("loki_discarded_bytes_total", STORM_LINES_PER_SECOND * bytesPerLine, refused);
  }

  #tickAppends({ address, alive, jitter, inRing }: AppendTarget, pushes: number, anyJitter: boolean): void {
    const { series } = this;
    if (inRing) series.add("loki_distributor_ingester_appends_total", pushes, { ingester: address });
    const operation = "/logproto.Pusher/Push";
    const client = (count: number, mean: number, status: string) =>
      series.observe("loki_ingester_client_request_duration_seconds", count, mean, { operation, status_code: status });
    if (!alive) {
      if (!inRing) return;
      client(ERRORS_PER_SECOND, 0.002, "error");
      series.add("loki_rate_store_refresh_failures_total", 0.2, { source: address });
      return;
    }
    if (jitter) {
      series.add("loki_distributor_ingester_append_timeouts_total", TIMEOUTS_PER_SECOND, { ingester: address });
      client(0.55, 2.4, "2xx");
      client(TIMEOUTS_PER_SECOND, 5, "error");
      client(1.5, 3, "cancel");
    } else client(pushes, anyJitter ? 0.0048 : 0.0042, "2xx");
  }
}
