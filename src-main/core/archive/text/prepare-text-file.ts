import { open, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ArchiveAssumptions, ArchiveProblem, FileEncoding } from "../../../../src-shared/model/archive.ts";
import type { OpenParts } from "../archive-contents.ts";
import { detectEncoding } from "../unpack/detect-encoding.ts";
import { packingOf } from "../unpack/packing.ts";
import { transcodeText } from "../unpack/transcode-text.ts";
import { damaged, unpackStream } from "../unpack/unpack-stream.ts";
import { unpackZip } from "../unpack/unpack-zip.ts";
import { WorkFile } from "../unpack/work-file.ts";
import { detectFormat, type FormatFound } from "./detect-format.ts";
import type { ListedFile } from "./text-file-list.ts";
import { textFingerprint } from "./text-fingerprint.ts";
import { readSample, type TextSample } from "./text-sample.ts";
import { transcodePush } from "./transcode-push.ts";

/** A file that can be read in blocks: UTF-8 on disk, its format known. */
export interface PreparedFile {
  readonly part: string;
  /** Of the person's own file. */
  readonly sourcePath: string;
  /** Where it is read: there, or in the work directory. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly fingerprint: string;
  readonly found: FormatFound;
  readonly encoding: FileEncoding;
  /** When the person's file was last changed. */
  readonly changedMs: number;
}

export type Preparation =
  | { readonly kind: "file"; readonly file: PreparedFile }
  | { readonly kind: "binary"; readonly part: string }
  | { readonly kind: "empty"; readonly part: string };

/** What came of preparing, in order, with what went wrong on the way. */
export interface Prepared {
  readonly preparations: Preparation[];
  readonly problems: ArchiveProblem[];
}

/** Packed files in packed files, as `app.log.gz` in a ZIP. */
const MAX_DEPTH = 2;

/** Unpacks files, turns them into UTF-8 and finds their formats; copies go to the work directory. */
export class FilePreparer {
  readonly #parts: OpenParts;
  readonly #assumptions: ArchiveAssumptions;
  #files = 0;
  #source: Pick<PreparedFile, "sourcePath" | "changedMs"> = { sourcePath: "", changedMs: 0 };

  constructor(parts: OpenParts, assumptions: ArchiveAssumptions) {
    this.#parts = parts;
    this.#assumptions = assumptions;
  }

  /** `onRead` is told the fraction of the file that is prepared. */
  async prepare(listed: ListedFile, out: Prepared, onRead: (fraction: number) => void): Promise<void> {
    const handle = await openForReading(listed);
    const { mtimeMs } = await handle.stat();
    await handle.close();
    this.#source = { sourcePath: listed.path, changedMs: mtimeMs };
    await this.#prepare(listed, 0, out, onRead);
  }

  async #prepare(listed: ListedFile, depth: number, out: Prepared, onRead: (fraction: number) => void): Promise<void> {
    this.#parts.signal.throwIfAborted();
    const handle = await openForReading(listed);
    try {
      const sizeBytes = (await handle.stat()).size;
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
      const packing = packingOf(buffer.subarray(0, bytesRead));
      if (packing === null || depth >= MAX_DEPTH) {
        out.preparations.push(await this.#prepareText(handle, sizeBytes, listed, out.problems));
        return;
      }
      if (packing === "zip") {
        await this.#prepareZip(listed, depth, out);
        return;
      }
      const path = this.#newPath();
      {
        await using target = await WorkFile.create(path, listed.part, this.#parts.unpackMaxBytes);
        const problem = await unpackStream(packing, { handle, sizeBytes, part: listed.part }, target, {
          signal: this.#parts.signal,
          onRead: (bytes) => onRead(bytes / sizeBytes),
        });
        if (problem !== null) out.problems.push(problem);
      }
      await this.#prepareCopy({ path, part: listed.part }, depth + 1, out);
    } finally {
      await handle.close();
    }
  }

  async #prepareZip(listed: ListedFile, depth: number, out: Prepared): Promise<void> {
    const { entries, problems } = await unpackZip(listed.path, listed.part, {
      maxBytes: this.#parts.unpackMaxBytes,
      newPath: () => this.#newPath(),
      signal: this.#parts.signal,
    });
    out.problems.push(...problems);
    for (const { name, file } of entries) {
      // oxlint-disable-next-line no-await-in-loop -- one after another, as on the disk
      await this.#prepareCopy({ path: file, part: name.slice(0, 500) }, depth + 1, out);
    }
  }

  /** A copy of ours goes again once it was copied on. */
  async #prepareCopy(copy: ListedFile, depth: number, out: Prepared): Promise<void> {
    const before = out.preparations.length;
    await this.#prepare(copy, depth, out, () => {});
    const isRead = out.preparations
      .slice(before)
      .some((found) => found.kind === "file" && found.file.path === copy.path);
    if (!isRead) await rm(copy.path, { force: true });
  }

  async #prepareText(
    handle: FileHandle,
    sizeBytes: number,
    { path, part }: ListedFile,
    problems: ArchiveProblem[],
  ): Promise<Preparation> {
    if (sizeBytes === 0) return { kind: "empty", part };
    const sample = await readSample(handle, sizeBytes);
    const detected = detectEncoding(sample.pieces);
    const encoding = this.#assumptions.encoding ?? detected.encoding;
    if (encoding === "binary") return { kind: "binary", part };
    const about = { part, encoding, ...this.#source };
    if (encoding === "utf-8") return this.#prepareUtf8(handle, path, sizeBytes, sample, about, problems);
    const copy = this.#newPath();
    {
      await using target = await WorkFile.create(copy, part, this.#parts.unpackMaxBytes);
      const markBytes = detected.encoding === encoding ? detected.markBytes : 0;
      const unreadable = await transcodeText(handle, encoding, markBytes, target, this.#parts.signal);
      if (unreadable > 0) problems.push(damaged(part, `${unreadable} characters are no ${encoding}`));
    }
    await using copied = await open(copy, "r");
    const { size } = await copied.stat();
    return this.#prepareUtf8(copied, copy, size, await readSample(copied, size), about, problems);
  }

  async #prepareUtf8(
    handle: FileHandle,
    path: string,
    sizeBytes: number,
    sample: TextSample,
    about: Pick<PreparedFile, "part" | "encoding" | "sourcePath" | "changedMs">,
    problems: ArchiveProblem[],
  ): Promise<Preparation> {
    const { format = null, dayOrder = null } = this.#assumptions;
    const found = detectFormat(sample, { format, dayOrder });
    if (found.format !== "loki-push") {
      return {
        kind: "file",
        file: { ...about, path, sizeBytes, found, fingerprint: textFingerprint(handle.fd, sizeBytes) },
      };
    }
    const entries = this.#newPath();
    {
      await using target = await WorkFile.create(entries, about.part, this.#parts.unpackMaxBytes);
      const source = { handle, sizeBytes, part: about.part };
      const problem = await transcodePush(source, target, this.#parts.signal);
      if (problem !== null) problems.push(problem);
    }
    await using copied = await open(entries, "r");
    const { size } = await copied.stat();
    if (size === 0) return { kind: "empty", part: about.part };
    const fingerprint = textFingerprint(copied.fd, size);
    return { kind: "file", file: { ...about, path: entries, sizeBytes: size, found, fingerprint } };
  }

  #newPath(): string {
    this.#files += 1;
    return join(this.#parts.workDirectory, `text-${String(this.#files).padStart(6, "0")}`);
  }
}

async function openForReading({ path, part }: ListedFile): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (error) {
    const problem = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new AppError("files.unreadable", { file: part.slice(0, 500), problem }, { cause: error });
  }
}
