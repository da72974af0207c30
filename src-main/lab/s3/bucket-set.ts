import { createHash, randomUUID } from "node:crypto";
import { LAB_BUCKETS, LOKI_BUCKET } from "./lab-buckets.ts";
import { HeldBytes } from "./held-bytes.ts";
import { LabBucket } from "./lab-bucket.ts";
import { S3Problem } from "./s3-problem.ts";

const MAX_BUCKETS = 100;
const MAX_UPLOADS = 1_000;

export interface KeptPart {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly modifiedMs: number;
}

/** A multipart upload that has begun. */
export interface KeptUpload {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly startedMs: number;
  readonly parts: Map<number, KeptPart>;
}

/** All buckets of the lab's object store, and the uploads to them. */
export class BucketSet {
  readonly held: HeldBytes;
  readonly nowMs: () => number;
  readonly #buckets = new Map<string, LabBucket>();
  readonly #uploads = new Map<string, KeptUpload>();

  constructor(nowMs: () => number, maxBytes: number) {
    this.nowMs = nowMs;
    this.held = new HeldBytes(maxBytes);
    for (const name of LAB_BUCKETS) {
      this.#buckets.set(name, new LabBucket(name, name === LOKI_BUCKET ? "Enabled" : null, this.held, nowMs));
    }
  }

  list(): readonly LabBucket[] {
    return [...this.#buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws S3Problem `NoSuchBucket` */
  get(name: string): LabBucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw new S3Problem("NoSuchBucket");
    return bucket;
  }

  /** @throws S3Problem `BucketAlreadyOwnedByYou`, `InvalidBucketName`, `TooManyBuckets` */
  create(name: string): void {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) throw new S3Problem("InvalidBucketName");
    if (this.#buckets.has(name)) throw new S3Problem("BucketAlreadyOwnedByYou");
    if (this.#buckets.size >= MAX_BUCKETS) throw new S3Problem("TooManyBuckets");
    this.#buckets.set(name, new LabBucket(name, null, this.held, this.nowMs));
  }

  /** @throws S3Problem `NoSuchBucket`, `BucketNotEmpty` */
  delete(name: string): void {
    if (!this.get(name).empty) throw new S3Problem("BucketNotEmpty");
    this.#buckets.delete(name);
  }

  /** In the order of keys, then of their beginning. */
  uploads(bucket: string): readonly KeptUpload[] {
    return [...this.#uploads.values()].filter((each) => each.bucket === bucket);
  }

  beginUpload(bucket: string, key: string, contentType: string): KeptUpload {
    if (this.#uploads.size >= MAX_UPLOADS) throw new S3Problem("XMinioStorageFull");
    const upload = { uploadId: randomUUID(), bucket, key, contentType, startedMs: this.nowMs(), parts: new Map() };
    this.#uploads.set(upload.uploadId, upload);
    return upload;
  }

  /** @throws S3Problem `NoSuchUpload` */
  upload(bucket: string, key: string, uploadId: string): KeptUpload {
    const found = this.#uploads.get(uploadId);
    if (found === undefined || found.bucket !== bucket || found.key !== key) throw new S3Problem("NoSuchUpload");
    return found;
  }

  putPart(upload: KeptUpload, partNumber: number, bytes: Buffer): KeptPart {
    this.held.hold(bytes);
    const before = upload.parts.get(partNumber);
    if (before !== undefined) this.held.release(before.bytes);
    const part = { bytes, etag: createHash("md5").update(bytes).digest("hex"), modifiedMs: this.nowMs() };
    upload.parts.set(partNumber, part);
    return part;
  }

  forgetUpload(upload: KeptUpload): void {
    for (const { bytes } of upload.parts.values()) this.held.release(bytes);
    this.#uploads.delete(upload.uploadId);
  }
}
