import type { Readable } from "node:stream";
import type { GetObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import type { Clock } from "../common/clock.ts";
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
  PutOptions,
  PutOutcome,
  UploadedPart,
  UploadOptions,
  VersionPage,
} from "./object-store.ts";
import { s3Body } from "./s3-body.ts";
import { s3Failure, type S3Request } from "./s3-failure.ts";
import { objectPage, plainEtag, versionMarkers, versionPage } from "./s3-listing.ts";
import { withRetries } from "./store-retries.ts";

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Asked for again before this instant. */
  readonly expiration?: Date;
}

export interface S3StoreOptions {
  readonly bucket: string;
  /** Loki's `storage_prefix`: in front of every key, with a slash between. */
  readonly prefix?: string;
  /** `https://minio.example:9000`; Amazon's own without. */
  readonly endpoint?: string;
  readonly region?: string;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`; so by default, where there is an endpoint. */
  readonly pathStyle?: boolean;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** Asked when a request needs them and none are known or they expire; never kept in the store's own fields. */
  readonly credentials: () => Promise<S3Credentials>;
  readonly clock: Clock;
  readonly random?: () => number;
  readonly attempts?: number;
  readonly maxConnections?: number;
  readonly connectTimeoutMs?: number;
  /** Without a byte in either direction. */
  readonly idleTimeoutMs?: number;
  /** S3 copies up to 5 GiB in one request. */
  readonly singleCopyMaxBytes?: number;
  readonly copyPartBytes?: number;
}

type Sdk = typeof import("@aws-sdk/client-s3");

const GIB = 2 ** 30;
const MAX_LISTED_UPLOADS = 1_000;

/** A bucket of S3, MinIO, Ceph or their like; opened by `openS3ObjectStore`. */
export class S3ObjectStore implements ObjectStore {
  readonly title: string;
  readonly #sdk: Sdk;
  readonly #client: S3Client;
  readonly #options: S3StoreOptions;
  readonly #prefix: string;
  readonly #idleSeconds: number;

  constructor(sdk: Sdk, client: S3Client, options: S3StoreOptions, idleTimeoutMs: number) {
    const prefix = (options.prefix ?? "").replace(/^\/+|\/+$/g, "");
    this.#sdk = sdk;
    this.#client = client;
    this.#options = options;
    this.#prefix = prefix === "" ? "" : `${prefix}/`;
    this.#idleSeconds = Math.round(idleTimeoutMs / 1_000);
    this.title = `s3://${options.bucket}${prefix === "" ? "" : `/${prefix}`}`;
  }

  async list(request: ListRequest, signal: AbortSignal): Promise<ObjectPage> {
    const command = new this.#sdk.ListObjectsV2Command({
      Bucket: this.#options.bucket,
      Prefix: this.#prefix + request.prefix,
      EncodingType: "url",
      ...(request.delimiter === undefined ? {} : { Delimiter: request.delimiter }),
      ...(request.startAfter === undefined ? {} : { StartAfter: this.#prefix + request.startAfter }),
      ...(request.token === undefined ? {} : { ContinuationToken: request.token }),
      ...(request.maxKeys === undefined ? {} : { MaxKeys: request.maxKeys }),
    });
    const answer = await this.#send("ListObjectsV2", request.prefix, signal, (abortSignal) =>
      this.#client.send(command, { abortSignal }),
    );
    return objectPage(answer, this.#prefix);
  }

  async listVersions(request: ListVersionsRequest, signal: AbortSignal): Promise<VersionPage> {
    const command = new this.#sdk.ListObjectVersionsCommand({
      Bucket: this.#options.bucket,
      Prefix: this.#prefix + request.prefix,
      EncodingType: "url",
      ...(request.delimiter === undefined ? {} : { Delimiter: request.delimiter }),
      ...(request.token === undefined ? {} : versionMarkers(request.token, this.title)),
      ...(request.maxKeys === undefined ? {} : { MaxKeys: request.maxKeys }),
    });
    const answer = await this.#send("ListObjectVersions", request.prefix, signal, (abortSignal) =>
      this.#client.send(command, { abortSignal }),
    );
    return versionPage(answer, this.#prefix);
  }

  async versioning(signal: AbortSignal): Promise<"enabled" | "suspended" | "off"> {
    const command = new this.#sdk.GetBucketVersioningCommand({ Bucket: this.#options.bucket });
    try {
      const { Status } = await this.#send("GetBucketVersioning", "", signal, (abortSignal) =>
        this.#client.send(command, { abortSignal }),
      );
      if (Status === "Enabled") return "enabled";
      return Status === "Suspended" ? "suspended" : "off";
    } catch (error) {
      if (hasCode(error, "storage.unsupported")) return "off";
      throw error;
    }
  }

  async head(key: string, options: { readonly versionId?: string }, signal: AbortSignal): Promise<ObjectInfo> {
    const command = new this.#sdk.HeadObjectCommand(this.#object({ key, ...options }));
    const answer = await this.#send("HeadObject", key, signal, (abortSignal) =>
      this.#client.send(command, { abortSignal }),
    );
    return infoOf(key, answer.ContentLength ?? 0, answer);
  }

  async get(key: string, options: GetOptions, signal: AbortSignal): Promise<ObjectBody> {
    const { range, versionId } = options;
    if (range !== undefined && range.end <= range.start) return await this.#nothing(key, options, signal);
    const command = new this.#sdk.GetObjectCommand({
      ...this.#object({ key, ...(versionId === undefined ? {} : { versionId }) }),
      ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` }),
      ...(options.ifMatch === undefined ? {} : { IfMatch: `"${options.ifMatch}"` }),
    });
    const request = { store: this.title, key, action: "GetObject" };
    try {
      const answer = await this.#send("GetObject", key, signal, (abortSignal) =>
        this.#client.send(command, { abortSignal }),
      );
      const lengthBytes = answer.ContentLength ?? 0;
      const total = /\/(\d+)$/.exec(answer.ContentRange ?? "")?.[1];
      // The SDK's type covers browsers; under Node a body is a stream of Node's.
      const body = s3Body(answer.Body as Readable, lengthBytes, request, this.#idleSeconds, signal);
      return { ...body, lengthBytes, info: infoOf(key, total === undefined ? lengthBytes : Number(total), answer) };
    } catch (error) {
      const behindEnd = hasCode(error, "storage.refused") && error.params.problem.startsWith("416 ");
      if (!behindEnd) throw error;
      return await this.#nothing(key, options, signal);
    }
  }

  async put(key: string, bytes: Uint8Array, options: PutOptions, signal: AbortSignal): Promise<PutOutcome> {
    const command = new this.#sdk.PutObjectCommand({
      ...this.#object({ key }),
      Body: bytes,
      ContentLength: bytes.length,
      ...(options.contentType === undefined ? {} : { ContentType: options.contentType }),
      ...(options.ifAbsent === true ? { IfNoneMatch: "*" } : {}),
    });
    // A put that was answered by silence may have happened: again, it would find its own object in the way.
    const attempts = options.ifAbsent === true ? 1 : undefined;
    const send = (abortSignal: AbortSignal) => this.#client.send(command, { abortSignal });
    return outcomeOf(await this.#send("PutObject", key, signal, send, attempts));
  }

  async beginUpload(key: string, options: UploadOptions, signal: AbortSignal): Promise<MultipartUpload> {
    const command = new this.#sdk.CreateMultipartUploadCommand({
      ...this.#object({ key }),
      ...(options.contentType === undefined ? {} : { ContentType: options.contentType }),
    });
    const { UploadId } = await this.#send("CreateMultipartUpload", key, signal, (abortSignal) =>
      this.#client.send(command, { abortSignal }),
    );
    if (UploadId === undefined) throw this.#malformed("an upload without an id");
    return { key, uploadId: UploadId };
  }

  async uploadPart(
    upload: MultipartUpload,
    partNumber: number,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<UploadedPart> {
    const command = new this.#sdk.UploadPartCommand({
      ...this.#upload(upload),
      PartNumber: partNumber,
      Body: bytes,
      ContentLength: bytes.length,
    });
    const { ETag } = await this.#send("UploadPart", upload.key, signal, (abortSignal) =>
      this.#client.send(command, { abortSignal }),
    );
    return { partNumber, etag: plainEtag(ETag), sizeBytes: bytes.length };
  }

  async listParts(upload: MultipartUpload, signal: AbortSignal): Promise<readonly UploadedPart[]> {
    const parts: UploadedPart[] = [];
    for (let marker: string | undefined; ;) {
      const command = new this.#sdk.ListPartsCommand({
        ...this.#upload(upload),
        ...(marker === undefined ? {} : { PartNumberMarker: marker }),
      });
      const answer = await this.#send("ListParts", upload.key, signal, (abortSignal) =>
        this.#client.send(command, { abortSignal }),
      );
      for (const { PartNumber, ETag, Size } of answer.Parts ?? []) {
        parts.push({ partNumber: PartNumber ?? 0, etag: plainEtag(ETag), sizeBytes: Size ?? 0 });
      }
      const next = answer.IsTruncated === true ? answer.NextPartNumberMarker : undefined;
      if (next === undefined || next === marker) return parts;
      marker = next;
    }
  }

  async listUploads(prefix: string, signal: AbortSignal): Promise<readonly MultipartUpload[]> {
    const command = new this.#sdk.ListMultipartUploadsCommand({
      Bucket: this.#options.bucket,
      Prefix: this.#prefix + prefix,
      MaxUploads: MAX_LISTED_UPLOADS,
    });
    const { Uploads } = await this.#send("ListMultipartUploads", prefix, signal, (abortSignal) =>
      this.#client.send(command, { abortSignal }),
    );
    return (Uploads ?? []).map(({ Key, UploadId }) => ({
      key: (Key ?? "").slice(this.#prefix.length),
      uploadId: UploadId ?? "",
    }));
  }

  async completeUpload(
    upload: MultipartUpload,
    parts: readonly UploadedPart[],
    signal: AbortSignal,
  ): Promise<PutOutcome> {
    const Parts = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: `"${etag}"` }));
    const command = new this.#sdk.CompleteMultipartUploadCommand({
      ...this.#upload(upload),
      MultipartUpload: { Parts },
    });
    const send = (abortSignal: AbortSignal) => this.#client.send(command, { abortSignal });
    return outcomeOf(await this.#send("CompleteMultipartUpload", upload.key, signal, send));
  }

  async abortUpload(upload: MultipartUpload, signal: AbortSignal): Promise<void> {
    const command = new this.#sdk.AbortMultipartUploadCommand(this.#upload(upload));
    await this.#send("AbortMultipartUpload", upload.key, signal, (abortSignal) =>
      this.#client.send(command, { abortSignal }),
    );
  }

  async copy(from: ObjectRef, toKey: string, signal: AbortSignal): Promise<PutOutcome> {
    const { sizeBytes } = await this.head(from.key, from, signal);
    if (sizeBytes > (this.#options.singleCopyMaxBytes ?? 5 * GIB)) {
      return await this.#copyInParts(from, toKey, sizeBytes, signal);
    }
    const command = new this.#sdk.CopyObjectCommand({
      ...this.#object({ key: toKey }),
      CopySource: this.#source(from),
    });
    const answer = await this.#send("CopyObject", from.key, signal, (abortSignal) =>
      this.#client.send(command, { abortSignal }),
    );
    return { etag: plainEtag(answer.CopyObjectResult?.ETag), versionId: answer.VersionId ?? null };
  }

  async delete(ref: ObjectRef, signal: AbortSignal): Promise<DeleteOutcome> {
    const command = new this.#sdk.DeleteObjectCommand(this.#object(ref));
    const answer = await this.#send("DeleteObject", ref.key, signal, (abortSignal) =>
      this.#client.send(command, { abortSignal }),
    );
    return { versionId: answer.VersionId ?? null, isDeleteMarker: answer.DeleteMarker === true };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy();
  }

  async #copyInParts(from: ObjectRef, toKey: string, sizeBytes: number, signal: AbortSignal): Promise<PutOutcome> {
    const upload = await this.beginUpload(toKey, {}, signal);
    const partBytes = Math.max(this.#options.copyPartBytes ?? GIB, Math.ceil(sizeBytes / 10_000));
    try {
      const parts: UploadedPart[] = [];
      for (let start = 0; start < sizeBytes; start += partBytes) {
        const end = Math.min(sizeBytes, start + partBytes);
        const partNumber = parts.length + 1;
        const command = new this.#sdk.UploadPartCopyCommand({
          ...this.#upload(upload),
          PartNumber: partNumber,
          CopySource: this.#source(from),
          CopySourceRange: `bytes=${start}-${end - 1}`,
        });
        const answer = await this.#send("UploadPartCopy", from.key, signal, (abortSignal) =>
          this.#client.send(command, { abortSignal }),
        );
        parts.push({ partNumber, etag: plainEtag(answer.CopyPartResult?.ETag), sizeBytes: end - start });
      }
      return await this.completeUpload(upload, parts, signal);
    } catch (error) {
      // The copy's own failure is what matters; parts that stay are found by `listUploads`.
      await this.abortUpload(upload, AbortSignal.timeout(10_000)).catch(() => undefined);
      throw error;
    }
  }

  /** The object's facts, and no bytes of it. */
  async #nothing(key: string, options: GetOptions, signal: AbortSignal): Promise<ObjectBody> {
    const { versionId, ifMatch } = options;
    const info = await this.head(key, versionId === undefined ? {} : { versionId }, signal);
    if (ifMatch !== undefined && info.etag !== ifMatch)
      throw new AppError("storage.changed", { store: this.title, key });
    return { info, lengthBytes: 0, chunks: noChunks(), [Symbol.asyncDispose]: async () => undefined };
  }

  #object({ key, versionId }: ObjectRef): { Bucket: string; Key: string; VersionId?: string } {
    const object = { Bucket: this.#options.bucket, Key: this.#prefix + key };
    return versionId === undefined ? object : { ...object, VersionId: versionId };
  }

  #upload({ key, uploadId }: MultipartUpload): { Bucket: string; Key: string; UploadId: string } {
    return { ...this.#object({ key }), UploadId: uploadId };
  }

  #source({ key, versionId }: ObjectRef): string {
    const path = `${this.#options.bucket}/${this.#prefix}${key}`.split("/").map(encodeURIComponent).join("/");
    return versionId === undefined ? path : `${path}?versionId=${encodeURIComponent(versionId)}`;
  }

  #malformed(problem: string): AppError {
    return new AppError("storage.failed", { store: this.title, problem });
  }

  #send<Answer>(
    action: string,
    key: string,
    signal: AbortSignal,
    send: (signal: AbortSignal) => Promise<Answer>,
    attempts?: number,
  ): Promise<Answer> {
    const request: S3Request = { store: this.title, key, action };
    const { clock, random = Math.random } = this.#options;
    return withRetries(
      () => send(signal),
      (error) => s3Failure(error, request, this.#idleSeconds),
      { clock, random, attempts: attempts ?? this.#options.attempts ?? 6 },
      signal,
    );
  }
}

async function* noChunks(): AsyncGenerator<Uint8Array> {
  // An object, or a range of it, without bytes.
}

function infoOf(
  key: string,
  sizeBytes: number,
  { ETag, LastModified, VersionId }: Pick<GetObjectCommandOutput, "ETag" | "LastModified" | "VersionId">,
): ObjectInfo {
  return {
    key,
    sizeBytes,
    etag: plainEtag(ETag),
    modifiedMs: LastModified?.getTime() ?? 0,
    versionId: VersionId ?? null,
  };
}

function outcomeOf(answer: {
  readonly ETag?: string | undefined;
  readonly VersionId?: string | undefined;
}): PutOutcome {
  return { etag: plainEtag(answer.ETag), versionId: answer.VersionId ?? null };
}
