import { AppError, hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { BucketHealth } from "../../../../src-shared/model/storage/bucket-health.ts";
import type { BucketState } from "../../../../src-shared/model/storage/bucket-state.ts";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";
import type { Clock } from "../../common/clock.ts";
import { fireAndForget, type Logger } from "../../common/logger.ts";
import type { LokiRetention } from "../bucket-health/bucket-facts.ts";
import type { BucketSettings, Setting } from "../bucket-health/bucket-settings.ts";
import { judgeBucket } from "../bucket-health/judge-bucket.ts";
import { readMinio, type ReadSamples } from "../bucket-health/read-minio.ts";
import { S3BucketSettings } from "../bucket-health/s3-bucket-settings.ts";
import { timeToFull } from "../bucket-health/time-to-full.ts";
import type { S3Requests } from "../s3-requests.ts";
import type { BucketStateDesk } from "../storage-desks.ts";
import type { OpenedStore, StoreOpener } from "../stores/opened-store.ts";
import { minioNodes } from "./minio-nodes.ts";
import type { SpaceHistory } from "./space-history.store.ts";

/** How far back one wants to be able to go; superseded versions that end sooner are warned of. */
const RECOVERY_WINDOW_DAYS = 14;
const REPLICATION_LAG_LIMIT_MS = 15 * 60_000;
/** Once somebody has looked at a store, its free bytes are noted while the console runs. */
const SAMPLE_EVERY_MS = 15 * 60_000;
const MOST_SAMPLED = 8;
const SAMPLE_TIMEOUT_MS = 60_000;

export interface BucketStatesParts {
  readonly stores: StoreOpener;
  /** What the site's Loki deletes; `null` where it cannot be read. Rejects as sites do. */
  readonly retention: (site: SiteId, signal: AbortSignal) => Promise<LokiRetention | null>;
  readonly readSamples: ReadSamples;
  /** `null` where nothing is kept, as for one command. */
  readonly history: SpaceHistory | null;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Problems = BucketState["problems"];

/** How buckets and their servers are: asked when somebody wants to know, with a past of free bytes. */
export class BucketStatesService implements BucketStateDesk, Disposable {
  readonly #parts: BucketStatesParts;
  readonly #sampled = new Map<StoreId, () => void>();
  #disposed = false;

  constructor(parts: BucketStatesParts) {
    this.#parts = parts;
  }

  /** What cannot be read is told in `problems`. Rejects as `StoreOpener.open` does, and with `request.cancelled`. */
  async state(id: StoreId, signal: AbortSignal): Promise<BucketState> {
    await using opened = await this.#parts.stores.open(id, signal);
    const state = await this.stateOf(opened, signal);
    if (state.health !== null) this.#sample(id);
    return state;
  }

  async stateOf(opened: OpenedStore, signal: AbortSignal): Promise<BucketState> {
    const { id, config, s3, store } = opened;
    const { history, clock } = this.#parts;
    const problems: Problems = [];
    const tell = (what: string) => (error: unknown) => {
      if (signal.aborted || !isAppError(error)) throw error;
      problems.push({ what, error: error.toWire() });
      return null;
    };
    if (s3 === null) {
      const noBucket = new AppError("storage.unsupported", { store: store.title, action: "bucket" });
      problems.push({ what: "bucket", error: noBucket.toWire() });
    }
    const [settings, health, retention] = await Promise.all([
      s3 === null ? null : new S3BucketSettings(s3).read(signal).catch(tell("settings")),
      s3 === null ? null : this.#health(s3, signal).catch(tell("health")),
      config.site === null ? null : this.#parts.retention(config.site, signal).catch(tell("retention")),
    ]);
    if (health !== null) await this.#note(id, health);
    const free = history?.free(id) ?? [];
    const full = timeToFull(free);
    const judgement = judgeBucket({
      bucket: s3?.options.bucket ?? store.title,
      storagePrefix: s3?.prefix ?? "",
      indexPrefix: config.indexPrefix,
      settings: settings ?? UNKNOWN_SETTINGS,
      health,
      full,
      healingPast: history?.healing(id) ?? [],
      retention,
      recoveryWindowDays: RECOVERY_WINDOW_DAYS,
      replicationLagLimitMs: REPLICATION_LAG_LIMIT_MS,
    });
    return {
      store: id,
      checkedAtMs: clock.nowMs(),
      health,
      settings: settings === null ? null : settingsView(settings),
      judgement,
      full,
      free: [...free],
      problems,
    };
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const stop of this.#sampled.values()) stop();
    this.#sampled.clear();
  }

  /** @throws AppError `storage.unsupported` for a store that is no MinIO, `storage.unreachable` where nobody answers */
  async #health(s3: S3Requests, signal: AbortSignal): Promise<BucketHealth> {
    using opened = await minioNodes(s3, signal);
    const { nodes } = opened;
    const noMinio = () => new AppError("storage.unsupported", { store: s3.title, action: "MinIO" });
    if (nodes.length === 0) throw noMinio();
    const { readSamples, clock } = this.#parts;
    const health = await readMinio(nodes, [s3.options.bucket], { readSamples, clock }, signal);
    const probes = Object.values(health.probes);
    const told = probes.some(({ state }) => state === "ok" || state === "failing");
    if (told || health.nodesRead.length > 0) return health;
    if (probes.some(({ status }) => status !== null)) throw noMinio();
    throw new AppError("storage.unreachable", { store: s3.title, problem: "no health page of it answers" });
  }

  /** A full disk must not hide the state of the bucket. */
  async #note(id: StoreId, { checkedAtMs, capacity, drives, healing }: BucketHealth): Promise<void> {
    const freeBytes = capacity.usableFreeBytes ?? capacity.rawFreeBytes;
    const { healedObjects } = healing;
    try {
      await this.#parts.history?.note(id, { atMs: checkedAtMs, freeBytes, drives: drives.healing, healedObjects });
    } catch (error) {
      this.#parts.logger.warn("the space of a bucket could not be kept", { store: id, error: String(error) });
    }
  }

  #sample(id: StoreId): void {
    if (this.#disposed || this.#parts.history === null) return;
    this.#sampled.get(id)?.();
    this.#sampled.delete(id);
    const [oldest] = this.#sampled;
    if (oldest !== undefined && this.#sampled.size >= MOST_SAMPLED) {
      oldest[1]();
      this.#sampled.delete(oldest[0]);
    }
    const { clock, logger } = this.#parts;
    const later = () => fireAndForget(this.#takeSample(id), logger, "the space of a bucket could not be read");
    this.#sampled.set(id, clock.after(SAMPLE_EVERY_MS, later));
  }

  async #takeSample(id: StoreId): Promise<void> {
    try {
      const signal = AbortSignal.timeout(SAMPLE_TIMEOUT_MS);
      await using opened = await this.#parts.stores.open(id, signal);
      if (opened.s3 !== null) await this.#note(id, await this.#health(opened.s3, signal));
    } catch (error) {
      if (hasCode(error, "storage.store-unknown")) this.#sampled.delete(id);
      else throw error;
    } finally {
      // A store that is away for a while is asked again.
      if (this.#sampled.has(id)) this.#sample(id);
    }
  }
}

const UNKNOWN = { state: "unknown", code: "storage.unsupported" } as const;
const UNKNOWN_SETTINGS: BucketSettings = {
  versioning: UNKNOWN,
  objectLock: UNKNOWN,
  lifecycle: UNKNOWN,
  replication: UNKNOWN,
  encryption: UNKNOWN,
};

function settingsView(settings: BucketSettings): NonNullable<BucketState["settings"]> {
  const { versioning, objectLock, lifecycle, replication, encryption } = settings;
  return {
    versioning: versioning.state === "told" ? versioning.value : versioning.state === "unsupported" ? "off" : null,
    objectLock: onOrOff(objectLock, () => true),
    replication: onOrOff(replication, (rules) => rules.some(({ enabled }) => enabled)),
    lifecycleRules: lifecycle.state === "told" ? lifecycle.value.length : lifecycle.state === "absent" ? 0 : null,
    encryption: onOrOff(encryption, (algorithms) => algorithms.length > 0),
  };
}

/** What a store does not know it does not do; what it did not tell is not known. */
function onOrOff<Value>(setting: Setting<Value>, isOn: (value: Value) => boolean): "on" | "off" | null {
  if (setting.state === "told") return isOn(setting.value) ? "on" : "off";
  return setting.state === "unknown" ? null : "off";
}
