import { UPLOAD_PIECE_BYTES } from "../../../../src-shared/api/archives.api.ts";
import type { ConsoleClient } from "../../../rpc/console-client.ts";

export type ArchivesClient = ConsoleClient["api"]["archives"];

export interface UploadProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Base64 of a piece of a file, by the browser's own code. */
async function base64Of(piece: Blob): Promise<string> {
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.addEventListener("load", () => {
      const { result } = reader;
      resolve(typeof result === "string" ? result.slice(result.indexOf(",") + 1) : "");
    });
    reader.addEventListener("error", () => reject(reader.error ?? new Error("the file could not be read")));
    reader.readAsDataURL(piece);
  });
}

/**
 * Sends files to the core, piece by piece, one after the other: a browser does not tell where they are. Gives the uploads'
 * names in the files' order. When it fails or the signal is aborted, what was sent is dropped.
 */
export async function uploadFiles(
  client: ArchivesClient,
  files: readonly File[],
  signal: AbortSignal,
  onProgress: (progress: UploadProgress) => void,
): Promise<readonly string[]> {
  const totalBytes = files.reduce((sum, file) => sum + file.size, 0);
  const uploads: string[] = [];
  let doneBytes = 0;
  onProgress({ doneBytes, totalBytes });
  try {
    for (const file of files) {
      const { upload } = await client.beginUpload({ name: file.name, sizeBytes: file.size }, { signal });
      uploads.push(upload);
      for (let offset = 0; offset < file.size; offset += UPLOAD_PIECE_BYTES) {
        const piece = file.slice(offset, offset + UPLOAD_PIECE_BYTES);
        const base64 = await base64Of(piece);
        signal.throwIfAborted();
        await client.uploadPiece({ upload, offset, base64 }, { signal });
        doneBytes += piece.size;
        onProgress({ doneBytes, totalBytes });
      }
    }
    return uploads;
  } catch (error) {
    dropUploads(client, uploads);
    throw error;
  }
}

/** Gives back what was sent. The core also forgets uploads by itself, so a failure here loses nothing. */
export function dropUploads(client: ArchivesClient, uploads: readonly string[]): void {
  for (const upload of uploads) client.dropUpload({ upload }).catch(() => undefined);
}
