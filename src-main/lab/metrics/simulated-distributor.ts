import type { PodIdentity } from "../cluster/components.ts";
import type { IngesterRing } from "./ingester-ring.ts";
import { mix, textSeed } from "../traffic/seeded-random.ts";
import {
  BACKFILL_BURST_BYTES,
  LAB_LOAD,
  type RefusedPush,
  type TellRefusal,
  type TenantLoad,
  type Troubles,
} from "./lab-load.ts";
import { parseFlagTime } from "../runtime/go-scalars.ts";
import { FixedLabels } from "./series-registry.ts";
import { SimulatedPod } from "./simulated-pod.ts";

/** What a distributor sees of one ingester. */
export interface AppendTarget {
  readonly address: string;
  readonly alive: boolean;
  readonly jitter: boolean;
  /** Whether the ring still lets pushes go to it. */
  readonly inRing: boolean;
}

export function appendTargets(
  ingesters: readonly { readonly identity: PodIdentity }[],
  down: ReadonlySet<string>,
  faults: ReadonlySet<string>,
  ring: IngesterRing,
  nowMs: number,
): AppendTarget[] {
  return ingesters.map(({ identity: { name, address } }) => ({
    address,
    alive: !down.has(name),
    jitter: faults.has(`network-jitter:${name}`),
    inRing: ring.stateOf(name, nowMs) === "ACTIVE",
  }));
}

const APPENDS_PER_SECOND = 7;
const TIMEOUTS_PER_SECOND = 4.25;
const ERRORS_PER_SECOND = 4.5;
/** Of a tenant, each second: every node's collector sends what it has gathered. */
const BATCHES_PER_SECOND = 8;
/** A full batch of a collector. */
const MAX_BATCH_BYTES = 1_048_576;

interface ReceivedLabels {
  readonly retention: string;
  readonly lines: FixedLabels;
  readonly bytes: FixedLabels;
}

const PUSH_OK = new FixedLabels({ method: "POST", route: "loki_api_v1_push", ws: "false", status_code: "204" });
const PUSH_INFLIGHT = new FixedLabels({ method: "POST", route: "loki_api_v1_push" });

/** A distributor: what tenants send through it, and how its appends to each ingester end. */
export class SimulatedDistributor extends SimulatedPod {
  /** What is left of a tenant's burst, bytes. */
  readonly #tokens = new Map<string, number>();
  readonly #labels = new Map<string, ReceivedLabels>();
  #refused: TellRefusal = () => {};
  #ordinal = 0;

  /** Which of the distributors it is, and who is told of what it refuses. */
  begin(ordinal: number, refused: TellRefusal): void {
    this.#ordinal = ordinal;
    this.#refused = refused;
  }

  override restart(atMs: number): void {
    super.restart(atMs);
    this.#tokens.clear();
  }

  tick(second: number, troubles: Troubles, ingesters: readonly AppendTarget[], mates: number, members: number): void {
    const { series } = this;
    this.tickProcess(second, 0.06, 96, 130e6);
    this.tickMemberlist(members);
    const refused = LAB_LOAD.map((load) => this.#tickTenant(second, load, mates, troubles.storms.get(load.tenant)));
    const refusals = refused.reduce((sum, count) => sum + count, 0);
    const pushes = APPENDS_PER_SECOND * (1 + 0.05 * this.noise("push", second)) * (troubles.storms.size > 0 ? 0.86 : 1);
    const route = { method: "POST", route: "loki_api_v1_push", ws: "false" };
    const anyJitter = ingesters.some(({ jitter, alive }) => jitter && alive);
    const mean = 0.0055 * (1 + 0.1 * this.noise("push-mean", second));
    series.observe("loki_request_duration_seconds", pushes, mean, PUSH_OK);
    if (refusals > 0)
      series.observe("loki_request_duration_seconds", refusals, 0.001, { ...route, status_code: "429" });
    series.set("loki_inflight_requests", this.noise("in-flight", second) > 0.7 ? 1 : 0, PUSH_INFLIGHT);
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

  /** How many of a tenant's batches were refused in this second. */
  #tickTenant(second: number, load: TenantLoad, mates: number, stormBytes: number | undefined): number {
    const { tenant, bytesPerLine } = load;
    const limits = this.limitsOf(tenant);
    const calm = (load.linesPerSecond / mates) * (1 + 0.06 * this.noise(tenant, second)) * tide(tenant, second);
    const bytes = stormBytes === undefined ? calm * bytesPerLine : stormBytes / mates;
    const batches = Math.max(BATCHES_PER_SECOND, Math.ceil(bytes / MAX_BATCH_BYTES));
    const batch = bytes / batches;
    const share = Math.floor((limits.ingestion_rate_mb * 2 ** 20) / mates);
    const burst = limits.ingestion_burst_size_mb * 2 ** 20;
    const blocked = (parseFlagTime(limits.block_ingestion_until) ?? 0) > second * 1_000;
    let tokens = Math.min(burst, (this.#tokens.get(tenant) ?? burst) + share);
    if (!blocked && this.#backfills(second, load)) {
      // One large batch passes, and leaves no room for one of the others.
      const large = BACKFILL_BURST_BYTES - (batches - 0.6) * batch;
      const fits = tokens >= large;
      if (fits) this.#received(load, large / bytesPerLine);
      tokens -= fits ? large : 0;
    }
    const passing = blocked ? 0 : Math.min(batches, Math.floor(tokens / batch));
    this.#tokens.set(tenant, tokens - passing * batch);
    this.#received(load, (batch * passing) / bytesPerLine);
    const refused = batches - passing;
    if (refused === 0) return 0;
    const reason = blocked ? "blocked_ingestion" : "rate_limited";
    const [lines, lineBytes] = [Math.max(1, Math.round(batch / bytesPerLine)), bytesPerLine];
    this.#discard(load, reason, lines * refused);
    this.#refused({ tenant, reason, atMs: second * 1_000, lines, bytes: lines * lineBytes, limit: share, limits });
    return limits.block_ingestion_status_code === 429 || !blocked ? refused : 0;
  }

  /** One of the distributors gets it, each in its turn. */
  #backfills(second: number, { tenant, backfillSeconds }: TenantLoad): boolean {
    if (backfillSeconds === 0) return false;
    const turn = Math.floor(second / backfillSeconds);
    const at = mix(this.seed, textSeed(tenant), turn) % (backfillSeconds - 60);
    return second % backfillSeconds === at && this.#ordinal % 2 === turn % 2;
  }

  #received({ tenant, bytesPerLine }: TenantLoad, lines: number): void {
    const { lines: ofLines, bytes: ofBytes } = this.#labelsOf(tenant);
    this.series.add("loki_distributor_lines_received_total", lines, ofLines);
    this.series.add("loki_distributor_bytes_received_total", lines * bytesPerLine, ofBytes);
  }

  /** Labels of what is received, which change with the tenant's retention alone. */
  #labelsOf(tenant: string): ReceivedLabels {
    const retention = this.retentionHours(tenant);
    const known = this.#labels.get(tenant);
    if (known?.retention === retention) return known;
    const common = { format: "loki", is_internal_stream: "false", policy: "", tenant };
    const made = {
      retention,
      lines: new FixedLabels(common),
      bytes: new FixedLabels({ ...common, retention_hours: retention }),
    };
    this.#labels.set(tenant, made);
    return made;
  }

  #discard({ tenant, bytesPerLine }: TenantLoad, reason: RefusedPush["reason"], lines: number): void {
    const labels = { format: "loki", policy: "", reason, retention_hours: this.retentionHours(tenant), tenant };
    this.series.add("loki_discarded_samples_total", lines, labels);
    this.series.add("loki_discarded_bytes_total", lines * bytesPerLine, labels);
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

const TIDE_SECONDS = 660;

/** A slow rise and fall of what a tenant sends, by 6 %. */
function tide(tenant: string, second: number): number {
  return 1 + 0.06 * Math.sin(((second + (textSeed(tenant) % TIDE_SECONDS)) / TIDE_SECONDS) * 2 * Math.PI);
}
