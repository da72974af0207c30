/**
 * A bucket of objects, or a folder that is a copy of one. Keys are `/`-separated UTF-8 of up to 1,024 bytes, without the
 * store's own prefix. Every call ends with the signal, and rejects with an `AppError` of `storage.*`:
 * `unreachable`, `timed-out`, `rate-limited` and `failed` only after the store's own retries.
 */
export interface ObjectStore extends AsyncDisposable {
  /** For people: `s3://bucket/prefix`, or a folder's path. */
  readonly title: string;
  /** One page of keys in ascending order of their UTF-8 bytes. Resumes from a token, or behind a key. */
  list(request: ListRequest, signal: AbortSignal): Promise<ObjectPage>;
  /** One page of all versions and delete markers; `storage.unsupported` where the store keeps none. */
  listVersions(request: ListVersionsRequest, signal: AbortSignal): Promise<VersionPage>;
  versioning(signal: AbortSignal): Promise<"enabled" | "suspended" | "off">;
  /** `storage.not-found` where there is no such object, or a delete marker is on top. */
  head(key: string, options: { readonly versionId?: string }, signal: AbortSignal): Promise<ObjectInfo>;
  /** The bytes as a stream. Dispose of the body, read or not: it holds a connection or a file. */
  get(key: string, options: GetOptions, signal: AbortSignal): Promise<ObjectBody>;
  put(key: string, bytes: Uint8Array, options: PutOptions, signal: AbortSignal): Promise<PutOutcome>;
  beginUpload(key: string, options: UploadOptions, signal: AbortSignal): Promise<MultipartUpload>;
  /** Parts count from 1; all but the last have at least 5 MiB. The same number again replaces the part. */
  uploadPart(
    upload: MultipartUpload,
    partNumber: number,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<UploadedPart>;
  /** What a store has of an upload that was begun, in order: an upload resumes from here. */
  listParts(upload: MultipartUpload, signal: AbortSignal): Promise<readonly UploadedPart[]>;
  /** Uploads that were begun and neither completed nor aborted, up to 1,000. */
  listUploads(prefix: string, signal: AbortSignal): Promise<readonly MultipartUpload[]>;
  completeUpload(upload: MultipartUpload, parts: readonly UploadedPart[], signal: AbortSignal): Promise<PutOutcome>;
  abortUpload(upload: MultipartUpload, signal: AbortSignal): Promise<void>;
  /** Copies inside the store, whatever the size, without the bytes passing through here. */
  copy(from: ObjectRef, toKey: string, signal: AbortSignal): Promise<PutOutcome>;
  /**
   * Without a version: removes the object, or puts a delete marker on it where versions are kept. With one: removes that
   * version for good. No error where there is nothing.
   */
  delete(ref: ObjectRef, signal: AbortSignal): Promise<DeleteOutcome>;
}

export interface ObjectRef {
  readonly key: string;
  readonly versionId?: string;
}

export interface ListRequest {
  readonly prefix: string;
  /** Keys that have it behind the prefix come as one common prefix, up to and with the delimiter. */
  readonly delimiter?: string;
  /** Only keys above this one; for the first page. */
  readonly startAfter?: string;
  readonly token?: string;
  /** 1…1,000; 1,000 by default. */
  readonly maxKeys?: number;
}

export type ListVersionsRequest = Omit<ListRequest, "startAfter">;

export interface ObjectInfo {
  readonly key: string;
  readonly sizeBytes: number;
  /** As the store gives it, without quotes: MD5 for simple puts, something else for multipart uploads. */
  readonly etag: string;
  readonly modifiedMs: number;
  readonly versionId: string | null;
}

export interface ObjectPage {
  readonly objects: readonly ObjectInfo[];
  readonly prefixes: readonly string[];
  /** `null` on the last page. Opaque; good for a later process as well. */
  readonly nextToken: string | null;
}

export interface ObjectVersion extends ObjectInfo {
  readonly versionId: string;
  readonly isLatest: boolean;
  /** Markers have size 0 and an empty etag. */
  readonly isDeleteMarker: boolean;
}

export interface VersionPage {
  readonly versions: readonly ObjectVersion[];
  readonly prefixes: readonly string[];
  readonly nextToken: string | null;
}

export interface GetOptions {
  readonly versionId?: string;
  /** Bytes `[start, end)`; what is beyond the object's end is left out, all of it if need be. */
  readonly range?: { readonly start: number; readonly end: number };
  /** `storage.changed` where the object is not the one with this etag. */
  readonly ifMatch?: string;
}

export interface ObjectBody extends AsyncDisposable {
  /** Of the whole object. */
  readonly info: ObjectInfo;
  /** Bytes that will come. */
  readonly lengthBytes: number;
  /** To be read once. Ends in `storage.body-wrong` where other than `lengthBytes` came, `storage.unreachable` on a cut. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface UploadOptions {
  readonly contentType?: string;
}

export interface PutOptions extends UploadOptions {
  /** `storage.changed` where the key is taken. Old MinIO ignores it: no lock for them. */
  readonly ifAbsent?: boolean;
}

export interface PutOutcome {
  readonly etag: string;
  readonly versionId: string | null;
}

/** Plain data: a checkpoint keeps it. */
export interface MultipartUpload {
  readonly key: string;
  readonly uploadId: string;
}

export interface UploadedPart {
  readonly partNumber: number;
  readonly etag: string;
  readonly sizeBytes: number;
}

export interface DeleteOutcome {
  /** Version of the delete marker that was put or removed; `null` where versions are not kept. */
  readonly versionId: string | null;
  readonly isDeleteMarker: boolean;
}
