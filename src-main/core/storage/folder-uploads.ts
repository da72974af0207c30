import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { UPLOADS_FOLDER } from "./folder-paths.ts";
import type { MultipartUpload, UploadedPart } from "./object-store.ts";
import { endIfCancelled } from "./store-retries.ts";

const uploadSchema = z.object({ key: z.string() });
const UPLOAD_ID = /^[0-9a-f-]{36}$/;
const PART_FILE = /^part-(\d{5})-([0-9a-f]{32})$/;

/** Uploads of a folder: each a folder of its own with what it is for and its parts, whose names carry number and MD5. */
export class FolderUploads {
  readonly #folder: string;
  readonly #store: string;

  constructor(root: string, store: string) {
    this.#folder = join(root, UPLOADS_FOLDER);
    this.#store = store;
  }

  async begin(key: string): Promise<MultipartUpload> {
    const uploadId = randomUUID();
    const folder = join(this.#folder, uploadId);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "upload.json"), JSON.stringify({ key }), { flush: true });
    return { key, uploadId };
  }

  async putPart(upload: MultipartUpload, partNumber: number, bytes: Uint8Array): Promise<UploadedPart> {
    const folder = await this.#find(upload);
    const number = String(partNumber).padStart(5, "0");
    const etag = createHash("md5").update(bytes).digest("hex");
    const temporary = join(folder, `new-${randomUUID()}`);
    await writeFile(temporary, bytes, { flush: true });
    for (const name of await readdir(folder)) {
      if (name.startsWith(`part-${number}-`)) await rm(join(folder, name), { force: true });
    }
    await rename(temporary, join(folder, `part-${number}-${etag}`));
    return { partNumber, etag, sizeBytes: bytes.length };
  }

  async parts(upload: MultipartUpload): Promise<readonly UploadedPart[]> {
    const folder = await this.#find(upload);
    const parts: UploadedPart[] = [];
    for (const name of (await readdir(folder)).sort()) {
      const [, number, etag] = PART_FILE.exec(name) ?? [];
      if (number === undefined || etag === undefined) continue;
      parts.push({ partNumber: Number(number), etag, sizeBytes: (await stat(join(folder, name))).size });
    }
    return parts;
  }

  async list(prefix: string, max: number): Promise<readonly MultipartUpload[]> {
    const uploads: MultipartUpload[] = [];
    for (const uploadId of (await this.#ids()).sort()) {
      if (uploads.length >= max || !UPLOAD_ID.test(uploadId)) continue;
      const key = await this.#keyOf(uploadId);
      if (key?.startsWith(prefix) === true) uploads.push({ key, uploadId });
    }
    return uploads;
  }

  /** Puts the given parts together in a file beside them, flushed to disk; `move` takes it from there. */
  async complete<Outcome>(
    upload: MultipartUpload,
    parts: readonly UploadedPart[],
    signal: AbortSignal,
    move: (file: string) => Promise<Outcome>,
  ): Promise<Outcome> {
    const folder = await this.#find(upload);
    const known = new Map((await this.parts(upload)).map((part) => [part.partNumber, part]));
    for (const { partNumber, etag } of parts) {
      if (known.get(partNumber)?.etag === etag) continue;
      throw new AppError("storage.refused", {
        store: this.#store,
        problem: `part ${partNumber} is not the one uploaded`,
      });
    }
    const joined = join(folder, `joined-${randomUUID()}`);
    await using file = await open(joined, "wx");
    for (const { partNumber, etag } of parts) {
      endIfCancelled(signal);
      const part = createReadStream(join(folder, `part-${String(partNumber).padStart(5, "0")}-${etag}`));
      for await (const chunk of part as AsyncIterable<Buffer>) await file.write(chunk);
    }
    await file.sync();
    const outcome = await move(joined);
    await rm(folder, { recursive: true, force: true });
    return outcome;
  }

  async abort(upload: MultipartUpload): Promise<void> {
    await rm(await this.#find(upload), { recursive: true, force: true });
  }

  /** A file of the uploads' folder for bytes that become an object by one rename. */
  async temporaryFile(): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    return join(this.#folder, `new-${randomUUID()}`);
  }

  async #ids(): Promise<string[]> {
    // No upload was ever begun where the folder is not there.
    return await readdir(this.#folder).catch(() => []);
  }

  async #find({ key, uploadId }: MultipartUpload): Promise<string> {
    const found = UPLOAD_ID.test(uploadId) ? await this.#keyOf(uploadId) : null;
    if (found !== key) throw new AppError("storage.upload-unknown", { store: this.#store, key });
    return join(this.#folder, uploadId);
  }

  async #keyOf(uploadId: string): Promise<string | null> {
    const text = await readFile(join(this.#folder, uploadId, "upload.json"), "utf8").catch(() => "");
    // Half a file is what a killed process leaves of an upload that had no part yet.
    const parsed = uploadSchema.safeParse(jsonOf(text));
    return parsed.success ? parsed.data.key : null;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
