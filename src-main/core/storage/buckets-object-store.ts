import { bucketIndex } from "./bucket-index.ts";
import { MergedListing, type MergeEntry } from "./merged-listing.ts";
import type {
  DeleteOutcome,
  GetOptions,
  ListRequest,
  ListVersionsRequest,
  MultipartUpload,
  ObjectBody,
  ObjectInfo,
  ObjectPage,
  ObjectRef,
  ObjectStore,
  ObjectVersion,
  PutOptions,
  PutOutcome,
  UploadedPart,
  UploadOptions,
  VersionPage,
} from "./object-store.ts";
import type { S3ObjectStore } from "./s3-object-store.ts";

const MAX_KEYS = 1_000;

export interface BucketsOptions {
  readonly title: string;
  /** In front of every key in each of the buckets; empty or with a slash at its end. Loki chooses by the whole key. */
  readonly prefix: string;
  readonly stores: readonly [S3ObjectStore, ...S3ObjectStore[]];
}

/**
 * Several buckets that are one store, as Loki spreads keys over them (`bucketnames: a,b`). A key is looked for in its own
 * bucket, and listed from there alone: what lies in another, Loki does not see either.
 */
export class BucketsObjectStore implements ObjectStore {
  readonly title: string;
  readonly #stores: BucketsOptions["stores"];
  readonly #prefix: string;
  readonly #objects: MergedListing<ObjectInfo | null>;
  readonly #versions: MergedListing<ObjectVersion | null>;

  constructor({ title, prefix, stores }: BucketsOptions) {
    this.title = title;
    this.#stores = stores;
    this.#prefix = prefix;
    this.#objects = new MergedListing(title, stores.length);
    this.#versions = new MergedListing(title, stores.length);
  }

  async list(request: ListRequest, signal: AbortSignal): Promise<ObjectPage> {
    const { token, maxKeys, ...rest } = request;
    const page = await this.#objects.page({
      name: JSON.stringify(rest),
      maxKeys: bounded(maxKeys),
      token,
      fetch: async (bucket, inner) => {
        const store = this.#stores[bucket] ?? this.#stores[0];
        const { objects, prefixes, nextToken } = await store.list(
          inner === null ? rest : { ...rest, token: inner },
          signal,
        );
        const own = objects.filter(({ key }) => this.#indexOf(key) === bucket);
        return { entries: merged(own, prefixes, ({ key }) => key), nextToken };
      },
    });
    return { objects: values(page.entries), prefixes: prefixesOf(page.entries), nextToken: page.nextToken };
  }

  async listVersions(request: ListVersionsRequest, signal: AbortSignal): Promise<VersionPage> {
    const { token, maxKeys, ...rest } = request;
    const page = await this.#versions.page({
      name: JSON.stringify(rest),
      maxKeys: bounded(maxKeys),
      token,
      fetch: async (bucket, inner) => {
        const store = this.#stores[bucket] ?? this.#stores[0];
        const asked = inner === null ? rest : { ...rest, token: inner };
        const { versions, prefixes, nextToken } = await store.listVersions(asked, signal);
        const own = versions.filter(({ key }) => this.#indexOf(key) === bucket);
        return { entries: merged(own, prefixes, ({ key, versionId }) => `${key}\u0000${versionId}`), nextToken };
      },
    });
    return { versions: values(page.entries), prefixes: prefixesOf(page.entries), nextToken: page.nextToken };
  }

  /** The least that any of the buckets keeps. */
  async versioning(signal: AbortSignal): Promise<"enabled" | "suspended" | "off"> {
    const all = await Promise.all(this.#stores.map((store) => store.versioning(signal)));
    if (all.includes("off")) return "off";
    return all.includes("suspended") ? "suspended" : "enabled";
  }

  head(key: string, options: { readonly versionId?: string }, signal: AbortSignal): Promise<ObjectInfo> {
    return this.#of(key).head(key, options, signal);
  }

  get(key: string, options: GetOptions, signal: AbortSignal): Promise<ObjectBody> {
    return this.#of(key).get(key, options, signal);
  }

  put(key: string, bytes: Uint8Array, options: PutOptions, signal: AbortSignal): Promise<PutOutcome> {
    return this.#of(key).put(key, bytes, options, signal);
  }

  beginUpload(key: string, options: UploadOptions, signal: AbortSignal): Promise<MultipartUpload> {
    return this.#of(key).beginUpload(key, options, signal);
  }

  uploadPart(
    upload: MultipartUpload,
    partNumber: number,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<UploadedPart> {
    return this.#of(upload.key).uploadPart(upload, partNumber, bytes, signal);
  }

  listParts(upload: MultipartUpload, signal: AbortSignal): Promise<readonly UploadedPart[]> {
    return this.#of(upload.key).listParts(upload, signal);
  }

  async listUploads(prefix: string, signal: AbortSignal): Promise<readonly MultipartUpload[]> {
    const all = await Promise.all(this.#stores.map((store) => store.listUploads(prefix, signal)));
    return all.flatMap((uploads, bucket) => uploads.filter(({ key }) => this.#indexOf(key) === bucket));
  }

  completeUpload(upload: MultipartUpload, parts: readonly UploadedPart[], signal: AbortSignal): Promise<PutOutcome> {
    return this.#of(upload.key).completeUpload(upload, parts, signal);
  }

  abortUpload(upload: MultipartUpload, signal: AbortSignal): Promise<void> {
    return this.#of(upload.key).abortUpload(upload, signal);
  }

  copy(from: ObjectRef, toKey: string, signal: AbortSignal): Promise<PutOutcome> {
    return this.#of(toKey).copyFrom(this.#of(from.key), from, toKey, signal);
  }

  delete(ref: ObjectRef, signal: AbortSignal): Promise<DeleteOutcome> {
    return this.#of(ref.key).delete(ref, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#stores.map((store) => store[Symbol.asyncDispose]()));
  }

  #of(key: string): S3ObjectStore {
    return this.#stores[this.#indexOf(key)] ?? this.#stores[0];
  }

  #indexOf(key: string): number {
    return bucketIndex(this.#prefix + key, this.#stores.length);
  }
}

function bounded(maxKeys: number | undefined): number {
  return Math.max(1, Math.min(MAX_KEYS, maxKeys ?? MAX_KEYS));
}

/** Objects and common prefixes in one order; of a prefix there is only its name. */
function merged<Value extends { readonly key: string }>(
  objects: readonly Value[],
  prefixes: readonly string[],
  idOf: (value: Value) => string,
): readonly MergeEntry<Value | null>[] {
  const entries: MergeEntry<Value | null>[] = objects.map((value) => ({ order: value.key, id: idOf(value), value }));
  if (prefixes.length === 0) return entries;
  const groups = prefixes.map((prefix) => ({
    order: prefix,
    id: `\u0000${prefix}`,
    value: null,
    bytes: Buffer.from(prefix),
  }));
  const all = [...entries.map((entry) => ({ ...entry, bytes: Buffer.from(entry.order) })), ...groups];
  // Stable, so that versions of one key stay as they came.
  return all.sort((a, b) => Buffer.compare(a.bytes, b.bytes)).map(({ order, id, value }) => ({ order, id, value }));
}

function values<Value>(entries: readonly MergeEntry<Value | null>[]): readonly Value[] {
  return entries.flatMap(({ value }) => (value === null ? [] : [value]));
}

function prefixesOf(entries: readonly MergeEntry<unknown>[]): readonly string[] {
  return entries.flatMap(({ order, value }) => (value === null ? [order] : []));
}
