import { AppError, isAppError } from "../../../src-shared/errors/app-error.ts";
import { multipartEtag } from "./multipart-etag.ts";
import type { MultipartUpload, ObjectStore, PutOutcome, UploadedPart, UploadOptions } from "./object-store.ts";
import { plainEtag } from "./s3-listing.ts";
import { outcomeOf, type S3Requests } from "./s3-requests.ts";

const GIB = 2 ** 30;
const MAX_LISTED_UPLOADS = 1_000;

/** Objects in parts: uploads, and copies of what is too large for one request. */
export class S3Uploads {
  readonly #requests: S3Requests;
  readonly #head: ObjectStore["head"];

  constructor(requests: S3Requests, head: ObjectStore["head"]) {
    this.#requests = requests;
    this.#head = head;
  }

  async begin(key: string, options: UploadOptions, signal: AbortSignal): Promise<MultipartUpload> {
    const command = new this.#requests.sdk.CreateMultipartUploadCommand({
      ...this.#requests.object({ key }),
      ...(options.contentType === undefined ? {} : { ContentType: options.contentType }),
    });
    const { UploadId } = await this.#requests.send("CreateMultipartUpload", key, signal, (abortSignal) =>
      this.#requests.client.send(command, { abortSignal }),
    );
    if (UploadId === undefined) {
      throw new AppError("storage.failed", { store: this.#requests.title, problem: "an upload without an id" });
    }
    return { key, uploadId: UploadId };
  }

  async putPart(
    upload: MultipartUpload,
    partNumber: number,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<UploadedPart> {
    const command = new this.#requests.sdk.UploadPartCommand({
      ...this.#requests.upload(upload),
      PartNumber: partNumber,
      Body: bytes,
      ContentLength: bytes.length,
    });
    const { ETag } = await this.#requests.send("UploadPart", upload.key, signal, (abortSignal) =>
      this.#requests.client.send(command, { abortSignal }),
    );
    return { partNumber, etag: plainEtag(ETag), sizeBytes: bytes.length };
  }

  async parts(upload: MultipartUpload, signal: AbortSignal): Promise<readonly UploadedPart[]> {
    const parts: UploadedPart[] = [];
    for (let marker: string | undefined; ;) {
      const command = new this.#requests.sdk.ListPartsCommand({
        ...this.#requests.upload(upload),
        ...(marker === undefined ? {} : { PartNumberMarker: marker }),
      });
      const answer = await this.#requests.send("ListParts", upload.key, signal, (abortSignal) =>
        this.#requests.client.send(command, { abortSignal }),
      );
      for (const { PartNumber, ETag, Size } of answer.Parts ?? []) {
        parts.push({ partNumber: PartNumber ?? 0, etag: plainEtag(ETag), sizeBytes: Size ?? 0 });
      }
      const next = answer.IsTruncated === true ? answer.NextPartNumberMarker : undefined;
      if (next === undefined || next === marker) return parts;
      marker = next;
    }
  }

  async list(prefix: string, signal: AbortSignal): Promise<readonly MultipartUpload[]> {
    const command = new this.#requests.sdk.ListMultipartUploadsCommand({
      Bucket: this.#requests.options.bucket,
      Prefix: this.#requests.inBucket(prefix),
      MaxUploads: MAX_LISTED_UPLOADS,
    });
    const { Uploads } = await this.#requests.send("ListMultipartUploads", prefix, signal, (abortSignal) =>
      this.#requests.client.send(command, { abortSignal }),
    );
    return (Uploads ?? []).map(({ Key, UploadId }) => ({
      key: this.#requests.fromBucket(Key ?? ""),
      uploadId: UploadId ?? "",
    }));
  }

  async complete(upload: MultipartUpload, parts: readonly UploadedPart[], signal: AbortSignal): Promise<PutOutcome> {
    const Parts = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: `"${etag}"` }));
    const command = new this.#requests.sdk.CompleteMultipartUploadCommand({
      ...this.#requests.upload(upload),
      MultipartUpload: { Parts },
    });
    const send = (abortSignal: AbortSignal) => this.#requests.client.send(command, { abortSignal });
    try {
      const outcome = outcomeOf(await this.#requests.send("CompleteMultipartUpload", upload.key, signal, send));
      if (outcome.etag !== "") return outcome;
      // Ceph 16 leaves the etag out of its answer.
      const { etag, versionId } = await this.#head(upload.key, {}, signal);
      return { etag, versionId };
    } catch (error) {
      if (!isAppError(error) || error.code === "request.cancelled") throw error;
      return await this.#completedBefore(upload, parts, error, signal);
    }
  }

  async abort(upload: MultipartUpload, signal: AbortSignal): Promise<void> {
    const command = new this.#requests.sdk.AbortMultipartUploadCommand(this.#requests.upload(upload));
    await this.#requests.send("AbortMultipartUpload", upload.key, signal, (abortSignal) =>
      this.#requests.client.send(command, { abortSignal }),
    );
  }

  /**
   * A completion whose answer was lost has happened, and its repetition finds no upload: then the object is there with the
   * etag of these parts. Where it is not, the store may know why (Ceph 16 calls an aborted upload an internal error).
   */
  async #completedBefore(
    upload: MultipartUpload,
    parts: readonly UploadedPart[],
    error: AppError,
    signal: AbortSignal,
  ): Promise<PutOutcome> {
    const expected = multipartEtag(parts);
    const found = await this.#head(upload.key, {}, signal).catch(() => null);
    if (found !== null && found.etag === expected) return { etag: found.etag, versionId: found.versionId };
    if (error.code === "storage.failed") await this.parts(upload, signal);
    throw error;
  }

  /** Copies by parts of at most a GiB, without the bytes passing through here; `source` as `S3Requests.source` words it. */
  async copy(
    fromKey: string,
    source: string,
    toKey: string,
    sizeBytes: number,
    signal: AbortSignal,
  ): Promise<PutOutcome> {
    const upload = await this.begin(toKey, {}, signal);
    const partBytes = Math.max(this.#requests.options.copyPartBytes ?? GIB, Math.ceil(sizeBytes / 10_000));
    try {
      const parts: UploadedPart[] = [];
      for (let start = 0; start < sizeBytes; start += partBytes) {
        const end = Math.min(sizeBytes, start + partBytes);
        const partNumber = parts.length + 1;
        const command = new this.#requests.sdk.UploadPartCopyCommand({
          ...this.#requests.upload(upload),
          PartNumber: partNumber,
          CopySource: source,
          CopySourceRange: `bytes=${start}-${end - 1}`,
        });
        const answer = await this.#requests.send("UploadPartCopy", fromKey, signal, (abortSignal) =>
          this.#requests.client.send(command, { abortSignal }),
        );
        parts.push({ partNumber, etag: plainEtag(answer.CopyPartResult?.ETag), sizeBytes: end - start });
      }
      return await this.complete(upload, parts, signal);
    } catch (error) {
      // The copy's own failure is what matters; parts that stay are found by `listUploads`.
      await this.abort(upload, AbortSignal.timeout(10_000)).catch(() => undefined);
      throw error;
    }
  }
}
