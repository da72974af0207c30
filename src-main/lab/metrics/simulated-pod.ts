import type { PodIdentity } from "../cluster/components.ts";
import { noise } from "./lab-load.ts";
import { SeriesRegistry } from "./series-registry.ts";

/** One process of the cluster: what every component exposes, whatever it does. */
export class SimulatedPod {
  readonly identity: PodIdentity;
  readonly series = new SeriesRegistry();
  protected readonly seed: number;
  #startedMs: number;

  constructor(identity: PodIdentity, seed: number, startedMs: number) {
    this.identity = identity;
    this.seed = seed;
    this.#startedMs = startedMs;
  }

  get startedMs(): number {
    return this.#startedMs;
  }

  /** A new process in the same pod: it counts from nought. */
  restart(atMs: number): void {
    this.#startedMs = atMs;
    this.series.clear();
  }

  /** Makes the process older than it was played for; counters keep step. */
  age(factor: number, startedMs: number): void {
    this.#startedMs = startedMs;
    this.series.age(factor);
  }

  /** What every process shows: `cpu` seconds of a second, `goroutines`. */
  protected tickProcess(second: number, cpu: number, goroutines: number, memoryBytes: number): void {
    const { series } = this;
    const shake = this.noise("process", second);
    series.add("process_cpu_seconds_total", cpu * (1 + 0.15 * shake));
    series.set("go_goroutines", Math.round(goroutines + 2 * shake));
    series.set("process_resident_memory_bytes", Math.round(memoryBytes * (1 + 0.02 * this.noise("memory", second))));
    series.set("go_memstats_heap_inuse_bytes", Math.round(memoryBytes * 0.56 * (1 + 0.1 * this.noise("heap", second))));
    series.set("process_open_fds", 27 + Math.round(2 * shake));
    series.set("process_start_time_seconds", this.#startedMs / 1_000);
    series.set("loki_build_info", 1, {
      branch: "",
      goarch: "amd64",
      goos: "linux",
      goversion: "go1.26.10",
      revision: "5003600d7c",
      tags: "noasm",
      version: "3.7.6",
    });
    series.set("loki_runtime_config_last_reload_successful", 1, { config: "loki" });
    series.add("loki_panic_total", 0);
    series.add("loki_log_messages_total", 0.4, { level: "debug" });
    series.add("loki_log_messages_total", 0.1, { level: "info" });
    series.add("loki_log_messages_total", 0.002, { level: "warn" });
    series.add("loki_log_messages_total", 0, { level: "error" });
    series.set("loki_inflight_requests", 1, { method: "GET", route: "metrics" });
  }

  protected tickMemberlist(members: number): void {
    this.series.set("loki_memberlist_client_cluster_members_count", members);
    this.series.set("loki_memberlist_client_cluster_node_health_score", 0);
  }

  /** How many members of a ring are in which state, as this process sees it. */
  tickRing(ring: string, active: number, unhealthy: number, leaving: number, joining: number): void {
    const states = { ACTIVE: active, JOINING: joining, LEAVING: leaving, PENDING: 0, Unhealthy: unhealthy };
    for (const [state, count] of Object.entries(states))
      this.series.set("loki_ring_members", count, { name: ring, state });
  }

  protected noise(what: string, second: number): number {
    return noise(this.seed, this.identity.name, what, second);
  }
}
