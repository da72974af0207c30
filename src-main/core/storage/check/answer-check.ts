import { checkChunk } from "../integrity/check-chunk.ts";
import { CHUNK_OBJECT_MAX_BYTES, type ChunkVerdict } from "../integrity/chunk-checker.ts";
import { verdictOf, verdictOfFailure } from "../integrity/chunk-verdict.ts";
import type { CheckFilesRequest, CheckRequest } from "./check-protocol.ts";
import { FolderFiles } from "./folder-files.ts";

/** What a `storage-check` thread does with one request. Throws where there is a bug. */
export function answerCheck(request: CheckRequest): readonly ChunkVerdict[] {
  if (request.kind === "files") return checkFiles(request);
  return [verdictOf(checkChunk(request.bytes, request.chunk, request.mode))];
}

function checkFiles({ folder, mode, chunks }: CheckFilesRequest): readonly ChunkVerdict[] {
  let files: FolderFiles | null = null;
  return chunks.map(({ key, chunk }) => {
    try {
      files ??= new FolderFiles(folder, CHUNK_OBJECT_MAX_BYTES);
      const bytes = files.read(key);
      return bytes === "too-large"
        ? { kind: "unreadable", code: "too-large" }
        : verdictOf(checkChunk(bytes, chunk, mode));
    } catch (error) {
      return verdictOfFailure(error);
    }
  });
}
