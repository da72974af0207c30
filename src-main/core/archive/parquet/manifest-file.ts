import { readFile } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import {
  archiveManifestSchema,
  MANIFEST_FILE,
  type ArchiveManifest,
} from "../../../../src-shared/model/archive-manifest.ts";
import { syncFolder } from "./archive-paths.ts";
import { writeError } from "./write-error.ts";

/**
 * Puts the manifest into its place in one step, on disk when it resolves. What makes an archive whole.
 * @throws `files.disk-full`, `files.unwritable`
 */
export async function writeManifest(directory: string, manifest: ArchiveManifest): Promise<void> {
  const file = join(directory, MANIFEST_FILE);
  try {
    await writeFileAtomic(file, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, fsync: true });
    syncFolder(directory);
  } catch (error) {
    throw writeError(file, error);
  }
}

/**
 * The manifest of a folder; `null` where it has none, or one of something else.
 * @throws `archive.damaged` where it is of an archive and cannot be understood; `files.unreadable`
 */
export async function readManifest(directory: string): Promise<ArchiveManifest | null> {
  const file = join(directory, MANIFEST_FILE);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new AppError("files.unreadable", { file: MANIFEST_FILE, problem: code }, { cause: error });
  }
  return parseManifest(text, MANIFEST_FILE);
}

/**
 * `null` where the text is JSON of something else.
 * @throws `archive.damaged`
 */
export function parseManifest(text: string, part: string): ArchiveManifest | null {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw damaged(part, error);
  }
  const ours =
    typeof content === "object" && content !== null && "format" in content && content.format === "kubemate-archive";
  if (!ours) return null;
  const parsed = archiveManifestSchema.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw damaged(part, new Error(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not understood"}`));
  }
  return parsed.data;
}

function damaged(part: string, error: unknown): AppError<"archive.damaged"> {
  const problem = (error instanceof Error ? error.message : String(error)).slice(0, 300);
  return new AppError("archive.damaged", { part, problem }, { cause: error });
}
