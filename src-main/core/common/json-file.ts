import { existsSync, readFileSync, renameSync } from "node:fs";
import writeFileAtomic from "write-file-atomic";
import type { z } from "zod";
import { AppError } from "../../../src-shared/errors/app-error.ts";

/** A JSON file with a version. `migrations[i]` leads from version i + 1 to i + 2; released ones are never edited. */
export interface JsonFileFormat<Content> {
  readonly schema: z.ZodType<Content>;
  readonly version: number;
  readonly migrations: readonly ((content: unknown) => unknown)[];
  readonly empty: Content;
}

export interface LoadedJsonFile<Content> {
  readonly content: Content;
  /** Set when the file could not be understood and was set aside under `keptAs`; nothing of it is lost. */
  readonly broken: AppError<"settings.file-broken"> | null;
}

/**
 * Reads a file of this format. A missing one is `empty`. A broken one is renamed aside, never overwritten; one that a newer
 * program wrote is set aside too, since half of it would be lost at the next save.
 */
export function loadJsonFile<Content>(
  file: string,
  format: JsonFileFormat<Content>,
  nowMs: number,
): LoadedJsonFile<Content> {
  if (!existsSync(file)) return { content: format.empty, broken: null };
  try {
    return { content: parse(readFileSync(file, "utf8"), format), broken: null };
  } catch (error) {
    const keptAs = `${file}.broken-${nowMs}`;
    renameSync(file, keptAs);
    const problem = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    const broken = new AppError("settings.file-broken", { file, keptAs, problem }, { cause: error });
    return { content: format.empty, broken };
  }
}

/** Replaces the file in one step: it holds the old content or the new, also after a power cut. */
export async function saveJsonFile<Content>(
  file: string,
  format: JsonFileFormat<Content>,
  content: Content,
): Promise<void> {
  try {
    const text = `${JSON.stringify({ version: format.version, content }, null, 2)}\n`;
    await writeFileAtomic(file, text, { mode: 0o600 });
  } catch (error) {
    const full = error instanceof Error && "code" in error && error.code === "ENOSPC";
    if (full) throw new AppError("files.disk-full", { file }, { cause: error });
    const problem = error instanceof Error ? error.message : String(error);
    throw new AppError("files.unwritable", { file, problem }, { cause: error });
  }
}

function parse<Content>(text: string, format: JsonFileFormat<Content>): Content {
  const outer: unknown = JSON.parse(text);
  if (typeof outer !== "object" || outer === null || !("version" in outer) || !("content" in outer)) {
    throw new Error("neither version nor content");
  }
  const { version } = outer;
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1) throw new Error("version is no number");
  if (version > format.version) throw new Error(`version ${version} is newer than this program knows`);
  const migrated = format.migrations
    .slice(version - 1)
    .reduce<unknown>((content, migrate) => migrate(content), outer.content);
  return format.schema.parse(migrated);
}
