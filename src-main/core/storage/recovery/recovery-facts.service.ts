import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { Drill, RecoveryFacts } from "../../../../src-shared/model/storage/recovery.ts";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";
import type { Clock } from "../../common/clock.ts";
import type { BucketSettingsSource } from "../bucket-health/bucket-settings.ts";
import type { S3Requests } from "../s3-requests.ts";
import type { OpenedStore, StoreOpener } from "../stores/opened-store.ts";
import { drPart } from "./dr-part.ts";
import { flushPart } from "./flush-part.ts";
import { absent, orUnknown, unknown, type RpoPart } from "./rpo-part.ts";
import { restoreTime } from "./rto.ts";
import { versionsPart } from "./versions-part.ts";
import { walPart, type IngesterFacts } from "./wal-part.ts";

export interface RecoveryFactsOptions {
  readonly stores: StoreOpener;
  /** What the ingesters of a site tell; a text is the reason why nothing is known. */
  readonly ingesters: (site: SiteId, signal: AbortSignal) => Promise<IngesterFacts | string>;
  readonly settingsOf: (requests: S3Requests) => BucketSettingsSource;
  /** Bytes of the bucket as the last whole scan, or the store itself, counted them. */
  readonly bucketBytes: (store: StoreId, signal: AbortSignal) => Promise<number | null>;
  /** Of one store, newest first. */
  readonly drills: (store: StoreId) => readonly Drill[];
  readonly staleAfterDays: () => number;
  readonly clock: Clock;
}

/** How much would be lost and how long bringing it back would take, each with what shows it. */
export class RecoveryFactsService {
  readonly #options: RecoveryFactsOptions;

  constructor(options: RecoveryFactsOptions) {
    this.#options = options;
  }

  /**
   * Asks bucket, copy and ingesters; what cannot be told is unknown with its reason.
   * @throws AppError `storage.store-unknown`, `storage.not-found-at-site`, `storage.credentials-missing`
   */
  async facts(id: StoreId, signal: AbortSignal): Promise<RecoveryFacts> {
    const { stores, clock } = this.#options;
    await using bucket = await stores.open(id, signal);
    let ingesters: IngesterFacts | null = null;
    const wal = await orUnknown("wal", signal, async () => {
      const told = await this.#ingesters(bucket, signal);
      if (typeof told === "string") return unknown("wal", told);
      ingesters = told;
      return walPart(told, clock.nowMs());
    });
    const nowMs = clock.nowMs();
    const place = { store: bucket.store, indexPrefix: bucket.layout.indexPrefix };
    const settings = bucket.s3 === null ? null : this.#options.settingsOf(bucket.s3);
    const [flush, versions, dr] = await Promise.all([
      orUnknown("flush", signal, () => flushPart(place, ingesters, nowMs, signal)),
      orUnknown("versions", signal, () => versionsPart({ ...place, settings }, nowMs, signal)),
      orUnknown("dr", signal, () => this.#dr(bucket, nowMs, signal)),
    ]);
    return {
      store: id,
      checkedAtMs: nowMs,
      rpo: { ...lost(wal, dr), parts: [wal, flush, versions, dr] },
      rto: await this.restoreTime(id, signal),
    };
  }

  /** How long restoring the whole bucket takes, as the last drill of it measured. */
  async restoreTime(id: StoreId, signal: AbortSignal): Promise<RecoveryFacts["rto"]> {
    const { bucketBytes, drills, staleAfterDays, clock } = this.#options;
    return restoreTime(await bucketBytes(id, signal), drills(id), clock.nowMs(), staleAfterDays());
  }

  async #ingesters({ config }: OpenedStore, signal: AbortSignal): Promise<IngesterFacts | string> {
    const { site } = config;
    return site === null ? "no-site" : this.#options.ingesters(site, signal);
  }

  async #dr(bucket: OpenedStore, nowMs: number, signal: AbortSignal): Promise<RpoPart> {
    const { dr } = bucket.config;
    if (dr === null) return absent("dr", "none");
    await using copy = await this.#options.stores.open(dr, signal);
    const primary = { store: bucket.store, indexPrefix: bucket.layout.indexPrefix };
    return await drPart(primary, { store: copy.store, indexPrefix: copy.layout.indexPrefix }, nowMs, signal);
  }
}

/**
 * Losing the bucket costs what the copy has not got yet: versions go with the bucket. A chunk that reached it as late as the
 * copy's lag allows holds lines as old as ingesters hold them, so losing both costs the sum.
 */
function lost(wal: RpoPart, dr: RpoPart): Pick<RecoveryFacts["rpo"], "bucketLostMs" | "allLostMs"> {
  return { bucketLostMs: dr.ms, allLostMs: dr.ms === null || wal.ms === null ? null : dr.ms + wal.ms };
}
