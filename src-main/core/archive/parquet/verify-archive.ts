import type { ArchiveProblem } from "../../../../src-shared/model/archive.ts";

export interface VerifyOptions {
  readonly signal: AbortSignal;
  /** 0…1 of the bytes. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Reads every byte of an archive of ours (folder or single file) again and compares it with the manifest: presence, size,
 * SHA-256, rows and bounds by the footers, files that nobody names. An empty answer means that all agree.
 */
export async function verifyArchive(path: string, options: VerifyOptions): Promise<readonly ArchiveProblem[]> {
  throw new Error(`in the making: ${path} ${options.signal.aborted}`);
}
