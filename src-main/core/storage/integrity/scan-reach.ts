import type { ScanScope } from "../../../../src-shared/model/storage/scan.ts";
import type { StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import type { ChunkKey } from "../../common/loki-format/chunk-key.ts";
import { ownsChunk, ownsKey, type ScanShard } from "../shards/scan-shard.ts";

/** What a scan is about: tenants, a range of time, a shard. Findings about anything else are not told. */
export class ScanReach {
  readonly #tenants: ReadonlySet<string> | null;
  readonly #fromMs: number;
  readonly #throughMs: number;
  readonly #shard: ScanShard | null;

  constructor({ tenants, fromMs, throughMs }: Omit<ScanScope, "samplePercent">, shard: ScanShard | null = null) {
    this.#tenants = tenants === null ? null : new Set(tenants);
    this.#fromMs = fromMs ?? Number.NEGATIVE_INFINITY;
    this.#throughMs = throughMs ?? Number.POSITIVE_INFINITY;
    this.#shard = shard;
  }

  get timed(): boolean {
    return Number.isFinite(this.#fromMs) || Number.isFinite(this.#throughMs);
  }

  chunk(chunk: Pick<ChunkKey, "tenant" | "fingerprint" | "fromMs" | "throughMs">): boolean {
    return (
      (this.#tenants === null || this.#tenants.has(chunk.tenant)) &&
      chunk.fromMs <= this.#throughMs &&
      chunk.throughMs >= this.#fromMs &&
      (this.#shard === null || ownsChunk(this.#shard, chunk))
    );
  }

  /** A broken index of many tenants is about any of them; an object of no time is about none. */
  finding({ tenant, fromMs, throughMs, kind, key }: StorageFinding): boolean {
    if (this.#tenants !== null && tenant !== null && !this.#tenants.has(tenant)) return false;
    if (this.#tenants !== null && tenant === null && kind === "garbage-object") {
      return !this.timed && this.#tenants.has(key.split("/", 1)[0] ?? "");
    }
    if (fromMs === null || throughMs === null) return kind !== "garbage-object" || !this.timed;
    return fromMs <= this.#throughMs && throughMs >= this.#fromMs;
  }

  /** Whose an object, or one that is missing, is by its key. */
  owns(key: string): boolean {
    return this.#shard === null || ownsKey(this.#shard, key);
  }

  /** Everything that is to be listed; the whole bucket is the empty one. */
  prefixes(indexPrefix: string): readonly string[] {
    if (this.#tenants === null) return [""];
    return [...new Set([indexPrefix, ...[...this.#tenants].map((tenant) => `${tenant}/`)])];
  }
}

export const EVERYTHING: Omit<ScanScope, "samplePercent"> = { tenants: null, fromMs: null, throughMs: null };
