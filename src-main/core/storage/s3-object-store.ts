import type { Readable } from "node:stream";
import type { GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import { compareKeys } from "./key-order.ts";
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
import { objectPage, plainEtag, versionMarkers, versionPage } from "./s3-listing.ts";
import { outcomeOf, type S3Requests } from "./s3-requests.ts";
import { S3Uploads } from "./s3-uploads.ts";

/** S3 copies no more in one request. */
const SINGLE_COPY_MAX_BYTES = 5 * 2 ** 30;

/** A bucket of S3, MinIO, Ceph or their like; opened by `openS3ObjectStore`. */
export class S3ObjectStore implements ObjectStore {
  readonly #requests: S3Requests;
  readonly #uploads: S3Uploads;

  constructor(requests: S3Requests) {
    this.#requests = requests;
    this.#uploads = new S3Uploads(requests, (key, options, signal) => this.head(key, options, signal));
  }

  get title(): string {
    return this.#requests.title;
  }

  async list(request: ListRequest, signal: AbortSignal): Promise<ObjectPage> {
    const command = new this.#requests.sdk.ListObjectsV2Command({
      Bucket: this.#requests.options.bucket,
      Prefix: this.#requests.inBucket(request.prefix),
      EncodingType: "url",
      ...(request.delimiter === undefined ? {} : { Delimiter: request.delimiter }),
      ...(request.startAfter === undefined ? {} : { StartAfter: this.#requests.inBucket(request.startAfter) }),
      ...(request.token === undefined ? {} : { ContinuationToken: request.token }),
      ...(request.maxKeys === undefined ? {} : { MaxKeys: request.maxKeys }),
    });
    const answer = await this.#requests.send("ListObjectsV2", request.prefix, signal, (abortSignal) =>
      this.#requests.client.send(command, { abortSignal }),
    );
    const page = objectPage(answer, (key) => this.#requests.fromBucket(key));
    if (this.#requests.options.chunkDelimiter === undefined) return page;
    return { ...page, objects: page.objects.toSorted((a, b) => compareKeys(a.key, b.key)) };
  }

  async listVersions(request: ListVersionsRequest, signal: AbortSignal): Promise<VersionPage> {
    const command = new this.#requests.sdk.ListObjectVersionsCommand({
      Bucket: this.#requests.options.bucket,
      Prefix: this.#requests.inBucket(request.prefix),
      EncodingType: "url",
      ...(request.delimiter === undefined ? {} : { Delimiter: request.delimiter }),
      ...(request.token === undefined ? {} : versionMarkers(request.token, this.title)),
      ...(request.maxKeys === undefined ? {} : { MaxKeys: request.maxKeys }),
    });
    const answer = await this.#requests.send("ListObjectVersions", request.prefix, signal, (abortSignal) =>
      this.#requests.client.send(command, { abortSignal }),
    );
    return versionPage(answer, (key) => this.#requests.fromBucket(key));
  }

  async versioning(signal: AbortSignal): Promise<"enabled" | "suspended" | "off"> {
    const command = new this.#requests.sdk.GetBucketVersioningCommand({ Bucket: this.#requests.options.bucket });
    try {
      const { Status } = await this.#requests.send("GetBucketVersioning", "", signal, (abortSignal) =>
        this.#requests.client.send(command, { abortSignal }),
      );
      if (Status === "Enabled") return "enabled";
      return Status === "Suspended" ? "suspended" : "off";
    } catch (error) {
      if (hasCode(error, "storage.unsupported")) return "off";
      throw error;
    }
  }

  async head(key: string, options: { readonly versionId?: string }, signal: AbortSignal): Promise<ObjectInfo> {
    const command = new this.#requests.sdk.HeadObjectCommand(this.#requests.object({ key, ...options }));
    const answer = await this.#requests.send("HeadObject", key, signal, (abortSignal) =>
      this.#requests.client.send(command, { abortSignal }),
    );
    return infoOf(key, answer.ContentLength ?? 0, answer);
  }

  async get(key: string, options: GetOptions, signal: AbortSignal): Promise<ObjectBody> {
    const { range, versionId } = options;
    if (range !== undefined && range.end <= range.start) return await this.#nothing(key, options, signal);
    const command = new this.#requests.sdk.GetObjectCommand({
      ...this.#requests.object({ key, ...(versionId === undefined ? {} : { versionId }) }),
      ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` }),
      ...(options.ifMatch === undefined ? {} : { IfMatch: `"${options.ifMatch}"` }),
    });
    const request = { store: this.title, key, action: "GetObject" };
    try {
      const answer = await this.#requests.send("GetObject", key, signal, (abortSignal) =>
        this.#requests.client.send(command, { abortSignal }),
      );
      const lengthBytes = answer.ContentLength ?? 0;
      const total = /\/(\d+)$/.exec(answer.ContentRange ?? "")?.[1];
      // The SDK's type covers browsers; under Node a body is a stream of Node's.
      const body = s3Body(answer.Body as Readable, lengthBytes, request, this.#requests.idleSeconds, signal);
      return { ...body, lengthBytes, info: infoOf(key, total === undefined ? lengthBytes : Number(total), answer) };
    } catch (error) {
      const behindEnd = hasCode(error, "storage.refused") && error.params.problem.startsWith("416 ");
      if (!behindEnd) throw error;
      return await this.#nothing(key, options, signal);
    }
  }

  async put(key: string, bytes: Uint8Array, options: PutOptions, signal: AbortSignal): Promise<PutOutcome> {
    const command = new this.#requests.sdk.PutObjectCommand({
      ...this.#requests.object({ key }),
      Body: bytes,
      ContentLength: bytes.length,
      ...(options.contentType === undefined ? {} : { ContentType: options.contentType }),
      ...(options.ifAbsent === true ? { IfNoneMatch: "*" } : {}),
    });
    // A put that was answered by silence may have happened: again, it would find its own object in the way.
    const attempts = options.ifAbsent === true ? 1 : undefined;
    const send = (abortSignal: AbortSignal) => this.#requests.client.send(command, { abortSignal });
    return outcomeOf(await this.#requests.send("PutObject", key, signal, send, attempts));
  }

  beginUpload(key: string, options: UploadOptions, signal: AbortSignal): Promise<MultipartUpload> {
    return this.#uploads.begin(key, options, signal);
  }

  uploadPart(
    upload: MultipartUpload,
    partNumber: number,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<UploadedPart> {
    return this.#uploads.putPart(upload, partNumber, bytes, signal);
  }

  listParts(upload: MultipartUpload, signal: AbortSignal): Promise<readonly UploadedPart[]> {
    return this.#uploads.parts(upload, signal);
  }

  listUploads(prefix: string, signal: AbortSignal): Promise<readonly MultipartUpload[]> {
    return this.#uploads.list(prefix, signal);
  }

  completeUpload(upload: MultipartUpload, parts: readonly UploadedPart[], signal: AbortSignal): Promise<PutOutcome> {
    return this.#uploads.complete(upload, parts, signal);
  }

  abortUpload(upload: MultipartUpload, signal: AbortSignal): Promise<void> {
    return this.#uploads.abort(upload, signal);
  }

  copy(from: ObjectRef, toKey: string, signal: AbortSignal): Promise<PutOutcome> {
    return this.copyFrom(this, from, toKey, signal);
  }

  /** As `copy`, out of another bucket that these credentials may read as well. */
  async copyFrom(other: S3ObjectStore, from: ObjectRef, toKey: string, signal: AbortSignal): Promise<PutOutcome> {
    const { sizeBytes } = await other.head(from.key, from, signal);
    const source = other.#requests.source(from);
    if (sizeBytes > (this.#requests.options.singleCopyMaxBytes ?? SINGLE_COPY_MAX_BYTES)) {
      return await this.#uploads.copy(from.key, source, toKey, sizeBytes, signal);
    }
    const command = new this.#requests.sdk.CopyObjectCommand({
      ...this.#requests.object({ key: toKey }),
      CopySource: source,
    });
    const answer = await this.#requests.send("CopyObject", from.key, signal, (abortSignal) =>
      this.#requests.client.send(command, { abortSignal }),
    );
    return { etag: plainEtag(answer.CopyObjectResult?.ETag), versionId: answer.VersionId ?? null };
  }

  async delete(ref: ObjectRef, signal: AbortSignal): Promise<DeleteOutcome> {
    const command = new this.#requests.sdk.DeleteObjectCommand(this.#requests.object(ref));
    const answer = await this.#requests.send("DeleteObject", ref.key, signal, (abortSignal) =>
      this.#requests.client.send(command, { abortSignal }),
    );
    return { versionId: answer.VersionId ?? null, isDeleteMarker: answer.DeleteMarker === true };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#requests.client.destroy();
  }

  /** The object's facts, and no bytes of it. */
  async #nothing(key: string, options: GetOptions, signal: AbortSignal): Promise<ObjectBody> {
    const { versionId, ifMatch } = options;
    const info = await this.head(key, versionId === undefined ? {} : { versionId }, signal);
    if (ifMatch !== undefined && info.etag !== ifMatch)
      throw new AppError("storage.changed", { store: this.title, key });
    return { info, lengthBytes: 0, chunks: noChunks(), [Symbol.asyncDispose]: async () => undefined };
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
