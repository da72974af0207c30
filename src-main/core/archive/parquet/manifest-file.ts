import type { ArchiveManifest } from "../../../../src-shared/model/archive-manifest.ts";

/**
 * Puts the manifest into its place in one step, on disk when it resolves. What makes an archive whole.
 * @throws `files.disk-full`, `files.unwritable`
 */
export async function writeManifest(directory: string, manifest: ArchiveManifest): Promise<void> {
  throw new Error(`in the making: ${directory} ${manifest.version}`);
}

/**
 * The manifest of a folder; `null` where it has none.
 * @throws `archive.damaged` where it cannot be understood
 */
export async function readManifest(directory: string): Promise<ArchiveManifest | null> {
  throw new Error(`in the making: ${directory}`);
}
