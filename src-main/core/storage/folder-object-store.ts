import { constants } from "node:fs";
import { copyFile, link, mkdir, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import { folderFailure } from "./folder-failure.ts";
import { FolderListing, type FolderMark } from "./folder-listing.ts";
import { checkInside, pathOfKey } from "./folder-paths.ts";
import { FolderUploads } from "./folder-uploads.ts";
import type {
  DeleteOutcome,
  GetOptions,
  ListRequest,
  MultipartUpload,
  ObjectBody,
  ObjectInfo,
  ObjectPage,
  ObjectRef,
  ObjectStore,
  PutOptions,
  PutOutcome,
  UploadedPart,
  VersionPage,
} from "./object-store.ts";
import { endIfCancelled } from "./store-retries.ts";

const MAX_KEYS = 1_000;
const READ_BYTES = 262_144;
const STATS_AT_ONCE = 64;

const markSchema = z.object({ after: z.string(), isPrefix: z.boolean() });

interface FileFacts {
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly mtimeMs: bigint;
}

/**
 * A folder that is a copy of a bucket, or becomes one: path = key. Objects appear whole or not at all, by a rename from the
 * folder's own `.kubemate-uploads`. Keeps no versions. Etags are size and time of change.
 */
export class FolderObjectStore implements ObjectStore {
  /** The folder's absolute path. */
  readonly title: string;
  readonly #root: string;
  readonly #uploads: FolderUploads;
  readonly #listing: FolderListing;

  constructor(folder: string) {
    this.#root = resolve(folder);
    this.title = this.#root;
    this.#uploads = new FolderUploads(this.#root, this.title);
    this.#listing = new FolderListing(this.#root);
  }

  list(request: ListRequest, signal: AbortSignal): Promise<ObjectPage> {
    return this.#do("ListObjectsV2", request.prefix, signal, async () => {
      const { prefix, delimiter = "", startAfter = "" } = request;
      const maxKeys = Math.max(1, Math.min(MAX_KEYS, request.maxKeys ?? MAX_KEYS));
      const mark = request.token === undefined ? { after: startAfter, isPrefix: false } : this.#mark(request.token);
      const page = await this.#listing.page({ prefix, delimiter, maxKeys, mark });
      const objects: ObjectInfo[] = [];
      for (let at = 0; at < page.keys.length; at += STATS_AT_ONCE) {
        const keys = page.keys.slice(at, at + STATS_AT_ONCE);
        // oxlint-disable-next-line no-await-in-loop -- no more at a time than the system's threads take well
        const infos = await Promise.all(keys.map((key) => this.#infoIfThere(key)));
        objects.push(...infos.filter((info) => info !== null));
      }
      const nextToken = page.next === null ? null : Buffer.from(JSON.stringify(page.next)).toString("base64url");
      return { objects, prefixes: page.prefixes, nextToken };
    });
  }

  listVersions(): Promise<VersionPage> {
    return Promise.reject(this.#unsupported("ListObjectVersions"));
  }

  async versioning(): Promise<"off"> {
    return "off";
  }

  head(key: string, { versionId }: { readonly versionId?: string }, signal: AbortSignal): Promise<ObjectInfo> {
    return this.#do("HeadObject", key, signal, async () => {
      if (versionId !== undefined) throw this.#unsupported("HeadObject versionId");
      const path = await this.#pathOf(key);
      const found = await stat(path, { bigint: true });
      if (!found.isFile()) throw new AppError("storage.not-found", { store: this.title, key });
      return infoOf(key, found);
    });
  }

  get(key: string, options: GetOptions, signal: AbortSignal): Promise<ObjectBody> {
    return this.#do("GetObject", key, signal, async () => {
      if (options.versionId !== undefined) throw this.#unsupported("GetObject versionId");
      const file = await open(await this.#pathOf(key), constants.O_RDONLY);
      try {
        const found = await file.stat({ bigint: true });
        if (!found.isFile()) throw new AppError("storage.not-found", { store: this.title, key });
        const info = infoOf(key, found);
        if (options.ifMatch !== undefined && options.ifMatch !== info.etag) {
          throw new AppError("storage.changed", { store: this.title, key });
        }
        const end = Math.min(info.sizeBytes, options.range?.end ?? info.sizeBytes);
        const start = Math.min(end, options.range?.start ?? 0);
        const chunks = this.#read(file, key, start, end, signal);
        const dispose = () => file.close();
        return { info, lengthBytes: end - start, chunks, [Symbol.asyncDispose]: dispose };
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  put(key: string, bytes: Uint8Array, options: PutOptions, signal: AbortSignal): Promise<PutOutcome> {
    return this.#do("PutObject", key, signal, async () => {
      const path = pathOfKey(this.#root, key);
      const temporary = await this.#uploads.temporaryFile();
      try {
        await using file = await open(temporary, "wx");
        await file.writeFile(bytes);
        await file.sync();
        return await this.#moveInPlace(temporary, path, key, options.ifAbsent === true);
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }

  beginUpload(key: string, _options: unknown, signal: AbortSignal): Promise<MultipartUpload> {
    return this.#do("CreateMultipartUpload", key, signal, async () => {
      pathOfKey(this.#root, key);
      return await this.#uploads.begin(key);
    });
  }

  uploadPart(
    upload: MultipartUpload,
    partNumber: number,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<UploadedPart> {
    return this.#do("UploadPart", upload.key, signal, () => this.#uploads.putPart(upload, partNumber, bytes));
  }

  listParts(upload: MultipartUpload, signal: AbortSignal): Promise<readonly UploadedPart[]> {
    return this.#do("ListParts", upload.key, signal, () => this.#uploads.parts(upload));
  }

  listUploads(prefix: string, signal: AbortSignal): Promise<readonly MultipartUpload[]> {
    return this.#do("ListMultipartUploads", prefix, signal, () => this.#uploads.list(prefix, MAX_KEYS));
  }

  completeUpload(upload: MultipartUpload, parts: readonly UploadedPart[], signal: AbortSignal): Promise<PutOutcome> {
    const path = pathOfKey(this.#root, upload.key);
    return this.#do("CompleteMultipartUpload", upload.key, signal, () =>
      this.#uploads.complete(upload, parts, signal, (file) => this.#moveInPlace(file, path, upload.key, false)),
    );
  }

  abortUpload(upload: MultipartUpload, signal: AbortSignal): Promise<void> {
    return this.#do("AbortMultipartUpload", upload.key, signal, () => this.#uploads.abort(upload));
  }

  copy(from: ObjectRef, toKey: string, signal: AbortSignal): Promise<PutOutcome> {
    return this.#do("CopyObject", from.key, signal, async () => {
      if (from.versionId !== undefined) throw this.#unsupported("CopyObject versionId");
      const temporary = await this.#uploads.temporaryFile();
      try {
        await copyFile(await this.#pathOf(from.key), temporary, constants.COPYFILE_FICLONE);
        return await this.#moveInPlace(temporary, pathOfKey(this.#root, toKey), toKey, false);
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }

  delete({ key, versionId }: ObjectRef, signal: AbortSignal): Promise<DeleteOutcome> {
    return this.#do("DeleteObject", key, signal, async () => {
      if (versionId !== undefined) throw this.#unsupported("DeleteObject versionId");
      const path = await this.#pathOf(key).catch((error: unknown) => {
        if (hasCode(error, "storage.not-found")) return null;
        throw error;
      });
      if (path !== null) await rm(path, { force: true });
      return { versionId: null, isDeleteMarker: false };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is held between calls.
  }

  async *#read(
    file: FileHandle,
    key: string,
    start: number,
    end: number,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end;) {
      endIfCancelled(signal);
      const piece = new Uint8Array(Math.min(READ_BYTES, end - at));
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) {
        const counts = { expectedBytes: end - start, gotBytes: at - start };
        throw new AppError("storage.body-wrong", { store: this.title, key, ...counts });
      }
      at += bytesRead;
      yield bytesRead === piece.length ? piece : piece.subarray(0, bytesRead);
    }
  }

  async #moveInPlace(file: string, path: string, key: string, ifAbsent: boolean): Promise<PutOutcome> {
    await mkdir(dirname(path), { recursive: true });
    await checkInside(this.#root, path, key);
    // A link fails where the name is taken; a rename would not.
    if (ifAbsent) await link(file, path);
    else await rename(file, path);
    const { etag } = infoOf(key, await stat(path, { bigint: true }));
    return { etag, versionId: null };
  }

  async #pathOf(key: string): Promise<string> {
    const path = pathOfKey(this.#root, key);
    try {
      await checkInside(this.#root, path, key);
    } catch (error) {
      throw folderFailure(error, { store: this.title, key, action: "" });
    }
    return path;
  }

  /** What was deleted since its folder was read is left out. */
  async #infoIfThere(key: string): Promise<ObjectInfo | null> {
    const found = await stat(pathOfKey(this.#root, key), { bigint: true }).catch(() => null);
    return found === null ? null : infoOf(key, found);
  }

  #mark(token: string): FolderMark {
    try {
      return markSchema.parse(JSON.parse(Buffer.from(token, "base64url").toString("utf8")));
    } catch {
      throw new AppError("storage.refused", { store: this.title, problem: "this token is not of this listing" });
    }
  }

  #unsupported(action: string): AppError {
    return new AppError("storage.unsupported", { store: this.title, action });
  }

  async #do<Answer>(action: string, key: string, signal: AbortSignal, run: () => Promise<Answer>): Promise<Answer> {
    endIfCancelled(signal);
    try {
      return await run();
    } catch (error) {
      throw folderFailure(error, { store: this.title, key, action });
    }
  }
}

function infoOf(key: string, { size, mtimeNs, mtimeMs }: FileFacts): ObjectInfo {
  const etag = `${size.toString(16)}-${mtimeNs.toString(16)}`;
  return { key, sizeBytes: Number(size), etag, modifiedMs: Number(mtimeMs), versionId: null };
}
