import type { S3Client } from "@aws-sdk/client-s3";
import { hasCode } from "../../../src-shared/errors/app-error.ts";
import { fromDelimited, toDelimited } from "./chunk-delimiter.ts";
import type { CredentialCache } from "./credential-cache.ts";
import { minioToken } from "./minio-token.ts";
import type { MultipartUpload, ObjectRef, PutOutcome } from "./object-store.ts";
import { s3Failure, throughForward, type S3Request } from "./s3-failure.ts";
import { plainEtag } from "./s3-listing.ts";
import type { S3StoreOptions } from "./s3-store-options.ts";
import { withRetries } from "./store-retries.ts";

export type S3Sdk = typeof import("@aws-sdk/client-s3");

/** What every request to a bucket has in common: its name, the prefix, retries, and failures in our words. */
export class S3Requests {
  readonly sdk: S3Sdk;
  readonly client: S3Client;
  readonly options: S3StoreOptions;
  readonly title: string;
  /** In front of every key; empty or with a slash at its end. */
  readonly prefix: string;
  readonly idleSeconds: number;

  readonly #credentials: CredentialCache;

  constructor(
    sdk: S3Sdk,
    client: S3Client,
    options: S3StoreOptions,
    idleTimeoutMs: number,
    credentials: CredentialCache,
  ) {
    this.#credentials = credentials;
    const prefix = (options.prefix ?? "").replace(/^\/+|\/+$/g, "");
    this.sdk = sdk;
    this.client = client;
    this.options = options;
    this.prefix = prefix === "" ? "" : `${prefix}/`;
    this.idleSeconds = idleTimeoutMs / 1_000;
    this.title = `s3://${options.bucket}${prefix === "" ? "" : `/${prefix}`}`;
  }

  /** A key, or the beginning of keys, as it stands in the bucket. */
  inBucket(key: string): string {
    return this.prefix + toDelimited(key, this.options.chunkDelimiter);
  }

  /** A key, or a common prefix, of the bucket as those know it who ask this store. */
  fromBucket(key: string): string {
    const own = key.startsWith(this.prefix) ? key.slice(this.prefix.length) : key;
    return fromDelimited(own, this.options.chunkDelimiter);
  }

  object({ key, versionId }: ObjectRef): { Bucket: string; Key: string; VersionId?: string } {
    const object = { Bucket: this.options.bucket, Key: this.inBucket(key) };
    return versionId === undefined ? object : { ...object, VersionId: versionId };
  }

  /** A token for MinIO's metrics, made of the store's own credentials. Rejects as `S3StoreOptions.credentials` does. */
  async minioToken(): Promise<string> {
    return minioToken(await this.#credentials.get(), this.options.clock.nowMs());
  }

  upload({ key, uploadId }: MultipartUpload): { Bucket: string; Key: string; UploadId: string } {
    return { ...this.object({ key }), UploadId: uploadId };
  }

  /** The value of `x-amz-copy-source`. */
  source({ key, versionId }: ObjectRef): string {
    const path = `${this.options.bucket}/${this.inBucket(key)}`.split("/").map(encodeURIComponent).join("/");
    return versionId === undefined ? path : `${path}?versionId=${encodeURIComponent(versionId)}`;
  }

  /** Sends, again where the failure may pass; `action` is S3's name of the request. */
  send<Answer>(
    action: string,
    key: string,
    signal: AbortSignal,
    send: (signal: AbortSignal) => Promise<Answer>,
    attempts?: number,
  ): Promise<Answer> {
    const request: S3Request = { store: this.title, key, action };
    const { clock, random = Math.random } = this.options;
    const options = { clock, random, attempts: attempts ?? this.options.attempts ?? 6 };
    const translate = (error: unknown) => s3Failure(error, request, this.idleSeconds);
    const once = async () => {
      try {
        return await send(signal);
      } catch (error) {
        throw throughForward(error, this.title);
      }
    };
    const { generation } = this.#credentials;
    return withRetries(once, translate, options, signal).catch((error: unknown) => {
      // They may have been changed since they were read: with new ones, once more.
      const again = hasCode(error, "storage.credentials-refused") && this.#credentials.refused(generation);
      if (!again) throw error;
      return withRetries(once, translate, options, signal);
    });
  }
}

export function outcomeOf(answer: {
  readonly ETag?: string | undefined;
  readonly VersionId?: string | undefined;
}): PutOutcome {
  return { etag: plainEtag(answer.ETag), versionId: answer.VersionId ?? null };
}
