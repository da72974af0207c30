import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { RestoreItem } from "../../../../../src-shared/model/storage/restore.ts";
import type { MultipartUpload, ObjectBody, ObjectStore, UploadedPart } from "../../object-store.ts";
import { DigestMeter, type Crc32c, type ObjectDigest } from "./object-digest.ts";

/** What goes through memory at once, of one object; smaller ones are put whole. */
const PART_BYTES = 8 * 2 ** 20;
/** S3 takes 10,000 parts. */
const MOST_PARTS = 9_000;
const ABORT_LIMIT_MS = 10_000;

export interface StreamRequest {
  readonly source: ObjectStore;
  readonly target: ObjectStore;
  readonly item: RestoreItem;
  readonly crc32c: Crc32c;
  /** Says of all bytes, before they become the object, whether they are what they should be. */
  readonly isSound: (digest: ObjectDigest) => boolean;
  /** Durable when it resolves: an upload whose process is killed is found and aborted by the next. */
  readonly noteUpload: (upload: MultipartUpload, begun: boolean) => Promise<void>;
  /** 8 MiB without. */
  readonly partBytes?: number;
}

/**
 * Brings one object from a store to another through memory of at most a part. Nothing becomes the object before all of it came
 * and is sound. @throws AppError `storage.changed` and `storage.source-damaged` of the source, and `storage.*`
 */
export async function streamObject(request: StreamRequest, signal: AbortSignal): Promise<ObjectDigest> {
  const { source, target, item, partBytes = PART_BYTES } = request;
  const { key, sourceVersionId, sourceEtag, sizeBytes } = item;
  // A version never changes; what a store has now may.
  const which = sourceVersionId === null ? { ifMatch: sourceEtag } : { versionId: sourceVersionId };
  await using body = await source.get(key, which, signal);
  if (body.info.sizeBytes !== sizeBytes) throw new AppError("storage.changed", { store: source.title, key });
  if (sizeBytes > partBytes) return await inParts(request, body, signal);
  const meter = new DigestMeter(request.crc32c);
  const bytes = Buffer.allocUnsafe(sizeBytes);
  let at = 0;
  for await (const piece of body.chunks) {
    meter.add(piece);
    // A body ends in an error where more comes than was announced.
    bytes.set(piece.subarray(0, sizeBytes - at), at);
    at += piece.length;
  }
  const digest = meter.digest();
  requireSound(request, digest);
  await target.put(key, bytes, {}, signal);
  return digest;
}

async function inParts(request: StreamRequest, body: ObjectBody, signal: AbortSignal): Promise<ObjectDigest> {
  const { target, item, noteUpload } = request;
  const upload = await target.beginUpload(item.key, {}, signal);
  try {
    await noteUpload(upload, true);
    const meter = new DigestMeter(request.crc32c);
    const parts: UploadedPart[] = [];
    const size = Math.max(request.partBytes ?? PART_BYTES, Math.ceil(item.sizeBytes / MOST_PARTS));
    for await (const part of partsOf(body.chunks, size)) {
      meter.add(part);
      parts.push(await target.uploadPart(upload, parts.length + 1, part, signal));
    }
    const digest = meter.digest();
    requireSound(request, digest);
    await target.completeUpload(upload, parts, signal);
    await noteUpload(upload, false);
    return digest;
  } catch (error) {
    // Its own failure is what matters; the upload is noted, and aborted by the next run.
    const limit = AbortSignal.timeout(ABORT_LIMIT_MS);
    await target.abortUpload(upload, limit).then(
      () => noteUpload(upload, false),
      () => undefined,
    );
    throw error;
  }
}

/** Pieces put together to parts of one size; the last may be smaller. */
async function* partsOf(pieces: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let part = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const taken = piece.subarray(at, at + size - filled);
      part.set(taken, filled);
      filled += taken.length;
      at += taken.length;
      if (filled < size) continue;
      yield part;
      part = Buffer.allocUnsafe(size);
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}

function requireSound({ source, item, isSound }: StreamRequest, digest: ObjectDigest): void {
  if (digest.sizeBytes === item.sizeBytes && isSound(digest)) return;
  throw new AppError("storage.source-damaged", { store: source.title, key: item.key });
}
