import { open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import { type ArchiveFile, type ArchiveManifest, MANIFEST_FILE } from "../../../src-shared/model/archive-manifest.ts";
import type { ObjectStore, UploadedPart } from "../storage/object-store.ts";
import { removePartitions } from "./archive-leftovers.ts";
import type { FinishedPart } from "./export-checkpoint.ts";
import type { ExportParts } from "./export-plan.ts";

/** Readers such as Spark and Hive pass over names that begin so: half an export is nobody's table. */
const TEMPORARY = "_kubemate-export/";
/** Parts of a multipart upload; the S3 API wants 5 MiB at least for all but the last. */
const UPLOAD_PART_BYTES = 8 * 1024 * 1024;
const COPIES_AT_A_TIME = 8;
const PARQUET = { contentType: "application/vnd.apache.parquet" };

/**
 * An archive's way into an object store. Slices lie in a work folder until they are uploaded, under temporary keys; when
 * all are there they are copied to their own, and the manifest is put last. Whoever lists the prefix meanwhile sees no
 * archive.
 */
export class StoreTarget {
  readonly #store: ObjectStore;
  readonly #directory: string;

  /** `directory` is the work folder with the slices. */
  constructor(store: ObjectStore, directory: string) {
    this.#store = store;
    this.#directory = directory;
  }

  /** Rejects with `archive.already-there` where the prefix holds anything but leftovers of an export. */
  async checkIsFree(signal: AbortSignal): Promise<void> {
    const { objects, prefixes } = await this.#store.list({ prefix: "", delimiter: "/", maxKeys: 10 }, signal);
    const taken = [...objects.map(({ key }) => key), ...prefixes].find((key) => !key.startsWith(TEMPORARY));
    if (taken !== undefined) throw new AppError("archive.already-there", { file: `${this.#store.title}/${taken}` });
    await this.removeLeftovers([], signal);
  }

  /** Whether the archive is there; somebody may have removed it since. */
  async isPublished(signal: AbortSignal): Promise<boolean> {
    try {
      await this.#store.head(MANIFEST_FILE, {}, signal);
      return true;
    } catch (error) {
      if (hasCode(error, "storage.not-found")) return false;
      throw error;
    }
  }

  /** Removes uploads that were begun and not completed, and temporary objects that no finished part speaks of. */
  async removeLeftovers(finished: readonly FinishedPart[], signal: AbortSignal): Promise<void> {
    for (const upload of await this.#store.listUploads(TEMPORARY, signal))
      await this.#store.abortUpload(upload, signal);
    const wanted = new Set(
      finished.filter(({ uploaded }) => uploaded).flatMap(({ files }) => files.map(({ path }) => TEMPORARY + path)),
    );
    let token: string | null = null;
    do {
      const page = await this.#store.list({ prefix: TEMPORARY, ...(token === null ? {} : { token }) }, signal);
      for (const { key } of page.objects) if (!wanted.has(key)) await this.#store.delete({ key }, signal);
      token = page.nextToken;
    } while (token !== null);
  }

  /** Uploads a part's files under their temporary keys, then frees the disk. What is there already is replaced. */
  async upload({ files }: FinishedPart, signal: AbortSignal): Promise<void> {
    for (const file of files) await this.#uploadFile(file, signal);
    for (const { path } of files) await rm(this.#local(path), { force: true });
  }

  /** Gives every object its own key, then puts the manifest. Killed on the way, it goes on where it was. */
  async publish(
    finished: readonly FinishedPart[],
    manifest: ArchiveManifest,
    { report }: Pick<ExportParts, "report">,
    signal: AbortSignal,
  ): Promise<void> {
    const files = finished.flatMap((part) => part.files);
    for (let from = 0; from < files.length; from += COPIES_AT_A_TIME) {
      const some = files.slice(from, from + COPIES_AT_A_TIME);
      await Promise.all(some.map((file) => this.#rename(file, signal)));
      const done = Math.min(files.length, from + COPIES_AT_A_TIME);
      report({ phase: "publish", fraction: done / files.length, done, total: files.length, unit: "objects" });
    }
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    const options = { contentType: "application/json" };
    await this.#store.put(MANIFEST_FILE, new TextEncoder().encode(text), options, signal);
    await removePartitions(this.#directory);
  }

  async #rename({ path, sizeBytes }: ArchiveFile, signal: AbortSignal): Promise<void> {
    try {
      await this.#store.copy({ key: TEMPORARY + path }, path, signal);
    } catch (error) {
      if (!hasCode(error, "storage.not-found")) throw error;
      // An earlier try has copied and deleted it; then the copy is there.
      const { sizeBytes: copied } = await this.#store.head(path, {}, signal);
      if (copied !== sizeBytes) {
        const problem = `${copied} bytes instead of ${sizeBytes}`;
        throw new AppError("archive.damaged", { part: path, problem }, { cause: error });
      }
      return;
    }
    await this.#store.delete({ key: TEMPORARY + path }, signal);
  }

  async #uploadFile({ path, sizeBytes }: ArchiveFile, signal: AbortSignal): Promise<void> {
    const local = this.#local(path);
    const key = TEMPORARY + path;
    const found = await stat(local).catch(() => null);
    if (found?.size !== sizeBytes) throw new AppError("archive.changed", { part: local });
    await using handle = await open(local, "r");
    const read = async (at: number, length: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, at + filled);
        if (bytesRead === 0) throw new AppError("archive.changed", { part: local });
        filled += bytesRead;
      }
      return bytes;
    };
    if (sizeBytes <= UPLOAD_PART_BYTES) {
      await this.#store.put(key, await read(0, sizeBytes), PARQUET, signal);
      return;
    }
    const upload = await this.#store.beginUpload(key, PARQUET, signal);
    try {
      const sent: UploadedPart[] = [];
      for (let at = 0; at < sizeBytes; at += UPLOAD_PART_BYTES) {
        const bytes = await read(at, Math.min(UPLOAD_PART_BYTES, sizeBytes - at));
        sent.push(await this.#store.uploadPart(upload, sent.length + 1, bytes, signal));
      }
      await this.#store.completeUpload(upload, sent, signal);
    } catch (error) {
      // The failure that is told is the upload's; what stays behind is removed by the next run.
      await this.#store.abortUpload(upload, AbortSignal.timeout(10_000)).catch(() => {});
      throw error;
    }
  }

  #local(path: string): string {
    return join(this.#directory, ...path.split("/"));
  }
}
