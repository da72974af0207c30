import { LRUCache } from "lru-cache";
import type { LogBatch } from "../../../../../src-shared/model/log-batch.ts";
import type { Direction } from "../../../../../src-shared/model/log-query.ts";
import type { TimeRange } from "../../../../../src-shared/model/nano-time.ts";
import type { TenantId } from "../../../../../src-shared/model/tenant-id.ts";
import { batchBytes, copyBatch } from "./column-batches.ts";
import type { PageAccount } from "./page-source.ts";

export interface CachedRange {
  readonly batches: readonly LogBatch[];
  readonly accounts: readonly PageAccount[];
}

export interface CacheKey {
  readonly site: string;
  readonly tenant: TenantId;
  readonly expr: string;
  readonly range: TimeRange;
  readonly direction: Direction;
  readonly categorize: boolean;
}

/**
 * A range is closed when it ended this long ago. Loki's own results cache draws the line at the same ten minutes
 * (`max_cache_freshness_per_query`): by then entries that were under way have arrived, replicas agree and ingesters have
 * flushed what was queued. Entries that are written later still into the past are the price, as they are in Loki.
 */
export const CLOSED_AFTER_MS = 600_000;

/**
 * Answers of closed ranges that were read to their end and speak against nothing, bounded in bytes. One cache serves all
 * sources of a process; keys hold site and tenant, so that none sees another's lines.
 */
export class AnswerCache {
  readonly #entries: LRUCache<string, CachedRange>;
  readonly #maxEntryBytes: number;
  readonly #enabled: () => boolean;

  /** `enabled` is asked each time, so that the setting works at once. */
  constructor(maxBytes: number, enabled: () => boolean) {
    this.#enabled = enabled;
    this.#maxEntryBytes = Math.max(1, Math.floor(maxBytes / 4));
    this.#entries = new LRUCache({ maxSize: Math.max(1, maxBytes), maxEntrySize: this.#maxEntryBytes });
  }

  /** The largest range that is kept: whoever collects one may stop there. */
  get maxEntryBytes(): number {
    return this.#enabled() ? this.#maxEntryBytes : 0;
  }

  get sizeBytes(): number {
    return this.#entries.calculatedSize;
  }

  /** Copies, since whoever gets a batch may give its buffers away. */
  get(key: CacheKey): CachedRange | null {
    if (!this.#enabled()) {
      this.#entries.clear();
      return null;
    }
    const found = this.#entries.get(keyText(key));
    return found === undefined ? null : { batches: found.batches.map(copyBatch), accounts: found.accounts };
  }

  /** Keeps what it is given: the batches must be copies already. */
  put(key: CacheKey, cached: CachedRange): void {
    if (!this.#enabled()) return;
    const text = keyText(key);
    const size = cached.batches.reduce((sum, batch) => sum + batchBytes(batch), text.length + 1_000);
    this.#entries.set(text, cached, { size });
  }

  clear(): void {
    this.#entries.clear();
  }
}

function keyText(key: CacheKey): string {
  const { site, tenant, expr, range, direction, categorize } = key;
  return JSON.stringify([site, tenant, expr, `${range.startNs}`, `${range.endNs}`, direction, categorize]);
}
