import type { PodIdentity } from "../cluster/components.ts";
import type { RuntimeFollower } from "../runtime/runtime-follower.ts";
import { LimitsTable, type TenantLimits } from "../loki/tenant-limits.ts";
import { noise } from "./lab-load.ts";
import { FixedLabels, SeriesRegistry } from "./series-registry.ts";

const CONFIGURED = new LimitsTable();
const HOUR_NS = 3_600_000_000_000n;
const LOG_MESSAGES: readonly (readonly [labels: FixedLabels, rate: number])[] = [
  [new FixedLabels({ level: "debug" }), 0.4],
  [new FixedLabels({ level: "info" }), 0.1],
  [new FixedLabels({ level: "warn" }), 0.002],
  [new FixedLabels({ level: "error" }), 0],
];
const OF_LOKI = new FixedLabels({ config: "loki" });
const GRPC = new FixedLabels({ protocol: "grpc" });

/** One process of the cluster: what every component exposes, whatever it does. */
export class SimulatedPod {
  readonly identity: PodIdentity;
  readonly series = new SeriesRegistry();
  /** The runtime configuration as this process has it. */
  readonly runtime: RuntimeFollower;
  protected readonly seed: number;
  /** Of the rings that its series show. */
  ringSignature = "";
  #startedMs: number;
  #registered = false;
  #playedSeconds = 0;
  #configHash = "";
  #limits = new Map<string, TenantLimits>();
  #limitsFrom: RuntimeFollower["overrides"] | null = null;

  constructor(identity: PodIdentity, seed: number, startedMs: number, runtime: RuntimeFollower) {
    this.runtime = runtime;
    this.identity = identity;
    this.seed = seed;
    this.#startedMs = startedMs;
  }

  get startedMs(): number {
    return this.#startedMs;
  }

  /** What this process holds against a tenant now. */
  limitsOf(tenant: string): TenantLimits {
    if (this.#limitsFrom !== this.runtime.overrides) {
      this.#limitsFrom = this.runtime.overrides;
      this.#limits = new Map();
    }
    const known = this.#limits.get(tenant);
    if (known !== undefined) return known;
    const limits = CONFIGURED.seenBy((name) => this.runtime.overrides.get(name)).of(tenant);
    this.#limits.set(tenant, limits);
    return limits;
  }

  /** As discards and bytes are labelled. */
  protected retentionHours(tenant: string): string {
    return String(this.limitsOf(tenant).retention_period / HOUR_NS);
  }

  /** A new process in the same pod: it counts from nought. */
  restart(atMs: number): void {
    this.#startedMs = atMs;
    this.ringSignature = "";
    this.#registered = false;
    this.series.clear();
  }

  /** Makes the process older than it was played for; counters keep step. */
  age(startedMs: number, nowMs: number): void {
    this.#startedMs = startedMs;
    if (this.#playedSeconds > 0) this.series.age((nowMs - startedMs) / 1_000 / this.#playedSeconds);
  }

  /** What every process shows: `cpu` seconds of a second, `goroutines`. */
  protected tickProcess(second: number, cpu: number, goroutines: number, memoryBytes: number): void {
    const { series } = this;
    this.#playedSeconds += 1;
    const shake = this.noise("process", second);
    series.add("process_cpu_seconds_total", cpu * (1 + 0.15 * shake));
    series.set("go_goroutines", Math.round(goroutines + 2 * shake));
    series.set("process_resident_memory_bytes", Math.round(memoryBytes * (1 + 0.02 * this.noise("memory", second))));
    series.set("go_memstats_heap_inuse_bytes", Math.round(memoryBytes * 0.56 * (1 + 0.1 * this.noise("heap", second))));
    series.set("process_open_fds", 27 + Math.round(2 * shake));
    series.set("process_start_time_seconds", this.#startedMs / 1_000);
    this.#tickRuntimeConfig(second);
    if (!this.#registered) this.#register();
    for (const [labels, rate] of LOG_MESSAGES) {
      series.add("loki_log_messages_total", rate, labels);
      series.add("loki_internal_log_messages_total", rate, labels);
    }
    series.set("loki_tcp_connections", 3 + Math.round(2 * Math.abs(shake)), GRPC);
  }

  protected tickMemberlist(members: number): void {
    this.series.set("loki_memberlist_client_cluster_members_count", members);
    this.series.set("loki_memberlist_client_cluster_node_health_score", 0);
  }

  #tickRuntimeConfig(second: number): void {
    const { series, runtime } = this;
    runtime.advance(second * 1_000);
    const { sha256, successful } = runtime;
    series.set("loki_runtime_config_last_reload_successful", successful ? 1 : 0, OF_LOKI);
    if (sha256 === this.#configHash && this.#registered) return;
    if (sha256 !== this.#configHash)
      series.drop("loki_runtime_config_hash", { config: "loki", sha256: this.#configHash });
    this.#configHash = sha256;
    if (sha256 !== "") series.set("loki_runtime_config_hash", 1, { config: "loki", sha256 });
  }

  /** What every process shows from its start and what never moves after, whatever it does. */
  #register(): void {
    const { series } = this;
    this.#registered = true;
    series.set("loki_build_info", 1, {
      branch: "",
      goarch: "amd64",
      goos: "linux",
      goversion: "go1.26.10",
      revision: "5003600d7c",
      tags: "noasm",
      version: "3.7.6",
    });
    series.add("loki_panic_total", 0);
    series.set("loki_inflight_requests", 1, { method: "GET", route: "metrics" });
    series.set("loki_tcp_connections", 1, { protocol: "http" });
    series.set("loki_ingester_not_owned_streams", 0);
    series.set("loki_objstore_bucket_last_successful_upload_time", 0, { bucket: "" });
    series.add("loki_memberlist_client_cas_failure_total", 0);
    for (const queue of ["gossip", "local"])
      series.set("loki_memberlist_client_messages_in_broadcast_queue", 0, { queue });
    series.add("loki_memberlist_client_messages_to_broadcast_dropped_total", 0);
    series.add("loki_memberlist_client_received_broadcasts_invalid_total", 0);
  }

  protected noise(what: string, second: number): number {
    return noise(this.seed, this.identity.name, what, second);
  }
}
